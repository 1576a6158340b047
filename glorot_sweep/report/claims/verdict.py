"""From measurements to verdicts: at the paper's scale, and at that of the runs."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from glorot_sweep.errors import UserError
from glorot_sweep.report.claims.claim import NOT_OBSERVED, Claim, MissingRunsError, Needs
from glorot_sweep.report.claims.demands import interval_text, number_text
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.spelling import nearest


class Verdict(StrEnum):
    """What the runs say about a claim at the paper's scale."""

    CONFIRMED = "CONFIRMED"
    CONTRADICTED = "CONTRADICTED"
    INCONCLUSIVE = "INCONCLUSIVE"


class Here(StrEnum):
    """What the runs say about a claim at their own scale."""

    HOLDS = "HOLDS"
    DOES_NOT_HOLD = "DOES NOT HOLD"
    OPEN = "OPEN"

    def of(self, count: int) -> str:
        """Say it of so many claims: `1 holds`, `2 hold`."""
        words = self.lower() if count == 1 else OF_SEVERAL[self]
        return f"{count} {words}"


OF_SEVERAL = {Here.HOLDS: "hold", Here.DOES_NOT_HOLD: "do not hold", Here.OPEN: "open"}
AT_THE_PAPERS_SCALE = {
    Here.HOLDS: Verdict.CONFIRMED,
    Here.DOES_NOT_HOLD: Verdict.CONTRADICTED,
    Here.OPEN: Verdict.INCONCLUSIVE,
}


@dataclass(frozen=True)
class Answer:
    """What one sweep answers to a claim.

    Attributes:
        sweep: its name; empty if none of its runs played a part.
        verdict, here, here_scale: as of a `Finding`.
    """

    sweep: str
    verdict: Verdict
    here: Here
    here_scale: str


