"""Verdicts on a paper's claims as a job of its own."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from glorot_sweep.errors import UserError
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.report.claims.claim import Ground
from glorot_sweep.report.claims.several import judge_several
from glorot_sweep.report.claims.verdict import Finding, Verdict, counts_text
from glorot_sweep.report.collect_evidence import collect_several
from glorot_sweep.report.files import findings_json
from glorot_sweep.report.paper import Paper
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import NO_SWEEP, Artifact, Kind
from glorot_sweep.tracking.schema.runs import Mark, origin_here, standing

COLORS = {
    Verdict.CONFIRMED: "green",
    Verdict.CONTRADICTED: "red",
    Verdict.INCONCLUSIVE: "yellow",
}


def run_verify(
    place: Place,
    names: Sequence[str],
    paper: Paper,
    only: list[str] | None,
    console: Console,
    output: Path | None,
) -> bool:
    """Judge the claims, print the verdicts, store them as a run where one can be made.

    Args:
        place: store and experiment.
        names: of finished sweeps; none: what the initialization studies say.
        paper: whose claims they are.
        only: numbers of the claims wanted; None: all.
        console: where to print.
        output: a file to write the findings to as well.

    Returns:
        Whether any claim is contradicted.

    Raises:
        UserError: a sweep or a claim is unknown, the paper makes no claims, or the file cannot
            be written.
    """
    if not paper.claims:
        raise UserError(
            f"there are no claims to verify: the sweep {' '.join(map(repr, names))} is about no "
            f"paper that makes any (paper: {paper.name}). Name one in its sweep file and run "
            "`glorot-sweep sweep` on it, which trains nothing again."
        )
    evidence = collect_several(place, names, paper.size)
    findings = judge_several(paper.claims, evidence, only)
    content = findings_json(findings)
    if output is not None:
        try:
            output.write_text(content, encoding="utf-8")
        except OSError as error:
            tell_full_disk(error, str(output))
            raise UserError(f"cannot write the findings to {output}: {error}") from None
    blocked = place.obstacle()
    if not blocked:
        _store(place, names, content)
    for finding in findings:
        _show(finding, console)
    for doubt in (doubt for one in evidence if one.sweep for doubt in one.sweep.doubts):
        console.print(f"Doubtful: {doubt.sentence}", style="red", markup=False, soft_wrap=True)
    for line in count_lines(findings):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if blocked:
        line = f"The verdicts are not stored, for {blocked}; --output FILE writes them."
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return any(finding.verdict == Verdict.CONTRADICTED for finding in findings)


def count_lines(findings: Sequence[Finding]) -> list[str]:
    """Return how many claims have which verdict: in all, then for each ground apart.

    Example:
        >>> count_lines([])
        ['Claims of the paper: 0 confirmed, 0 contradicted, 0 inconclusive']
    """
    lines = [f"Claims of the paper: {counts_text(findings)}"]
    for ground in Ground:
        of_it = [finding for finding in findings if finding.ground == ground]
        lines += [f"  {ground.heading}: {counts_text(of_it)}"] if of_it else []
    return lines


def _show(finding: Finding, console: Console) -> None:
    color = COLORS[finding.verdict]
    number, verdict = (f"{finding.number:<4}", "bold"), (finding.verdict, color)
    head = Text.assemble(number, " ", verdict, f"  {finding.statement}")
    console.print(head, highlight=False, soft_wrap=True)
    lines = [("expected", finding.expected), ("here", here_text(finding))]
    lines += [("measured", finding.measured), ("because", finding.reason)]
    lines += [("runs", " ".join(finding.run_ids))]
    for word, text in lines:
        if text:
            console.print(f"     {word}: {text}", markup=False, highlight=False, soft_wrap=True)


def here_text(finding: Finding) -> str:
    """Say what the runs say at their own scale, sweep by sweep.

    Example:
        >>> from glorot_sweep.report.claims.claim import Claim, Ground, Needs
        >>> from glorot_sweep.report.claims.measurement import Measurement, Source
        >>> from glorot_sweep.report.claims.verdict import judge
        >>> from glorot_sweep.report.evidence import Evidence
        >>> def test(evidence):
        ...     found = Measurement(sources=[Source(("r",), width=100, seeds=3)])
        ...     found.above("x", 2.0, 1.0)
        ...     return found
        >>> claim = Claim("C1", Ground.END, "It holds.", "x above 1", Needs("F"), test)
        >>> here_text(judge(claim, Evidence()))
        'HOLDS (networks of 100 units, 3 seeds)'
    """
    told = []
    for answer in finding.answers:
        who = f"{answer.sweep}: " if answer.sweep else ""
        told.append(f"{who}{answer.here}" + (f" ({answer.here_scale})" * bool(answer.here_scale)))
    return "; ".join(told) or finding.here.value


def _store(place: Place, names: Sequence[str], content: str) -> None:
    """Write the findings into a run; under `mlflow run` into the run that it has made."""
    runs = RunStore(place.client, place.experiment_id)
    name = names[0] if len(names) == 1 else "several" if names else "initialization"
    sweep = NO_SWEEP if len(names) > 1 else name
    tags = tags_of(origin_here(sweep), Mark(kind=Kind.VERIFY), standing(State.RUNNING))
    if place.project_run:
        run = runs.adopt(place.project_run, f"{name}-verify", tags)
    else:
        run = runs.create(f"{name}-verify", tags)
    with true_statuses(run):
        run.text(content, Artifact.FINDINGS)
        run.finish(State.COMPLETE)
