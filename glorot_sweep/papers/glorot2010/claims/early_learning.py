"""Claims 15 and 25: what speeds up the first 20,000 updates of tanh networks."""

import math
from statistics import fmean

from glorot_sweep.papers.glorot2010.claims.convergence import times_slower
from glorot_sweep.papers.glorot2010.claims.monitored_runs import (
    at_equal_rates,
    at_rate,
    monitored_at_any_rate,
)
from glorot_sweep.papers.glorot2010.claims.scales import SHORT
from glorot_sweep.papers.glorot2010.table_1 import N_TEST
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.demands import Demand
from glorot_sweep.report.claims.estimate import combined, mean_ratio
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import evaluations_between, first_at_or_below, trained
from glorot_sweep.report.evidence import Evidence, LookedAtRun

DEPTH = 5
LEARNED = 2.05  # C25, nats
FASTER = 1.5  # C15


@claim(
    "C15",
    Ground.TRAINING,
    expected="tanh, each cost at its best learning rate: after equal updates the quadratic cost's "
    "validation error is higher by more than 2 standard errors (10,000 examples), or the "
    "log-likelihood comes to it in two thirds of the updates; either by its interval",
    needs=SHORT,
)
def cost_functions(evidence: Evidence) -> Measurement:
    """Log-likelihood trains better than the quadratic cost."""
    found = Measurement()
    both = [_converged(evidence, variant) for variant in ("tanh", "tanh_quadratic")]
    end = min(max(run.updates for runs in groups for run in runs) for groups in both)
    (likelihood, low), (quadratic, high) = (_best(groups, end) for groups in both)
    found.note(f"validation error, log-likelihood, {at_rate(likelihood)}", fmean(low))
    found.note(f"validation error, quadratic, {at_rate(quadratic)}", fmean(high))
    difference = combined(fmean(high) - fmean(low), [(high, 1.0), (low, -1.0)])
    # All seeds are evaluated on the same examples, so a mean over them counts as one network's.
    squares = sum(mean * (100 - mean) for mean in (fmean(high), fmean(low)))
    faster = mean_ratio([_times_faster(run, fmean(high), end) for run in likelihood])
    advantages = {
        "error": Demand("quadratic minus log-likelihood, points", difference,
                        low=2 * math.sqrt(squares / N_TEST)),
        "speed": Demand("updates over those that the log-likelihood needs", faster, low=FASTER),
    }  # fmt: skip
    found.some("the log-likelihood's advantage", 1, advantages, of=2)
    found.sources += [trained(runs) for runs in (likelihood, quadratic)]
    return found


@claim(
    "C25",
    Ground.TRAINING,
    expected="updates until the validation loss is below 2.05 nats (linear between evaluations), "
    "tanh over tanh N, geometric mean over seeds: interval above 2 at rate 0.01, else above 1.5",
    needs=SHORT,
)
def early_learning(evidence: Evidence) -> Measurement:
    """(16) speeds up early learning.

    Where a run's crossing is not seen, the interval reaches as far as its evaluations allow.
    """
    found = Measurement()
    for fast, slow in at_equal_rates(evidence, "tanh_n", "tanh"):
        bound = 2.0 if math.isclose(fast[0].learning_rate, 0.01) else 1.5  # C25
        levels = dict.fromkeys((run.seed for run in fast), LEARNED)
        ratio = times_slower(slow, fast, "validation_loss", levels, levels)
        found.demand(f"updates of tanh over those of tanh N, {at_rate(fast)}", ratio, low=bound)
        found.sources += map(trained, (fast, slow))
    return found


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


def _best(groups: list[list[LookedAtRun]], end: int) -> tuple[list[LookedAtRun], list[float]]:
    """The group of lowest mean validation error after `end` updates, and its errors by seed.

    Runs that were not trained so long are left out.
    """
    candidates = []
    for runs in groups:
        if long := [run for run in runs if run.updates >= end]:
            rows = [evaluations_between(run, "validation_error", end, end) for run in long]
            candidates.append((long, [float(own["validation_error"].iloc[-1]) for own in rows]))
    return min(candidates, key=lambda candidate: fmean(candidate[1]))
