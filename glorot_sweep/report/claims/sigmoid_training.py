"""Claims 16 to 18: the sigmoid's top hidden layer in its first 20,000 updates (figure 2)."""

from dataclasses import replace

import numpy as np

from glorot_sweep.report.claims.claim import SHORT, claim
from glorot_sweep.report.claims.looks import look_at, looks_between, seen
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import evaluations_between, label, monitored
from glorot_sweep.report.evidence import Evidence

DEPTH = 4  # figure 2
END = 20_000
RATE = 0.05  # C16
CLASS_ENTROPY = 2.110  # nats: what predicting Shapeset's class frequencies costs
MAJORITY_ERROR = 83.33  # percent: what predicting its most frequent class costs

AS_FIGURE_2 = replace(SHORT, depth=DEPTH)


@claim(
    "C16",
    expected="4 hidden layers, learning rate 0.05: mean(z^4) below 0.15 by 2,000 updates and "
    "below 0.05 by 20,000",
    needs=AS_FIGURE_2,
)
def top_layer_falls(evidence: Evidence) -> Measurement:
    """The sigmoid's top hidden layer is driven to 0 at once."""
    found = Measurement()
    for run in monitored(evidence, "sigmoid", DEPTH, (RATE, RATE)):
        for update, bound in ((2_000, 0.15), (END, 0.05)):  # C16
            mean = look_at(run, update).values("activation", "mean", [DEPTH])[0]
            found.below(f"mean(z^4) by {update:,} updates, {label(run)}", mean, bound)
        found.sources.append(seen(run, look_at(run, END).update))
    return found


@claim(
    "C17",
    expected="4 hidden layers: 0.5 < mean(z^1) < mean(z^2) < mean(z^3) at every look from 10,000 "
    "to 20,000 updates",
    needs=AS_FIGURE_2,
)
def lower_layers_stay_above(evidence: Evidence) -> Measurement:
    """The sigmoid's other layers lie above 0.5, lower towards the input."""
    found = Measurement()
    for run in monitored(evidence, "sigmoid", DEPTH):
        looks = looks_between(run, 10_000, END)  # C17
        means = np.array([look.values("activation", "mean", (1, 2, 3)) for look in looks])
        found.above(f"smallest mean(z^1), {label(run)}", means[:, 0].min(), 0.5)  # C17
        rise = np.diff(means).min()
        found.above(f"smallest rise of the mean to the next layer, {label(run)}", rise, 0.0)
        found.sources.append(seen(run, looks[-1].update))
    return found


@claim(
    "C18",
    expected="4 hidden layers, from 5,000 to 20,000 updates: validation loss within 0.02 nats of "
    "the class entropy 2.110 and error within 1 point of 83.3 %; replacing z^4 by its mean "
    "changes the probe's loss by less than 0.01 nats",
    needs=AS_FIGURE_2,
)
def output_relies_on_biases(evidence: Evidence) -> Measurement:
    """Then the sigmoid's output relies on its biases."""
    found = Measurement()
    for run in monitored(evidence, "sigmoid", DEPTH):
        first = 5_000  # C18
        for column, centre, tolerance in (
            ("validation_loss", CLASS_ENTROPY, 0.02),  # C18
            ("validation_error", MAJORITY_ERROR, 1.0),  # C18
        ):
            rows = evaluations_between(run, column, first, END)
            away = (rows[column] - centre).abs().max()
            found.at_most(f"largest distance of {column}, {label(run)}", away, tolerance)
            found.sources.append(seen(run, int(rows["update"].max())))
        looks = looks_between(run, first, END)
        changes = [
            abs(look.values("output", "loss_from_mean", [DEPTH + 1])
                - look.values("output", "loss", [DEPTH + 1]))[0]
            for look in looks
        ]  # fmt: skip
        found.below(f"largest change of the loss, {label(run)}", max(changes), 0.01)  # C18
        found.sources.append(seen(run, looks[-1].update))
    return found
