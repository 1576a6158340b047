"""Claims 16 to 18 and 51: the sigmoid's layers in the first 20,000 updates (figure 2)."""

from dataclasses import replace

import numpy as np

from glorot_sweep.papers.glorot2010.claims.columns import OTHER_DATASETS
from glorot_sweep.papers.glorot2010.claims.monitored_runs import at_rate, monitored
from glorot_sweep.papers.glorot2010.claims.scales import SHORT
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.estimate import mean_over_seeds
from glorot_sweep.report.claims.looks import Look, look_at, look_near, looks_between, seen
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
    Ground.TRAINING,
    expected="4 hidden layers, learning rate 0.05: interval of mean(z^4) below 0.15 by 2,000 "
    "updates and below 0.05 by 20,000",
    needs=AS_FIGURE_2,
)
def top_layer_falls(evidence: Evidence) -> Measurement:
    """The sigmoid's top hidden layer is driven to 0 at once."""
    found = Measurement()
    _falls(found, evidence, "shapeset")
    return found


@claim(
    "C17",
    Ground.TRAINING,
    expected="4 hidden layers, at every look from 10,000 to 20,000 updates: each seed's smallest "
    "mean(z^1), interval above 0.5; its smallest rise of the mean to the next of layers 1 to 3, "
    "interval above 0",
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
        lowest = mean_over_seeds([own[:, 0].min() for own in means])
        found.demand(f"smallest mean(z^1), {at_rate(runs)}", lowest, low=0.5)  # C17
        rise = mean_over_seeds([np.diff(own).min() for own in means])
        found.demand(f"smallest rise of the mean to the next layer, {at_rate(runs)}", rise, low=0)
        found.sources.append(seen(runs, [window[-1].update for window in windows]))
    return found


@claim(
    "C18",
    Ground.TRAINING,
    expected="4 hidden layers, from 5,000 to 20,000 updates, intervals of each seed's largest "
    "distance: validation loss within 0.02 nats of the class entropy 2.110, error within 1 point "
    "of 83.3 %, change of the probe's loss if z^4 is replaced by its mean below 0.01 nats",
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
            away = mean_over_seeds([(own[column] - centre).abs().max() for own in rows])
            found.demand(f"largest distance of {column}, {at_rate(runs)}", away, high=tolerance)
            found.sources.append(seen(runs, [int(own["update"].max()) for own in rows]))
        windows = [looks_between(run, first, END) for run in runs]
        change = mean_over_seeds([max(map(_change_from_mean, window)) for window in windows])
        found.demand(f"largest change of the loss, {at_rate(runs)}", change, high=0.01)  # C18
        found.sources.append(seen(runs, [window[-1].update for window in windows]))
    return found


@claim(
    "C51",
    Ground.TRAINING,
    expected="claim 16's bounds on MNIST, CIFAR-10 and Small-ImageNet",
    needs=AS_FIGURE_2,
    is_across=True,
)
def top_layer_falls_elsewhere(evidence: Evidence) -> Measurement:
    """On the other data sets the sigmoid's top hidden layer falls as well (Sec. 3.1)."""
    found = Measurement()
    for dataset in OTHER_DATASETS:
        try:
            _falls(found, evidence, dataset)
        except MissingRunsError as missing:
            found.undecided.append(str(missing))
    return found


def _falls(found: Measurement, evidence: Evidence, dataset: str) -> None:
    """Demand that the top layer's mean falls in time."""
    for runs in monitored(evidence, "sigmoid", DEPTH, (RATE, RATE), dataset):
        for update, bound, looked in ((2_000, 0.15, look_near), (END, 0.05, look_at)):  # C16
            looks = [looked(run, update) for run in runs]
            top = mean_over_seeds([k.values("activation", "mean", [DEPTH])[0] for k in looks])
            name = f"mean(z^4) by {update:,} updates, {at_rate(runs)}, {dataset}"
            found.demand(name, top, high=bound)
        found.sources.append(seen(runs, [look_at(run, END).update for run in runs]))


def _change_from_mean(look: Look) -> float:
    """What replacing the top hidden layer by its mean changes of the probe's loss, nats."""
    after, before = (
        look.values("output", column, [DEPTH + 1])[0] for column in ("loss_from_mean", "loss")
    )
    return float(abs(after - before))
