"""Numbers that look like the paper's: layers at initialization and in training, curves, costs."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.papers.glorot2010.table_1 import ERRORS
from glorot_sweep.parts.variants import PAPER_VARIANTS
from glorot_sweep.report.evidence import CostSurfaces
from glorot_sweep.sweep.contents.schedule import log_spaced

BINS = 101
CLASSES = 9
PIXELS_SQUARED = 0.343  # E[x^2] of Shapeset's pixels


def row(quantity, layer, values=None, update=0, **columns):
    """A row whose moments, percentiles and histogram are those of `values`."""
    if values is None:
        return LayerStatistics(update, quantity, layer, 100, **columns)
    low, high = columns.pop("limits", (-1.0, 1.0))
    counts, _ = np.histogram(values, BINS, (low, high))
    p02, p25, p50, p75, p98 = np.percentile(values, [2, 25, 50, 75, 98])
    return LayerStatistics(
        update, quantity, layer, len(values), mean=values.mean(), std=values.std(), p02=p02,
        p25=p25, p50=p50, p75=p75, p98=p98, histogram_low=low, histogram_high=high,
        histogram=tuple(counts / len(values)), **columns,
    )  # fmt: skip


@cache
def initial_rows(initialization, depth=5, width=100, n=4000, seed=0):
    """Tanh at its start: the variances of equations (5) to (7), and the Jacobians' law."""
    random = np.random.default_rng([seed, depth])
    factor = 1 / 3 if initialization == "standard" else 1.0  # n Var[W] between hidden layers
    pre = [np.sqrt(PIXELS_SQUARED * factor) * random.normal(size=n)]
    for _ in range(depth - 1):
        pre.append(np.sqrt(factor * np.mean(np.tanh(pre[-1]) ** 2)) * random.normal(size=n))
    output = 1 / (3 * width) if initialization == "standard" else 2 / (width + CLASSES)
    signal = np.sqrt(output * 0.8)  # of the cost's gradient on the last hidden layer
    deltas = []
    for s in reversed(pre):
        deltas.insert(0, signal * random.laplace(0, np.sqrt(0.5), n) / np.cosh(s) ** 2)
        signal = np.sqrt(factor) * deltas[0].std()
    rows = [row("output", depth + 1, loss=2.2, loss_from_mean=2.2)]
    for k, (s, delta) in enumerate(zip(pre, deltas, strict=True), start=1):
        below = np.tanh(pre[k - 2]).std() if k > 1 else np.sqrt(PIXELS_SQUARED)
        spread = below * delta.std() / np.sqrt(10)
        gradients = spread * random.logistic(0, 0.551, n)
        rows.append(row("activation", k, np.tanh(s)))
        rows.append(_with_own_range("backpropagated_gradient", k, delta))
        rows.append(_with_own_range("weight_gradient", k, gradients))
        if k < depth:
            # Squares of values from the quarter-circle law on [0, 2] are 4 Beta(1/2, 3/2).
            law = 2 * np.sqrt(random.beta(0.5, 1.5, width) * factor)
            spectrum = -np.sort(-law * np.mean(1 / np.cosh(pre[k]) ** 2))
            rows.append(row("jacobian", k, mean=spectrum.mean(), spectrum=tuple(spectrum)))
    # The output layer's gradients are far wider; no figure of the hidden layers may show them.
    return (*rows, _with_own_range("weight_gradient", depth + 1, 8 * gradients))


def _with_own_range(quantity, layer, values):
    reach = 6 * values.std()
    return row(quantity, layer, values, limits=(-reach, reach))


