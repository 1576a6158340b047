"""The study's numbers in short: what goes into metrics and onto the terminal."""

import pandas as pd
from rich.table import Table

PAPER = {"standard": "0.5", "normalized": "around 0.8"}  # mean singular value, Sec. 4.2.2
SHOWN = (  # column of the terminal's table, quantity, column of the statistics
    ("std of activations", "activation", "std"),
    ("std of back-propagated gradients", "backpropagated_gradient", "std"),
    ("std of weight gradients", "weight_gradient", "std"),
    ("mean singular value", "jacobian", "mean"),
)


def tanh_layers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the hidden layers of the tanh networks of equal widths."""
    chosen = (table.activation == "tanh") & (table["shape"] == "equal")
    return table[chosen & (table.layer <= table.depth)]


def headline(table: pd.DataFrame) -> dict[str, float]:
    """Return metrics: means over all layers' spectra, and how the spread changes with the layer."""
    found: dict[str, float] = {}
    for initialization, rows in tanh_layers(table).groupby("initialization"):
        spectra = rows[rows.quantity == "jacobian"]["mean"]
        if len(spectra):
            found[f"mean_singular_value/{initialization}"] = float(spectra.mean())
        last_over_first = _last_over_first(rows, "activation")
        found[f"activation_std_last_over_first/{initialization}"] = last_over_first
        first_over_last = 1 / _last_over_first(rows, "backpropagated_gradient")
        found[f"backpropagated_gradient_std_first_over_last/{initialization}"] = first_over_last
    return found


def terminal_table(table: pd.DataFrame, title: str) -> Table:
    """Return a table with a row for each layer, means over the draws."""
    shown = Table(title=title, title_justify="left")
    for heading in ("initialization", "layer", *(name for name, _, _ in SHOWN)):
        shown.add_column(heading, justify="right")
    layers = tanh_layers(table)
    for (initialization, layer), rows in layers.groupby(["initialization", "layer"], sort=False):
        cells = [
            f"{value:.3g}" if (value := rows[rows.quantity == quantity][column].mean()) == value
            else "-"
            for _, quantity, column in SHOWN
        ]  # fmt: skip
        shown.add_row(str(initialization), str(layer), *cells)
    return shown


def verdict_lines(table: pd.DataFrame) -> list[str]:
    """Say what the mean singular values are, beside the paper's."""
    numbers = headline(table)
    return [
        f"mean singular value, {name} initialization: {numbers[key]:.3f} (paper: {paper})"
        for name, paper in PAPER.items()
        if (key := f"mean_singular_value/{name}") in numbers
    ]


def _last_over_first(rows: pd.DataFrame, quantity: str) -> float:
    by_layer = rows[rows.quantity == quantity].groupby("layer")["std"].mean()
    return float(by_layer.iloc[-1] / by_layer.iloc[0])
