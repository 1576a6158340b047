"""Claims 21 to 23: gradients of tanh networks as they are trained (figures 7 and 9)."""

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.diagnostics.layer_statistics import Quantity
from glorot_sweep.papers.glorot2010.claims.monitored_runs import at_equal_rates, at_rate, monitored
from glorot_sweep.papers.glorot2010.claims.scales import FULL_UPDATES, SHORT
from glorot_sweep.report.claims.claim import Ground, claim
from glorot_sweep.report.claims.estimate import mean_ratio
from glorot_sweep.report.claims.looks import seen
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.passages import course
from glorot_sweep.report.claims.trained import trained
from glorot_sweep.report.evidence import Evidence, LookedAtRun

DEPTH = 5
END = 20_000
DIVERGED = 2.5  # C22
WEIGHT_RATIO = "std(dCost/dW^0) / std(dCost/dW^4)"


@claim(
    "C21",
    Ground.TRAINING,
    expected="tanh: std(delta^0) / std(delta^4), interval below 0.13 at the start, and of its "
    "largest value at any look above 1: what is larger in lower layers is reversed. Where it does "
    "not come to 1, runs of 5,000,000 updates alone contradict the claim",
    needs=SHORT,
)
def gradients_recover(evidence: Evidence) -> Measurement:
    """The decrease of back-propagated gradients under (1) is soon reversed."""
    found, name = Measurement(), "std(delta^0) / std(delta^4)"
    for runs in monitored(evidence, "tanh", DEPTH):
        ratios = [_ratio(run, "backpropagated_gradient")[1] for run in runs]
        place = at_rate(runs)
        start = mean_ratio([own[0] for own in ratios])
        found.demand(f"{name} at the start, {place}", start, high=0.13)  # C8
        largest = mean_ratio([own.max() for own in ratios])
        found.demand(f"largest {name}, {place}", largest, low=1.0)  # C21
        found.sources.append(trained(runs))
    longest = min(source.updates or 0 for source in found.sources)
    if longest < FULL_UPDATES:
        found.before_contradiction.append(f"{longest:,} of {FULL_UPDATES:,} updates")
    return found


@claim(
    "C22",
    Ground.TRAINING,
    expected="tanh: std(dCost/dW^0) / std(dCost/dW^4), interval between 1/1.5 and 1.5 at the "
    "start, and in every run it passes 2.5 within the run, before 1/2.5 if it passes that",
    needs=SHORT,
)
def weight_gradients_diverge(evidence: Evidence) -> Measurement:
    """Under (1) weight gradients diverge, larger in lower layers (figure 9)."""
    found = Measurement()
    for runs in monitored(evidence, "tanh", DEPTH):
        starts = mean_ratio([_ratio(run, "weight_gradient")[1][0] for run in runs])
        found.demand(f"{WEIGHT_RATIO} at the start, {at_rate(runs)}", starts, 1 / 1.5, 1.5)
        name = f"gradients 2.5 times as large in the lowest layer first, {at_rate(runs)}"
        found.every(name, list(map(_diverges_downwards, runs)))
        found.sources.append(trained(runs))
    return found


@claim(
    "C23",
    Ground.TRAINING,
    expected="at 20,000 updates: std(dCost/dW^0) / std(dCost/dW^4) of tanh N, interval below 2.2; "
    "that of tanh over it, seed by seed, above 1.5",
    needs=SHORT,
)
def weight_gradients_stay_alike(evidence: Evidence) -> Measurement:
    """(16) keeps weight gradients alike during training (figure 9)."""
    found = Measurement()
    for normalized, standard in at_equal_rates(evidence, "tanh_n", "tanh"):
        place, sides = at_rate(normalized), (normalized, standard)
        ratios, others = ([_by_end(run) for run in runs] for runs in sides)
        alike = mean_ratio([ratio for _, ratio in ratios])
        found.demand(f"{WEIGHT_RATIO}, tanh N, {place}", alike, high=2.2)  # C23
        pairs = zip(ratios, others, strict=True)
        times = mean_ratio([other / ratio for (_, ratio), (_, other) in pairs])
        found.demand(f"tanh's over tanh N's, {place}", times, low=1.5)  # C23
        for runs, ends in zip(sides, (ratios, others), strict=True):
            found.sources.append(seen(runs, [update for update, _ in ends]))
    return found


def _ratio(run: LookedAtRun, quantity: Quantity) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Updates of a run's looks, and the lowest layer's spread over the highest one's."""
    spreads = course(run, quantity, "std")
    return spreads.updates, spreads.values[:, 0] / spreads.values[:, -1]


def _by_end(run: LookedAtRun) -> tuple[int, float]:
    """The latest look up to `END`, and the ratio of weight gradients there."""
    updates, ratios = _ratio(run, "weight_gradient")
    last = int(np.flatnonzero(updates <= END)[-1])
    return int(updates[last]), float(ratios[last])


def _diverges_downwards(run: LookedAtRun) -> bool | None:
    """Whether the ratio passes 2.5 before 1/2.5; None if the run is too short to tell."""
    updates, ratios = _ratio(run, "weight_gradient")
    above, below = ratios > DIVERGED, ratios < 1 / DIVERGED
    if not (above | below).any():
        return None if updates[-1] < END else False
    return bool(above[int((above | below).argmax())])
