"""Claims 15 and 25: what speeds up the first 20,000 updates of tanh networks."""

import math

from glorot_sweep.report.claims.claim import SHORT, MissingRunsError, claim
from glorot_sweep.report.claims.looks import seen
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import (
    at_equal_rates,
    evaluations_between,
    first_at_or_below,
    label,
    monitored_at_any_rate,
)
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.significance import two_percentages

DEPTH = 5
LEARNED = 2.05  # C25, nats


@claim(
    "C15",
    expected="tanh, each at its best learning rate: after equal updates the quadratic cost's "
    "validation error is higher by more than 2 standard errors (10,000 examples), or it needs at "
    "least 1.5 times the updates to the same error",
    needs=SHORT,
)
def cost_functions(evidence: Evidence) -> Measurement:
    """Log-likelihood trains better than the quadratic cost."""
    found = Measurement()
    both = [monitored_at_any_rate(evidence, v, DEPTH) for v in ("tanh", "tanh_quadratic")]
    end = min(max(run.updates for run in runs) for runs in both)
    (likelihood, low), (quadratic, high) = (_best(runs, end) for runs in both)
    found.note(f"validation error, log-likelihood, {label(likelihood)}", low)
    found.note(f"validation error, quadratic, {label(quadratic)}", high)
    z = two_percentages(high, low).statistic
    faster = _times_faster(likelihood, high, end)
    found.note("updates of the quadratic cost over those of the other", faster)
    found.check(
        "difference in standard errors", z, z > 2 or (high > low and faster >= 1.5),  # C15
        "above 2, nor does the quadratic cost need 1.5 times the updates",
    )  # fmt: skip
    found.sources += [seen(run, end) for run in (likelihood, quadratic)]
    return found


@claim(
    "C25",
    expected="updates until the validation loss is below 2.05 nats (linear between evaluations), "
    "tanh over tanh N: at least 2 at learning rate 0.01, 1.5 above",
    needs=SHORT,
)
def early_learning(evidence: Evidence) -> Measurement:
    """(16) speeds up early learning."""
    found = Measurement()
    for normalized, standard in at_equal_rates(evidence, "tanh_n", "tanh"):
        place = label(normalized, standard)
        fast, slow = (
            first_at_or_below(run, "validation_loss", LEARNED) for run in (normalized, standard)
        )
        bound = 2.0 if math.isclose(normalized.learning_rate, 0.01) else 1.5  # C25
        found.note(f"updates of tanh N, {place}", fast.update)
        found.note(f"updates of tanh, {place}", slow.update)
        ratio = slow.update / fast.update
        found.at_least(f"tanh's over tanh N's, {place}", ratio, bound)
        if ratio < bound and (slow.at_least or fast.at_most):
            found.lacking.append(f"a longer run or earlier evaluations ({place})")
        found.sources += [seen(run, run.updates) for run in (normalized, standard)]
    return found


def _times_faster(run: LookedAtRun, error: float, end: int) -> float:
    """`end` over the updates that a run needs to an error; 1 if that shows no learning."""
    reached = first_at_or_below(run, "validation_error", error)
    # At its first evaluation a network has hardly learned; that error tells nothing of speed.
    return 1.0 if reached.at_most else end / reached.update


def _best(runs: list[LookedAtRun], end: int) -> tuple[LookedAtRun, float]:
    """The run of lowest validation error after `end` updates, and that error."""
    candidates = []
    for run in runs:
        if run.updates >= end and not run.diverged:
            rows = evaluations_between(run, "validation_error", end, end)
            candidates.append((run, float(rows["validation_error"].iloc[-1])))
    if not candidates:
        raise MissingRunsError(
            f"the monitored runs of {runs[0].variant} on shapeset diverged; add lower learning "
            "rates to the `monitored` section of a sweep file"
        )
    return min(candidates, key=lambda candidate: candidate[1])
