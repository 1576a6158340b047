"""The study's numbers in short: what goes into metrics and onto the terminal."""

import pandas as pd
from rich.table import Table

from glorot_sweep.tracking.schema.beside import Headline

PAPER = {"standard": "0.5", "normalized": "around 0.8"}  # mean singular value, Sec. 4.2.2
SHOWN = (  # column of the terminal's table, quantity, column of the statistics
    ("std of activations", "activation", "std"),
    ("std of back-propagated gradients", "backpropagated_gradient", "std"),
    ("std of weight gradients", "weight_gradient", "std"),
    ("mean singular value", "jacobian", "mean"),
)


def main_layers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the hidden layers of variants, or of the tanh networks of equal widths."""
    hidden = table.layer <= table.depth
    if told_apart_by(table) == "variant":
        return table[hidden]
    return table[hidden & (table.activation == "tanh") & (table["shape"] == "equal")]


def told_apart_by(table: pd.DataFrame) -> str:
    """Return the column that names networks: variants, or else the paper's initializations."""
    return "variant" if "variant" in table else "initialization"


def headline(table: pd.DataFrame) -> Headline:
    """Return means over all layers' spectra, and how the spread changes with the layer."""
    means: dict[str, float] = {}
    activations: dict[str, float] = {}
    gradients: dict[str, float] = {}
    for key, rows in main_layers(table).groupby(told_apart_by(table), sort=False):
        name = str(key)
        spectra = rows[rows.quantity == "jacobian"]["mean"]
        if len(spectra):
            means[name] = float(spectra.mean())
        activations[name] = _last_over_first(rows, "activation")
        gradients[name] = 1 / _last_over_first(rows, "backpropagated_gradient")
    return Headline(
        mean_singular_value=means, activation_spread=activations, gradient_spread=gradients
    )


def terminal_table(table: pd.DataFrame, title: str) -> Table:
    """Return a table with a row for each layer, means over the draws."""
    shown = Table(title=title, title_justify="left")
    named = told_apart_by(table)
    for heading in (named, "layer", *(name for name, _, _ in SHOWN)):
        shown.add_column(heading, justify="right")
    for (network, layer), rows in main_layers(table).groupby([named, "layer"], sort=False):
        cells = [
            f"{value:.3g}" if (value := rows[rows.quantity == quantity][column].mean()) == value
            else "-"
            for _, quantity, column in SHOWN
        ]  # fmt: skip
        shown.add_row(str(network), str(layer), *cells)
    return shown


def verdict_lines(table: pd.DataFrame, *, beside_paper: bool = True) -> list[str]:
    """Say what the mean singular values are, beside the paper's if that is wanted."""
    means = headline(table).mean_singular_value
    if told_apart_by(table) == "variant":
        return [f"mean singular value, {name}: {mean:.3f}" for name, mean in means.items()]
    return [
        f"mean singular value, {name} initialization: {means[name]:.3f}"
        + (f" (paper: {paper})" if beside_paper else "")
        for name, paper in PAPER.items()
        if name in means
    ]


def _last_over_first(rows: pd.DataFrame, quantity: str) -> float:
    by_layer = rows[rows.quantity == quantity].groupby("layer")["std"].mean()
    return float(by_layer.iloc[-1] / by_layer.iloc[0])
