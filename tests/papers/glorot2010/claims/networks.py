"""What networks of which every claim holds would show: statistics of layers, curves, runs."""

import functools
import itertools

import numpy as np
import pandas as pd
from scipy import stats

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.report.evidence import (
    CostSurfaces,
    InitStudy,
    LookedAtRun,
)

LAYERS = range(1, 6)
N_VAR = {"standard": 1 / 3, "normalized": 1.0}
TRACE = (0, 2_000, 5_000, 10_000, 20_000)
SHAPES = {"equal": (0.1, 0.62), "growing": (0.15, 0.76), "shrinking": (0.069, 0.54)}


def row(quantity, layer, update=0, **columns):
    return dict(vars(LayerStatistics(update, quantity, layer, 1000, **columns)))


def bell(std, reach, bins=200):
    """Columns of a histogram of normal values."""
    shares = np.diff(stats.norm.cdf(np.linspace(-reach, reach, bins + 1) / std))
    return {"histogram_low": -reach, "histogram_high": reach, "histogram": tuple(shares)}


def put(frame, column, value, **where):
    """Set a column where the others have these values; a function gets the old numbers."""
    chosen = np.logical_and.reduce([frame[name] == wanted for name, wanted in where.items()])
    assert chosen.any(), where
    frame.loc[chosen, column] = value(frame.loc[chosen, column]) if callable(value) else value


def weight_rows(initialization, width, n_inputs, n_classes):
    sizes = [n_inputs, *[width] * 5, n_classes]
    for layer, (n, m) in enumerate(itertools.pairwise(sizes), start=1):
        bound = n**-0.5 if initialization == "standard" else (6 / (n + m)) ** 0.5
        yield row(
            "weight", layer, fan_in=n, fan_out=m, std=bound / 3**0.5, minimum=-0.999 * bound,
            maximum=0.999 * bound, largest_bias=0.0,
        )  # fmt: skip


def tanh_rows(initialization, shape, width, detailed):
    s, standard = N_VAR[initialization] ** 0.5, initialization == "standard"
    ratio = SHAPES[shape][0 if standard else 1]
    for k in LAYERS:
        std = 0.5 * (0.105 if standard else 0.62) ** ((k - 1) / 4)
        yield row("activation", k, std=std, **(bell(std, 1.0) if detailed else {}))
        std = 0.02 * ratio ** ((5 - k) / 4)
        more = bell(std, 0.12) if detailed else {}
        yield row("backpropagated_gradient", k, std=std, **more)
        std = 1 + 0.01 * k
        yield row("weight_gradient", k, std=std / 3, per_example_std=std)
    mean = 0.97 if standard else 0.9
    for k in LAYERS[:-1] if detailed else ():
        jacobian = row(
            "jacobian", k, mean=8 / (3 * np.pi) * s * mean, rms=s * (mean + 0.01),
            geometric_mean=0.5 * s, derivative_mean=mean, derivative_rms=mean + 0.01,
        )  # fmt: skip
        yield jacobian | {"count": 10 * width}


def identity_rows(initialization, n_var, depth, width, n_classes, detailed):
    s = n_var**0.5
    for k in range(1, depth + 1):
        yield row("activation", k, std=0.6 * s**k, predicted_std=0.6 * s**k)
        yield row("backpropagated_gradient", k, std=0.01 * s ** (depth - k))
        yield row("weight_gradient", k, std=0.3, per_example_std=1.0)
    n, m = width, n_classes
    factor = (n / m) ** 0.5 if initialization == "standard" else ((n + m) / (2 * m)) ** 0.5
    yield row("weight_gradient", depth + 1, std=0.3 * factor, per_example_std=factor)
    for k in range(1, depth) if detailed else ():
        jacobian = row("jacobian", k, mean=0.849 * s, rms=s, geometric_mean=np.exp(-0.5) * s)
        yield jacobian | {"count": width}


def study_frame(width, deep_width, n_inputs, n_classes, seeds):
    rows = []

    def add(own, activation, initialization, gain, depth, width, seed, shape="equal"):
        keys = {
            "activation": activation, "initialization": initialization, "gain": gain,
            "depth": depth, "width": width, "seed": seed, "shape": shape,
        }  # fmt: skip
        rows.extend(one | keys for one in own)

    for seed in range(seeds):
        for initialization, n_var in N_VAR.items():
            place = (initialization, 1.0, 5, width, seed)
            for shape in SHAPES:
                own = tanh_rows(initialization, shape, width, detailed=seed == 0)
                add(own, "tanh", *place, shape)
            add(weight_rows(initialization, width, n_inputs, n_classes), "tanh", *place)
            own = identity_rows(initialization, n_var, 5, width, n_classes, detailed=seed == 0)
            add(own, "identity", *place)
    for depth in (5, 10, 20):
        for initialization, gain in (("standard", 1.0), ("normalized", 1.0), ("normalized", 3.0)):
            n_var = N_VAR[initialization] * gain
            own = identity_rows(initialization, n_var, depth, deep_width, n_classes, False)
            add(own, "identity", initialization, gain, depth, deep_width, 0)
    return pd.DataFrame(rows)


