"""Rows of initialization studies in which the claims on initialization hold."""

import functools
import itertools

import numpy as np
import pandas as pd
from scipy import stats

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.report.evidence import CostSurfaces, InitStudy

LAYERS = range(1, 6)
N_VAR = {"standard": 1 / 3, "normalized": 1.0}
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