def spreads(variant, depth, progress):
    """Mean, standard deviation and 98th percentile of z^k [3, depth], as in the paper.

    `progress` goes from 0 to 1 on a logarithmic scale.
    """
    k = np.arange(1, depth + 1)
    if variant == "sigmoid":
        escape = 0.3 * max(progress - 0.85, 0) / 0.15 if depth == 4 else 0.0
        top = 0.5 * np.exp(-6 * progress) + escape
        mean = np.where(k == depth, top, 0.5 + 0.05 * (k - 1) ** 2 / depth * min(3 * progress, 1))
        std = np.where(k == depth, 0.02 + escape / 2, 0.05 + 0.2 * progress**4 / k)
        return np.stack([mean, std, mean + 2 * std])
    if variant == "tanh":
        reached = 1 / (1 + np.exp(-14 * (progress - 0.25 - 0.13 * k)))
        std = 0.31 * 0.56 ** (k - 1) * (1 - reached) + 0.75 * reached
    elif variant == "tanh_n":
        std = 0.5 * 0.9 ** (k - 1) + 0.12 * progress
    else:
        std = 0.22 * 0.8 ** (k - 1) * (1 - progress) + 0.5 * progress**0.7
    return np.stack([np.zeros(depth), std, np.tanh(1.9 * std)])


def training_rows(variant, depth, updates):
    """Rows of a run's looks; tanh begins with `initial_rows`, all end with histograms."""
    kind = PAPER_VARIANTS[variant]
    rows = [*initial_rows(kind.initialization, depth)] if kind.activation == "tanh" else []
    for update in (*([] if rows else [0]), *log_spaced(updates, 10)):
        progress = np.log10(max(update, 10) / 10) / np.log10(max(updates, 100) / 10)
        for k, (mean, std, p98) in enumerate(spreads(variant, depth, progress).T, start=1):
            values = final_activations(kind.activation, k) if update == updates else None
            look = row("activation", k, values, update)
            rows.append(replace(look, mean=mean, std=std, p98=p98))
            ratio = 0.75 ** (k - 1) if kind.initialization == "standard" else 0.97**k
            wide = 2e-3 * (1 + 3 * progress) * ratio**progress
            rows.append(row("weight_gradient", k, update=update, mean=wide / 20, std=wide))
    return rows


def final_activations(activation, k, n=4000):
    random = np.random.default_rng(k)
    if activation == "tanh":
        return np.tanh(random.normal(size=n) * 4 / k)
    if activation == "softsign":
        return np.clip(random.choice([-1, 1], n) * random.normal(0.7, 0.1 + 0.03 * k, n), -1, 1)
    return 1 / (1 + np.exp(random.normal(size=n)))


def error_curve(variant, dataset, updates, seed):
    """From chance down to the paper's error, tanh and the sigmoid more slowly."""
    final, speed = ERRORS[variant][dataset], {"tanh": 3, "sigmoid": 2}.get(variant, 5)
    looks = np.array(log_spaced(updates, 5))
    progress = np.log10(looks / 10) / np.log10(updates / 10)
    start = 83.3 if dataset == "shapeset" else 89.0
    noise = 1 + np.random.default_rng(seed).normal(0, 0.02, len(looks))
    errors = (final + (start - final) * (1 - progress**2) ** speed) * noise
    return pd.DataFrame(
        {"update": looks, "train_loss": 1.0, "validation_loss": 1.0,
         "validation_error": errors, "test_error": errors}
    )  # fmt: skip


@cache
def cost_surfaces(seeds=3, points=33):
    axis = np.linspace(-8, 8, points)
    costs = np.stack([_both_costs(seed, axis) for seed in range(seeds)], axis=1)
    steep = np.hypot(*np.gradient(costs, axis, axis, axis=(2, 3)))
    plateau = (steep < 0.1 * steep.max((2, 3), keepdims=True)).mean((2, 3))
    return CostSurfaces(axis, *costs, *plateau)


def _both_costs(seed, axis):
    """Both costs of a real tanh network over two of its weights, as figure 5 has them [2, g, g]."""
    random = np.random.default_rng(seed)
    x, labels = random.normal(size=(20, 5)), random.integers(0, 2, 20)
    first, last = random.uniform(-0.45, 0.45, (5, 5)), random.uniform(-0.45, 0.45, (5, 2))
    costs = np.empty((2, len(axis), len(axis)))
    for i, first[0, 0] in enumerate(axis):
        for j, last[0, 0] in enumerate(axis):
            p = np.exp(np.tanh(x @ first) @ last)
            p /= p.sum(1, keepdims=True)
            target = np.eye(2)[labels]
            costs[:, i, j] = -np.log((p * target).sum(1)).mean(), ((p - target) ** 2).sum(1).mean()
    return costs
