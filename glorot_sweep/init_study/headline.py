"""The study's numbers in short: what goes into metrics and onto the terminal."""

import numpy as np
import pandas as pd
from rich.table import Table

from glorot_sweep.host.tables import narrow_table
from glorot_sweep.tracking.schema.beside import Headline

PAPER = {"standard": "0.5", "normalized": "around 0.8"}  # mean singular value, Sec. 4.2.2
SHOWN = (  # column of the terminal's table, quantity, column of the statistics
    ("std of activations", "activation", "std"),
    ("std of back-propagated gradients", "backpropagated_gradient", "std"),
    ("std of weight gradients", "weight_gradient", "std"),
    ("mean singular value", "jacobian", "mean"),
)


def shown_layers(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return rows of hidden layers, and the column that names their networks.

    Of variants they are those of all, by `variant`; of the paper's networks those of the tanh
    networks of equal widths, by `initialization`.
    """
    hidden = table[table.layer <= table.depth]
    if "variant" in hidden:
        return hidden, "variant"
    chosen = (hidden.activation == "tanh") & (hidden["shape"] == "equal")
    return hidden[chosen], "initialization"


def headline(table: pd.DataFrame) -> Headline:
    """Return means over all layers' spectra, and how the spread changes with the layer.

    A ratio that is no finite number, as of layers that are all dead, is left out.
    """
    means: dict[str, float] = {}
    activations: dict[str, float] = {}
    gradients: dict[str, float] = {}
    layers, named_by = shown_layers(table)
    for name, rows in layers.groupby(named_by, sort=False):
        spectra = rows[rows.quantity == "jacobian"]["mean"]
        if len(spectra):
            means[str(name)] = float(spectra.mean())
        with np.errstate(divide="ignore", invalid="ignore"):
            activation = _last_over_first(rows, "activation")
            gradient = 1 / _last_over_first(rows, "backpropagated_gradient")
        if np.isfinite(activation):
            activations[str(name)] = float(activation)
        if np.isfinite(gradient):
            gradients[str(name)] = float(gradient)
    return Headline(
        mean_singular_value=means, activation_spread=activations, gradient_spread=gradients
    )


def terminal_table(table: pd.DataFrame, title: str) -> Table:
    """Return a table with a row for each layer, means over the draws."""
    layers, named_by = shown_layers(table)
    rows_shown = list[tuple[str, ...]]()
    for (network, layer), rows in layers.groupby([named_by, "layer"], sort=False):
        cells = [
            f"{value:.3g}" if (value := rows[rows.quantity == quantity][column].mean()) == value
            else "-"
            for _, quantity, column in SHOWN
        ]  # fmt: skip
        rows_shown.append((str(network), str(layer), *cells))
    return narrow_table((named_by,), ("layer", *(name for name, _, _ in SHOWN)), rows_shown, title)


def verdict_lines(table: pd.DataFrame, *, beside_paper: bool = True) -> list[str]:
    """Say what the mean singular values are, beside the paper's if that is wanted."""
    means = headline(table).mean_singular_value
    if shown_layers(table)[1] == "variant":
        return [f"mean singular value, {name}: {mean:.3f}" for name, mean in means.items()]
    return [
        f"mean singular value, {name} initialization: {means[name]:.3f}"
        + (f" (paper: {paper})" if beside_paper else "")
        for name, paper in PAPER.items()
        if name in means
    ]


def dead_lines(table: pd.DataFrame) -> list[str]:
    """Name the networks with layers that are dead: no example changes an activation there."""
    layers, named_by = shown_layers(table)
    activations = layers[layers.quantity == "activation"]
    dead: dict[str, list[str]] = {}
    for (network, layer), rows in activations.groupby([named_by, "layer"], sort=False):
        if rows["std"].max() == 0:
            dead.setdefault(str(network), []).append(str(layer))
    return [
        f"{network}: dead in every draw, no example changes an activation of layer "
        f"{', '.join(numbers)}. A ratio of spreads that is no finite number is left out"
        for network, numbers in dead.items()
    ]


def _last_over_first(rows: pd.DataFrame, quantity: str) -> np.float64:
    by_layer = rows[rows.quantity == quantity].groupby("layer")["std"].mean()
    return np.float64(by_layer.iloc[-1]) / np.float64(by_layer.iloc[0])
