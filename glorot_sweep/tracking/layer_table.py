"""Layer statistics in a run: curves as metrics, the whole table as one columnar file."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields

import pandas as pd
from mlflow import MlflowClient

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
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
        [{**asdict(row), **more} for row, more in zip(rows, added, strict=True)], columns=columns
    )
    texts_and_lists = ("quantity", "histogram", "spectrum", *WHOLE)
    numbers = [name for name in names if name not in texts_and_lists]
    return table.astype({**dict.fromkeys(numbers, "float64"), **dict.fromkeys(WHOLE, "int64")})


def write_layers(writer: RunWriter, table: pd.DataFrame) -> None:
    """Store the table."""
    writer.frame(table, Artifact.LAYERS)


def read_layers(client: MlflowClient, run_id: str) -> pd.DataFrame:
    """Return the table of a run.

    Raises:
        ArtifactError: there is none, or it cannot be read.
    """
    table = read_frame(client, run_id, Artifact.LAYERS)
    missing = {field.name for field in fields(LayerStatistics)} - set(table.columns)
    if missing:
        raise ArtifactError(f"{Artifact.LAYERS} lacks the columns {', '.join(sorted(missing))}")
    return table
