"""Claims 15 and 25: what speeds up the first 20,000 updates of tanh networks."""

import math
from statistics import fmean

from glorot_sweep.papers.glorot2010.claims.monitored_runs import (
    at_equal_rates,
    at_rate,
    monitored_at_any_rate,
)
from glorot_sweep.papers.glorot2010.claims.scales import SHORT
from glorot_sweep.report.claims.claim import MissingRunsError, claim
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import (
    Crossing,
    evaluations_between,
    first_at_or_below,
    trained,
)
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.significance import two_percentages

DEPTH = 5
LEARNED = 2.05  # C25, nats


@claim(
    "C15",
    expected="tanh, each cost at its best learning rate, mean over seeds: after equal updates the "
    "quadratic cost's validation error is higher by more than 2 standard errors (10,000 "
    "examples), or it needs at least 1.5 times the updates to the same error",
    needs=SHORT,
)
def cost_functions(evidence: Evidence) -> Measurement:
    """Log-likelihood trains better than the quadratic cost."""
    found = Measurement()
    both = [_converged(evidence, variant) for variant in ("tanh", "tanh_quadratic")]
    end = min(max(run.updates for runs in groups for run in runs) for groups in both)
    (likelihood, low), (quadratic, high) = (_best(groups, end) for groups in both)
    found.note(f"validation error, log-likelihood, {at_rate(likelihood)}", low)
    found.note(f"validation error, quadratic, {at_rate(quadratic)}", high)
    # All seeds are evaluated on the same examples, so a mean over them counts as one network's.
    z = two_percentages(high, low).statistic
    faster = fmean(_times_faster(run, high, end) for run in likelihood)
    found.note("updates of the quadratic cost over those of the other", faster)
    found.check(
        "difference in standard errors", z, z > 2 or (high > low and faster >= 1.5),  # C15
        "above 2, nor does the quadratic cost need 1.5 times the updates",
    )  # fmt: skip
    found.sources += [trained(runs) for runs in (likelihood, quadratic)]
    return found


@claim(
    "C25",
    expected="updates until the validation loss is below 2.05 nats (linear between evaluations), "
    "tanh over tanh N, mean over seeds: at least 2 at learning rate 0.01, 1.5 above",
    needs=SHORT,
)
def early_learning(evidence: Evidence) -> Measurement:
    """(16) speeds up early learning.

    Where a run's crossing is not seen, the lowest ratio that its evaluations allow is counted.
    """
    found = Measurement()
    for groups in at_equal_rates(evidence, "tanh_n", "tanh"):
        place, bound = at_rate(groups[0]), 1.5  # C25
        if math.isclose(groups[0][0].learning_rate, 0.01):
            bound = 2.0  # C25
        fast, slow = (
            [first_at_or_below(run, "validation_loss", LEARNED) for run in runs] for runs in groups
        )
        found.note(f"updates of tanh N, {place}", fmean(one.update for one in fast))
        found.note(f"updates of tanh, {place}", fmean(one.update for one in slow))
        ratios = [_slower(*pair) for pair in zip(slow, fast, strict=True)]
        lowest, highest = (fmean(ends) for ends in zip(*ratios, strict=True))
        found.at_least(f"tanh's over tanh N's, {place}", lowest, bound)
        if lowest < bound <= highest:
            found.lacking.append(f"a longer run or earlier evaluations ({place})")
        found.sources += map(trained, groups)
    return found


def _slower(slow: Crossing, fast: Crossing) -> tuple[float, float]:
    """Lowest and highest ratio of updates that the evaluations allow."""
    ratio = slow.update / fast.update
    lowest = 0.0 if slow.at_most or fast.at_least else ratio
    return lowest, math.inf if slow.at_least or fast.at_most else ratio


def _times_faster(run: LookedAtRun, error: float, end: int) -> float:
    """`end` over the updates that a run needs to an error; 1 if that shows no learning."""
    reached = first_at_or_below(run, "validation_error", error)
    # At its first evaluation a network has hardly learned; that error tells nothing of speed.
    return 1.0 if reached.at_most else end / reached.update


def _converged(evidence: Evidence, variant: str) -> list[list[LookedAtRun]]:
    """The groups of a variant of which no run diverged."""
    groups = [
        runs for runs in monitored_at_any_rate(evidence, variant, DEPTH)
        if not any(run.diverged for run in runs)
    ]  # fmt: skip
    if not groups:
        raise MissingRunsError(
            f"the monitored runs of {variant} on shapeset diverged; add lower learning rates to "
            "the `monitored` section of a sweep file"
        )
    return groups


def _best(groups: list[list[LookedAtRun]], end: int) -> tuple[list[LookedAtRun], float]:
    """The group of lowest mean validation error after `end` updates, and that error.

    Runs that were not trained so long are left out.
    """
    candidates = []
    for runs in groups:
        if long := [run for run in runs if run.updates >= end]:
            rows = [evaluations_between(run, "validation_error", end, end) for run in long]
            candidates.append((long, fmean(own["validation_error"].iloc[-1] for own in rows)))
    return min(candidates, key=lambda candidate: candidate[1])