@functools.cache
def study(dataset, width=1000, deep_width=300, seeds=5):
    frame = study_frame(width, deep_width, 1024, 9, seeds)
    grid = np.zeros((10, 2, 2))
    surfaces = CostSurfaces(np.array([-8.0, 8.0]), grid, grid, np.full(10, 0.13), np.full(10, 0.46))
    return InitStudy(f"study-{dataset}", f"start-{dataset}", dataset, 1024, 9, width, 5, frame,
                     surfaces)  # fmt: skip


@functools.cache
def layers_of(variant, depth):
    """Rows of a run's statistics along TRACE; `progress` runs from 0 to 1."""
    rows = []
    for update in TRACE:
        progress = update / TRACE[-1]
        for k in range(1, depth + 1):
            activation = {"std": 0.1 + 0.2 * progress**0.5, "saturation": 0.0}
            if variant == "tanh":
                activation["p98"] = 0.3 + (0.65 * progress if k == 1 else 0.0)
                activation["saturation"] = 0.048 if k == 1 else 0.01
            elif variant.startswith("sigmoid"):
                activation["mean"] = (0.51, 0.57, 0.76, 0.5 - 0.49 * progress**0.1, 0.4)[k - 1]
            else:
                activation |= {"p98": 0.3 + 0.3 * progress, "saturation": 0.0006}
            if variant in ("tanh", "softsign"):
                activation |= bell(0.3, 1.0)
            rows.append(row("activation", k, update, **activation))
            ratio = 0.1 + 0.6 * progress
            std = ratio ** ((depth - k) / (depth - 1))
            rows.append(row("backpropagated_gradient", k, update, std=std))
            ratio = 1.05 + (3 if variant == "tanh" else 0.5) * progress
            std = ratio ** ((depth - k) / (depth - 1))
            rows.append(row("weight_gradient", k, update, std=std))
        rows.append(row("output", depth + 1, update, loss=2.11, loss_from_mean=2.111))
    return pd.DataFrame(rows)


def curve(updates, **columns):
    return pd.DataFrame({"update": updates, **columns})


def short_curve(variant, last):
    updates = np.array([0, 1_000, *[u for u in TRACE[1:] if u < last], last])
    end = {"tanh": 2.02, "sigmoid": 2.11, "sigmoid_pretrained": 1.5}.get(variant, 1.6)
    losses = end + (2.2 - end) * (1 - updates / 20_000)
    if variant == "sigmoid":
        losses = np.full(len(updates), 2.11)
    error = {"tanh": 60.0, "tanh_quadratic": 75.0}.get(variant, 83.4)
    errors = error + (83.4 - error) * (1 - updates / 20_000)
    return curve(updates, validation_loss=losses, validation_error=errors, test_error=errors)


def monitored(variant, depth, rate, width=1000, updates=20_000, seed=0):
    frame = layers_of(variant, depth)
    frame = frame[frame["update"] <= updates].copy()
    name = f"monitored-{variant}-{depth}-{rate}-{seed}"
    return LookedAtRun(name, name, "monitored", "", "shapeset", variant, depth, width, rate,
                       updates, seed, False, short_curve(variant, updates), frame)  # fmt: skip


def full_curve(final, updates, late=0.1):
    """An error that falls from 85 to `final`, most of it around the share `late` of the run."""
    shares = np.array([0.002, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    errors = final + (85 - final) * np.exp(-4 * shares / late) * (final < 80)
    errors[-1] = final
    return curve(np.round(shares * updates).astype(int), validation_error=errors, test_error=errors)


def set_histograms(frame, layers, place):
    """Let all activations of some layers be -+place."""
    chosen = (frame["quantity"] == "activation") & frame["layer"].isin(layers)
    for index in frame.index[chosen]:
        frame.at[index, "histogram"] = spike(place)


def spike(place, bins=200):
    """A histogram on [-1, 1] of the two values -+place."""
    shares = np.zeros(bins)
    index = int((place + 1) / 2 * bins)
    shares[index] = shares[bins - 1 - index] = 0.5
    return tuple(shares)
