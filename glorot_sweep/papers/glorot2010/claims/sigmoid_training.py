"""Claims 16 to 18: the sigmoid's top hidden layer in its first 20,000 updates (figure 2)."""

from dataclasses import replace
from statistics import fmean

import numpy as np

from glorot_sweep.papers.glorot2010.claims.monitored_runs import at_rate, monitored
from glorot_sweep.papers.glorot2010.claims.scales import SHORT
from glorot_sweep.report.claims.claim import claim
from glorot_sweep.report.claims.looks import Look, look_at, looks_between, seen
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import evaluations_between
from glorot_sweep.report.evidence import Evidence

DEPTH = 4  # figure 2
END = 20_000
RATE = 0.05  # C16
CLASS_ENTROPY = 2.110  # nats: what predicting Shapeset's class frequencies costs
MAJORITY_ERROR = 83.33  # percent: what predicting its most frequent class costs

AS_FIGURE_2 = replace(SHORT, depth=DEPTH)


@claim(
    "C16",
    expected="4 hidden layers, learning rate 0.05, mean over seeds: mean(z^4) below 0.15 by 2,000 "
    "updates and below 0.05 by 20,000",
    needs=AS_FIGURE_2,
)
def top_layer_falls(evidence: Evidence) -> Measurement:
    """The sigmoid's top hidden layer is driven to 0 at once."""
    found = Measurement()
    for runs in monitored(evidence, "sigmoid", DEPTH, (RATE, RATE)):
        for update, bound in ((2_000, 0.15), (END, 0.05)):  # C16
            looks = [look_at(run, update) for run in runs]
            tops = [look.values("activation", "mean", [DEPTH])[0] for look in looks]
            found.below(f"mean(z^4) by {update:,} updates, {at_rate(runs)}", fmean(tops), bound)
        found.sources.append(seen(runs, [look_at(run, END).update for run in runs]))
    return found


@claim(
    "C17",
    expected="4 hidden layers: 0.5 < mean(z^1) < mean(z^2) < mean(z^3) at every look from 10,000 "
    "to 20,000 updates; the smallest of these differences are averaged over seeds",
    needs=AS_FIGURE_2,
)
def lower_layers_stay_above(evidence: Evidence) -> Measurement:
    """The sigmoid's other layers lie above 0.5, lower towards the input."""
    found = Measurement()
    for runs in monitored(evidence, "sigmoid", DEPTH):
        windows = [looks_between(run, 10_000, END) for run in runs]  # C17
        means = [
            np.array([look.values("activation", "mean", (1, 2, 3)) for look in window])
            for window in windows
        ]
        lowest = fmean(own[:, 0].min() for own in means)
        found.above(f"smallest mean(z^1), {at_rate(runs)}", lowest, 0.5)  # C17
        rise = fmean(np.diff(own).min() for own in means)
        found.above(f"smallest rise of the mean to the next layer, {at_rate(runs)}", rise, 0.0)
        found.sources.append(seen(runs, [window[-1].update for window in windows]))
    return found


@claim(
    "C18",
    expected="4 hidden layers, from 5,000 to 20,000 updates: validation loss within 0.02 nats of "
    "the class entropy 2.110 and error within 1 point of 83.3 %; replacing z^4 by its mean "
    "changes the probe's loss by less than 0.01 nats; each seed's largest distance is averaged",
    needs=AS_FIGURE_2,
)
def output_relies_on_biases(evidence: Evidence) -> Measurement:
    """Then the sigmoid's output relies on its biases."""
    found, first = Measurement(), 5_000  # C18
    for runs in monitored(evidence, "sigmoid", DEPTH):
        for column, centre, tolerance in (
            ("validation_loss", CLASS_ENTROPY, 0.02),  # C18
            ("validation_error", MAJORITY_ERROR, 1.0),  # C18
        ):
            rows = [evaluations_between(run, column, first, END) for run in runs]
            away = fmean((own[column] - centre).abs().max() for own in rows)
            found.at_most(f"largest distance of {column}, {at_rate(runs)}", away, tolerance)
            found.sources.append(seen(runs, [int(own["update"].max()) for own in rows]))
        windows = [looks_between(run, first, END) for run in runs]
        change = fmean(max(map(_change_from_mean, window)) for window in windows)
        found.below(f"largest change of the loss, {at_rate(runs)}", change, 0.01)  # C18
        found.sources.append(seen(runs, [window[-1].update for window in windows]))
    return found


def _change_from_mean(look: Look) -> float:
    """What replacing the top hidden layer by its mean changes of the probe's loss, nats."""
    after, before = (
        look.values("output", column, [DEPTH + 1])[0] for column in ("loss_from_mean", "loss")
    )
    return float(abs(after - before))
