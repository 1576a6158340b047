"""One claim, several sweeps: whose answers agree, and whose do not."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from glorot_sweep.report.claims.claim import Claim, MissingRunsError
from glorot_sweep.report.claims.verdict import Answer, Finding, Here, Verdict, chosen, judge
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.tracking.schema.names import Kind

DECIDED = (Verdict.CONFIRMED, Verdict.CONTRADICTED)


def judge_several(
    claims: Sequence[Claim], evidence: Sequence[Evidence], only: Iterable[str] | None = None
) -> list[Finding]:
    """Judge claims on several sweeps, each on its own runs; a claim across sweeps on all together.

    Args:
        claims: of a paper.
        evidence: of each sweep; at least one.
        only: numbers of the claims wanted; None: all.

    Raises:
        UserError: there is no claim of such a number.
    """
    return [
        _judge_across(claim, evidence)
        if claim.is_across
        else together([judge(claim, one) for one in evidence])
        for claim in chosen(claims, only)
    ]


def _judge_across(claim: Claim, evidence: Sequence[Evidence]) -> Finding:
    """Judge a claim on the runs of several sweeps; its answer names those that have any of them.

    Of each data set these are the runs of one sweep, the one with the largest and most monitored
    runs of those that have what the claim asks for: networks of different sweeps are no seeds of
    one another.
    """
    datasets = dict.fromkeys(run.dataset for one in evidence for run in one.runs)
    first = evidence[0]
    runs = [_runs_on(dataset, claim, evidence) for dataset in datasets]
    found = judge(claim, replace(first, runs=tuple(chain.from_iterable(runs))))
    names = [
        one.sweep.config.name
        for one in evidence
        if one.sweep is not None and {run.run_id for run in one.runs} & set(found.run_ids)
    ]
    answers = tuple(replace(answer, sweep=", ".join(names)) for answer in found.answers)
    return replace(found, answers=answers)


def _runs_on(dataset: str, claim: Claim, evidence: Sequence[Evidence]) -> list[LookedAtRun]:
    own = [[run for run in one.runs if run.dataset == dataset] for one in evidence]
    largest = sorted(own, key=_extent, reverse=True)
    return next((runs for runs in largest if _says_something(claim, evidence[0], runs)), largest[0])


def _says_something(claim: Claim, evidence: Evidence, runs: Sequence[LookedAtRun]) -> bool:
    try:
        return bool(claim.test(replace(evidence, runs=tuple(runs))).sources)
    except MissingRunsError:
        return False


def _extent(runs: Sequence[LookedAtRun]) -> tuple[int, int, int]:
    """Return units and updates of the smallest monitored run, and how many there are."""
    own = [run for run in runs if run.kind == Kind.MONITORED]
    if not own:
        return 0, 0, 0
    return min(run.width for run in own), min(run.updates for run in own), len(own)


def together(findings: Sequence[Finding]) -> Finding:
    """Return one finding of what several sweeps say about one claim.

    A sweep that leaves the claim open takes nothing from one that answers it. Sweeps that answer
    differently leave it open, and are named. Those that decide nothing about the paper leave the
    verdict on it as it is, which is said where they differ from what decides it.
    """
    answers = tuple(dict.fromkeys(answer for one in findings for answer in one.answers))
    verdicts = {a.verdict for a in answers} - {Verdict.INCONCLUSIVE}
    here = {a.here for a in answers} - {Here.OPEN}
    # Of findings that say as much as each other, the first.
    best = max(findings, key=lambda one: (_decides(one), one.here != Here.OPEN, bool(one.numbers)))
    if len(verdicts) > 1:
        reason = f"sweeps answer differently: {_names(answers, by='verdict')}"
        return replace(best, verdict=Verdict.INCONCLUSIVE, here=Here.OPEN, reason=reason,
                       answers=answers)  # fmt: skip
    if len(here) > 1:
        reason = f"sweeps answer differently at their own scale: {_names(answers, by='here')}"
        if verdicts:
            reason += f"; the paper's claim stays {best.verdict} by {_deciding(answers)}"
        reason = "; ".join(filter(None, (reason, best.reason)))
        return replace(best, here=Here.OPEN, reason=reason, answers=answers)
    return replace(best, answers=answers)


def _decides(finding: Finding) -> bool:
    return finding.verdict in DECIDED


def _deciding(answers: Sequence[Answer]) -> str:
    """Name what decides about the paper, beside what does not."""
    deciding = [a.sweep or "runs beside the sweeps" for a in answers if a.verdict in DECIDED]
    return f"{', '.join(deciding)}, since the others cannot decide about the paper"


def _names(answers: Sequence[Answer], *, by: str) -> str:
    """Name each sweep with what it answers; those that leave it open are left out."""
    told = [
        f"{a.sweep or 'beside the sweeps'} {getattr(a, by)} ({a.here_scale})"
        for a in answers
        if getattr(a, by) not in (Verdict.INCONCLUSIVE, Here.OPEN)
    ]
    return ", ".join(told)