@dataclass(frozen=True)
class Finding:
    """A claim with its verdicts.

    Attributes:
        number, statement, expected, scale: the claim's.
        ground: what the claim rests on, in words.
        verdict: at the paper's scale.
        here: at the scale of the runs.
        here_scale: that scale in words; empty without runs.
        measured: the numbers in one line; empty if nothing could be measured.
        numbers: name to number; its unit is in its name, errors are in percent.
        intervals: name to ends, of those numbers that have any.
        reason: why it is inconclusive, or what contradicts it; empty if confirmed.
        run_ids: runs that were used, each once.
        answers: of each sweep that could say something.
    """

    number: str
    statement: str
    expected: str
    scale: str
    ground: str
    verdict: Verdict
    here: Here
    here_scale: str
    measured: str
    numbers: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    reason: str
    run_ids: tuple[str, ...]
    answers: tuple[Answer, ...] = field(default=())

    @property
    def holds_so_far(self) -> bool | None:
        """Whether the numbers at hold fulfill it, whatever their scale; None if that is open."""
        return {Here.HOLDS: True, Here.DOES_NOT_HOLD: False, Here.OPEN: None}[self.here]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; a number that is not finite becomes None.

        `holds_so_far` is what earlier versions wrote in place of `here`.
        """
        ends = {name: [_finite(x) for x in both] for name, both in self.intervals.items()}
        return asdict(self) | {
            "verdict": str(self.verdict),
            "here": str(self.here),
            "numbers": {name: _finite(x) for name, x in self.numbers.items()},
            "intervals": ends,
            "run_ids": list(self.run_ids),
            "answers": [
                asdict(one) | {"verdict": str(one.verdict), "here": str(one.here)}
                for one in self.answers
            ],
            "holds_so_far": self.holds_so_far,
        }


def judge(claim: Claim, evidence: Evidence) -> Finding:
    """Measure a claim and give its verdicts.

    Missing runs are no error: both verdicts are open and the reason names them. Runs below the
    scale which the claim needs decide nothing about the paper, whatever they show.
    """
    try:
        found = claim.test(evidence)
    except MissingRunsError as missing:
        return _finding(claim, evidence, Measurement(undecided=[str(missing)]))
    found.settle()
    return _finding(claim, evidence, found)


def judge_all(
    claims: Sequence[Claim], evidence: Evidence, only: Iterable[str] | None = None
) -> list[Finding]:
    """Judge all claims, or those of the given numbers, in their order.

    Raises:
        UserError: there is no claim of such a number.
    """
    return [judge(claim, evidence) for claim in chosen(claims, only)]


def chosen(claims: Sequence[Claim], only: Iterable[str] | None) -> list[Claim]:
    """Return the claims of the given numbers, in their order; of None all.

    Raises:
        UserError: there is no claim of such a number.
    """
    known = [claim.number for claim in claims]
    wanted = set(known if only is None else only)
    for number in sorted(wanted - set(known)):
        raise UserError(f"unknown claim {number!r}{nearest(number, known)}")
    return [claim for claim in claims if claim.number in wanted]


def counts_text(findings: Sequence[Finding]) -> str:
    """Say how many claims have which verdict, at the paper's scale and at that of the runs.

    Example:
        >>> counts_text([])
        '0 confirmed, 0 contradicted, 0 inconclusive'
    """
    found = Counter(finding.verdict for finding in findings)
    text = ", ".join(f"{found[verdict]} {verdict.lower()}" for verdict in Verdict)
    here = Counter(finding.here for finding in findings)
    theirs = ", ".join(one.of(here[one]) for one in Here if here[one])
    return f"{text}; at their own scale {theirs}" if theirs else text


def shortfalls(needs: Needs, sources: Iterable[Source]) -> list[str]:
    """Say what the smallest of the runs lack of the scale that is needed.

    Example:
        >>> shortfalls(Needs("F", width=1000, seeds=3), [Source(("r",), width=100, seeds=3)])
        ['100 of 1,000 units']
    """
    sources, found = list(sources), []
    for depth in sorted({s.depth for s in sources if s.depth is not None}):
        if needs.depth not in (None, depth):
            found.append(f"{depth} instead of {needs.depth} hidden layers")
    for name, unit in (("updates", "updates"), ("width", "units")):
        needed, there = getattr(needs, name), _least(sources, name)
        if needed is not None and there is not None and there < needed:
            found.append(f"{there:,} of {needed:,} {unit}")
    fewest, wanted = _fewest(sources), needs.seeds or 0
    if fewest is not None and (draws := fewest.draws or 0) < wanted:
        found.append(f"{draws} of {wanted} {'searches' if fewest.has_fewer_searches else 'seeds'}")
    return found


def scale_of(sources: Iterable[Source]) -> str:
    """Say how large the smallest of the runs are.

    Example:
        >>> scale_of([Source(("a",), 5, 100, 40_000, 3), Source(("b",), 4, 100, 20_000, 5)])
        '4 and 5 hidden layers of 100 units, 20,000 updates, 3 seeds'
        >>> scale_of([Source(("a",), seeds=5, searches=1)])
        '5 seeds of one search, whose choice is in no interval'
        >>> scale_of([Source(("a",), seeds=5, searches=2)])
        '5 seeds of 2 searches'
    """
    sources = list(sources)
    depths = sorted({s.depth for s in sources if s.depth is not None})
    width, updates = (_least(sources, name) for name in ("width", "updates"))
    layers = f"{' and '.join(map(str, depths))} hidden layers" if depths else "networks"
    parts = [f"{layers} of {width:,} units"] if width is not None else []
    parts += [f"{updates:,} updates"] if updates is not None else []
    parts += _chance(_fewest(sources))
    return ", ".join(parts)


def _chance(source: Source | None) -> list[str]:
    """Say what chance the numbers hold: how many seeds there are, and of how many searches."""
    if source is None:
        return []
    seeds = f"{source.seeds} seed{'s' if source.seeds != 1 else ''}"
    if not source.has_fewer_searches:
        return [seeds]
    if source.searches == 1:
        return [f"{seeds} of one search", "whose choice is in no interval"]
    return [f"{seeds} of {source.searches} searches"]


def _fewest(sources: Iterable[Source]) -> Source | None:
    """Return the source with the fewest independent draws; None where chance plays no part."""
    counted = [source for source in sources if source.seeds is not None]
    return min(counted, key=lambda source: source.draws or 0, default=None)


def _least(sources: list[Source], name: str) -> int | None:
    there = [getattr(s, name) for s in sources if getattr(s, name) is not None]
    return min(there) if there else None


def _finding(claim: Claim, evidence: Evidence, found: Measurement) -> Finding:
    small = shortfalls(claim.needs, found.sources)
    short = [*small, *found.lacking]
    here = Here.OPEN if found.undecided else Here.HOLDS
    if found.violated:
        # What is proved, or checks the code, has bounds for the chance in networks of its size.
        here = Here.OPEN if small and claim.ground in NOT_OBSERVED else Here.DOES_NOT_HOLD
        short += found.before_contradiction
    verdict = Verdict.INCONCLUSIVE if short else AT_THE_PAPERS_SCALE[here]
    reason = "; ".join([*short, *found.violated, *found.undecided])
    run_ids = tuple(dict.fromkeys(i for source in found.sources for i in source.run_ids))
    place = ", ".join(filter(None, (scale_of(found.sources), found.stand_in)))
    answers = (Answer(_sweep_behind(evidence, run_ids), verdict, here, place),)
    return Finding(
        claim.number, claim.statement, claim.expected, claim.needs.scale, claim.ground.value,
        verdict, here, place, _shown(found), found.numbers, found.intervals, reason, run_ids,
        answers if found.numbers else (),
    )  # fmt: skip


def _sweep_behind(evidence: Evidence, run_ids: Sequence[str]) -> str:
    """Return the sweep that any of the runs belongs to; nothing if they stand beside sweeps."""
    if evidence.sweep is None:
        return ""
    beside = {study.run_id for study in evidence.init_studies.values()}
    beside |= {svm.run_id for svm in evidence.svms.values()}
    return evidence.sweep.config.name if set(run_ids) - beside else ""


def _shown(found: Measurement) -> str:
    texts = []
    for name, number in found.numbers.items():
        ends = found.intervals.get(name)
        texts.append(f"{name}: {interval_text(number, ends) if ends else number_text(number)}")
    return "; ".join(texts)


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
