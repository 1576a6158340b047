"""Layer statistics in a run: curves as metrics, the whole table as one columnar file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import get_args

import numpy as np
import pandas as pd
from mlflow import MlflowClient
from pandas.api.types import is_integer_dtype, is_numeric_dtype

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics, Quantity
from glorot_sweep.tracking.records import ArtifactError, read_frame
from glorot_sweep.tracking.runs import Point, RunWriter
from glorot_sweep.tracking.schema.names import Artifact, LayerCurve, layer_metric

CURVES = {  # what a person compares in the UI: quantity, column
    ("activation", "mean"): LayerCurve.ACTIVATION_MEAN,
    ("activation", "std"): LayerCurve.ACTIVATION_STD,
    ("activation", "p98"): LayerCurve.ACTIVATION_P98,
    ("activation", "saturation"): LayerCurve.SATURATION,
    ("backpropagated_gradient", "std"): LayerCurve.BACKPROPAGATED_GRADIENT_STD,
    ("weight_gradient", "std"): LayerCurve.WEIGHT_GRADIENT_STD,
    ("jacobian", "mean"): LayerCurve.JACOBIAN_MEAN,
}
WHOLE = ("update", "layer", "count")  # columns of whole numbers, never empty
ADDED = ("above_damping",)  # columns that tables of earlier versions lack
LISTS = ("histogram", "spectrum")
NUMBERS = tuple(
    field.name
    for field in fields(LayerStatistics)
    if field.name not in ("quantity", *LISTS, *WHOLE)
)


def layer_points(rows: Iterable[LayerStatistics]) -> list[Point]:
    """Return the curves of the hidden layers: `activation_std/layer_1` and so on."""
    rows = list(rows)
    depth = max((row.layer for row in rows if row.quantity == "activation"), default=0)
    return [
        Point(layer_metric(curve, row.layer), value, row.update)
        for row in rows
        if row.layer <= depth
        for (quantity, column), curve in CURVES.items()
        if row.quantity == quantity and (value := getattr(row, column)) is not None
    ]


def layer_frame(
    rows: Iterable[LayerStatistics], extra: Iterable[Mapping[str, object]] | None = None
) -> pd.DataFrame:
    """Return rows as a table with a column for each attribute; empty numbers are NaN.

    Args:
        rows: the rows.
        extra: further columns of each row.
    """
    rows = list(rows)
    added = list(extra) if extra is not None else [{} for _ in rows]
    names = [field.name for field in fields(LayerStatistics)]
    columns = names + [name for name in (added[0] if added else {}) if name not in names]
    table = pd.DataFrame(
        [{**vars(row), **more} for row, more in zip(rows, added, strict=True)], columns=columns
    )
    return table.astype({**dict.fromkeys(NUMBERS, "float64"), **dict.fromkeys(WHOLE, "int64")})


def write_layers(writer: RunWriter, table: pd.DataFrame) -> None:
    """Store the table."""
    writer.frame(table, Artifact.LAYERS)


def read_layers(client: MlflowClient, run_id: str, sha256: str | None = None) -> pd.DataFrame:
    """Return the table of a run.

    Args:
        client: of the store.
        run_id: the run.
        sha256: of the table, as the run's tag says; None: the run has none.

    Raises:
        ArtifactError: there is none, it was changed, or it is no table of layer statistics.
    """
    table = read_frame(client, run_id, Artifact.LAYERS, sha256)
    table = table.assign(**{name: np.nan for name in ADDED if name not in table.columns})
    if reason := next(complaints(table), ""):
        raise ArtifactError(f"{Artifact.LAYERS} of the run {run_id} {reason}")
    return table


def complaints(table: pd.DataFrame) -> Iterator[str]:
    """Yield why a table is not one of layer statistics; only the first is sure to make sense."""
    if lacking := {field.name for field in fields(LayerStatistics)} - set(table.columns):
        yield f"lacks the columns {', '.join(sorted(lacking))}"
    if not table.columns.is_unique:
        yield "has a column twice"
    for name in WHOLE:
        if not is_integer_dtype(table[name]) or (table[name] < 0).any():
            yield f"has a column {name} that is not of whole numbers"
    for name in NUMBERS:
        if not (is_numeric_dtype(table[name]) or table[name].isna().all()):
            yield f"has a column {name} that is not of numbers"
    if not table["quantity"].map(_is_quantity).all():
        yield f"has a column quantity that is not of {', '.join(get_args(Quantity))}"
    for name in LISTS:
        if not table[name].map(_is_list_of_numbers).all():
            yield f"has a column {name} that is not of lists of numbers"


def _is_quantity(value: object) -> bool:
    return isinstance(value, str) and value in get_args(Quantity)


def _is_list_of_numbers(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"
