"""Monitored runs, in groups that differ in nothing but their seed.

Claims on short training are judged on means over such a group, at each learning rate apart.
"""

from collections.abc import Iterable

from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.claims.trained import none_diverged
from glorot_sweep.report.evidence import Evidence, LookedAtRun

RATES = (0.01, 0.05)
"""Learning rates between which the tolerances of short training were set."""


def monitored(
    evidence: Evidence,
    variant: str,
    depth: int | None,
    rates: tuple[float, float] = RATES,
    dataset: str = "shapeset",
) -> list[list[LookedAtRun]]:
    """Return the monitored runs of a variant: a group for each learning rate, each by seed.

    Args:
        evidence: where to look.
        variant: name.
        depth: hidden layers; None for any, with groups of their own.
        rates: lowest and highest learning rate, included.
        dataset: which they were trained on.

    Raises:
        MissingRunsError: there is none, or none in that range, or one of them diverged.
    """
    runs = _runs_of(evidence, variant, depth, dataset)
    low, high = rates[0] * (1 - 1e-9), rates[1] * (1 + 1e-9)  # a rate may be written in decimals
    inside = [run for run in runs if low <= run.learning_rate <= high]
    if not inside:
        others = ", ".join(map(repr, sorted({run.learning_rate for run in runs})))
        raise MissingRunsError(
            f"the monitored runs of {variant} on {dataset} have the learning rate {others}, and "
            f"the claim needs one {_range_text(rates)}; add it to the `monitored` section of a "
            "sweep file and run the sweep"
        )
    return _grouped(none_diverged(inside))


def monitored_at_any_rate(
    evidence: Evidence, variant: str, depth: int | None
) -> list[list[LookedAtRun]]:
    """Return the groups of a variant at all learning rates, diverged runs included.

    Raises:
        MissingRunsError: there is none.
    """
    return _grouped(_runs_of(evidence, variant, depth, "shapeset"))


def at_equal_rates(
    evidence: Evidence, *variants: str, depth: int = 5
) -> list[tuple[list[LookedAtRun], ...]]:
    """Return a group of each variant for each learning rate, all with the same seeds in order.

    Runs of one seed are trained on the same stream, so they are compared with each other. A run
    is left out if another variant has none of its seed at its learning rate.

    Raises:
        MissingRunsError: a variant has no run, or they share no learning rate and seed.
    """
    groups = [
        {at_rate(runs): {run.seed: run for run in runs} for runs in monitored(evidence, v, depth)}
        for v in variants
    ]
    found = []
    for rate in groups[0]:
        by_seed = [own.get(rate, {}) for own in groups]
        shared = [seed for seed in by_seed[0] if all(seed in own for own in by_seed)]
        if shared:
            found.append(tuple([own[seed] for seed in shared] for own in by_seed))
    if not found:
        raise MissingRunsError(
            f"no monitored runs of {' and '.join(variants)} at the same learning rate "
            f"{_range_text(RATES)} and of the same seed; add one to the `monitored` section of a "
            "sweep file"
        )
    return found


def at_rate(runs: list[LookedAtRun]) -> str:
    """Name the learning rate of a group, for the names of its numbers."""
    return f"learning rate {runs[0].learning_rate!r}"


def _runs_of(
    evidence: Evidence, variant: str, depth: int | None, dataset: str
) -> list[LookedAtRun]:
    runs = [
        run for run in evidence.runs
        if (run.kind, run.dataset, run.variant) == ("monitored", dataset, variant)
        and depth in (None, run.depth)
    ]  # fmt: skip
    if not runs:
        layers = "" if depth is None else f" with {depth} hidden layers"
        raise MissingRunsError(
            f"no monitored run of {variant}{layers} on {dataset}; add it to the `monitored` "
            f"section of a sweep file that has {dataset} as its first data set, and run the sweep"
        )
    return runs


def _grouped(runs: Iterable[LookedAtRun]) -> list[list[LookedAtRun]]:
    """By learning rate, to the last bit, and by depth."""
    groups: dict[tuple[float, int], list[LookedAtRun]] = {}
    for run in sorted(runs, key=lambda run: (run.learning_rate, run.depth)):
        groups.setdefault((run.learning_rate, run.depth), []).append(run)
    return [sorted(group, key=lambda run: run.seed) for group in groups.values()]


def _range_text(rates: tuple[float, float]) -> str:
    low, high = rates
    if low == high:
        return f"of {low:g}"
    return f"between {low:g} and {high:g}"
