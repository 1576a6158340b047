"""From measurements to verdicts, none of which reaches beyond the scale of its runs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from glorot_sweep.errors import UserError
from glorot_sweep.report.claims.claim import Claim, MissingRunsError, Needs
from glorot_sweep.report.claims.measurement import Measurement, Source, number_text
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.spelling import nearest


class Verdict(StrEnum):
    """What the runs say about a claim."""

    CONFIRMED = "CONFIRMED"
    CONTRADICTED = "CONTRADICTED"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True)
class Finding:
    """A claim with its verdict.

    Attributes:
        number, statement, expected, scale: the claim's.
        verdict: see `Verdict`.
        measured: the numbers in one line; empty if nothing could be measured.
        numbers: name to number; its unit is in its name, errors are in percent.
        reason: why it is inconclusive, or what contradicts it; empty if confirmed.
        run_ids: runs that were used, each once.
        holds_so_far: whether the numbers at hold fulfill it, whatever their scale; None without
            numbers.
    """

    number: str
    statement: str
    expected: str
    scale: str
    verdict: Verdict
    measured: str
    numbers: dict[str, float]
    reason: str
    run_ids: tuple[str, ...]
    holds_so_far: bool | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; a number that is not finite becomes None."""
        numbers = {name: x if math.isfinite(x) else None for name, x in self.numbers.items()}
        return asdict(self) | {
            "verdict": str(self.verdict),
            "numbers": numbers,
            "run_ids": list(self.run_ids),
        }


def judge(claim: Claim, evidence: Evidence) -> Finding:
    """Measure a claim and give its verdict.

    Missing runs are no error: the verdict is inconclusive and the reason names them. So is that
    of runs below the scale which the claim needs, whatever they show.
    """
    try:
        found = claim.test(evidence)
    except MissingRunsError as missing:
        return _finding(claim, Verdict.INCONCLUSIVE, str(missing), Measurement(), None)
    short = [*shortfalls(claim.needs, found.sources), *found.lacking]
    if short:
        so_far = "so far it holds" if found.holds else "so far it does not hold"
        reason = "; ".join([*short, so_far, *found.violated])
        return _finding(claim, Verdict.INCONCLUSIVE, reason, found, found.holds)
    verdict = Verdict.CONFIRMED if found.holds else Verdict.CONTRADICTED
    return _finding(claim, verdict, "; ".join(found.violated), found, found.holds)


def judge_all(
    claims: Sequence[Claim], evidence: Evidence, only: Iterable[str] | None = None
) -> list[Finding]:
    """Judge all claims, or those of the given numbers, in their order.

    Raises:
        UserError: there is no claim of such a number.
    """
    known = [claim.number for claim in claims]
    chosen = set(known if only is None else only)
    for number in sorted(chosen - set(known)):
        raise UserError(f"unknown claim {number!r}{nearest(number, known)}")
    return [judge(claim, evidence) for claim in claims if claim.number in chosen]


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
    for name, unit in (("updates", "updates"), ("width", "units"), ("seeds", "seeds")):
        needed = getattr(needs, name)
        there = [getattr(s, name) for s in sources if getattr(s, name) is not None]
        if needed is not None and there and min(there) < needed:
            found.append(f"{min(there):,} of {needed:,} {unit}")
    return found


def _finding(
    claim: Claim, verdict: Verdict, reason: str, found: Measurement, holds: bool | None
) -> Finding:
    shown = "; ".join(f"{name}: {number_text(x)}" for name, x in found.numbers.items())
    run_ids = dict.fromkeys(run_id for source in found.sources for run_id in source.run_ids)
    return Finding(
        claim.number, claim.statement, claim.expected, claim.needs.scale, verdict, shown,
        found.numbers, reason, tuple(run_ids), holds,
    )  # fmt: skip
