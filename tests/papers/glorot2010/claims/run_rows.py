"""Trained runs in which the claims hold: curves, and statistics of layers along them."""

import functools

import numpy as np
import pandas as pd

from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.evidence import LookedAtRun

from .init_rows import bell, row

TRACE = (0, 2_000, 5_000, 10_000, 20_000)


@functools.cache
def layers_of(variant, depth):
    """Rows of a run's statistics along TRACE; `progress` runs from 0 to 1."""
    rows = []
    for update in TRACE:
        progress = update / TRACE[-1]
        for k in range(1, depth + 1):
            activation = {"mean": 0.0, "std": 0.1 + 0.2 * progress**0.5, "saturation": 0.0}
            if variant == "tanh":
                activation["p98"] = 0.3 + (0.65 * progress if k == 1 else 0.0)
                activation["saturation"] = 0.048 if k == 1 else 0.01
            elif variant.startswith("sigmoid"):
                activation["mean"] = (0.51, 0.57, 0.76, 0.5 - 0.49 * progress**0.1, 0.4)[k - 1]
            else:
                growth = 0.4 if variant == "softsign" else 0.65
                activation |= {"p98": 0.3 + growth * progress, "saturation": 0.0006}
            if variant in ("tanh", "softsign"):
                activation |= bell(0.3, 1.0)
            rows.append(row("activation", k, update, **activation))
            ratio = 0.1 + 1.2 * progress
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


def monitored(variant, depth, rate, width=1000, updates=20_000, seed=0, dataset="shapeset"):
    frame = layers_of(variant, depth)
    frame = frame[frame["update"] <= updates].copy()
    if updates > TRACE[-1]:
        frame = pd.concat([frame, later(frame, updates)], ignore_index=True)
    place = "monitored" if dataset == "shapeset" else f"elsewhere-{dataset}"
    name = f"{place}-{variant}-{depth}-{rate}-{seed}"
    return LookedAtRun(name, name, "monitored", "", dataset, variant, depth, width, rate, updates,
                       seed, False, short_curve(variant, updates), frame,
                       label=VARIANTS[variant].label)  # fmt: skip


def later(frame, update):
    """The last look once more at a later update, a little further on."""
    rows = frame[frame["update"] == TRACE[-1]].copy()
    rows["update"] = update
    rows.loc[rows["quantity"] == "activation", "std"] *= 1.05
    return rows


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
