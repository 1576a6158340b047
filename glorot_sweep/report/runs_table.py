"""Every run of a sweep as a row, and every evaluation: from these two files a reader recomputes."""

from collections.abc import Iterable
from dataclasses import fields

import pandas as pd

from glorot_sweep.report.belief import Curves
from glorot_sweep.report.collect import Collected
from glorot_sweep.tracking.schema.names import Curve, Kind
from glorot_sweep.tracking.schema.runs import StoredRun
from glorot_sweep.tracking.schema.trained import Finals, Specified

FIRST = ("run_id", "name", "kind", "state")
WHICH = ("dataset", "variant", "group", "trial", "seed", "role", "winner", "learned")
SETTINGS = tuple(field.name for field in fields(Specified))
ERRORS = tuple(field.name for field in fields(Finals))
EVALUATIONS = {
    "validation_error": Curve.VALIDATION_ERROR,
    "test_error": Curve.TEST_ERROR,
}


def runs_frame(collected: Collected) -> pd.DataFrame:
    """Return every run that the report used, one row each; what a run does not have is empty.

    Columns are those of the typed records of runs: which run it is of its study (group, trial of
    a group or seed of a replicate), the params that it was trained with, its seeds, and its final
    errors, percent: means over the last `window` evaluations.
    """
    rows = [{**_first(run), **_of(run)} for run in collected.runs]
    columns = [*FIRST, *WHICH, *SETTINGS, *ERRORS]
    whole = [name for name in columns if _is_whole(row[name] for row in rows)]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(whole, "Int64"))


def evaluations_frame(collected: Collected) -> pd.DataFrame:
    """Return every evaluation of the trials and replicates.

    Columns: `run_id`, `update` (SGD steps done), `validation_error` and `test_error`, percent; a
    trial has no test error.
    """
    rows = []
    curves_of: dict[str, Curves] = {}
    for one in collected.at_values:
        curves_of |= one.curves
    trained = (run for run in collected.runs if run.kind in {Kind.TRIAL, Kind.REPLICATE})
    for run in trained:
        curves = curves_of.get(run.run_id, {})
        points = {name: curves.get(curve, {}) for name, curve in EVALUATIONS.items()}
        for update in sorted({update for one in points.values() for update in one}):
            errors = {name: one.get(update) for name, one in points.items()}
            rows.append({"run_id": run.run_id, "update": update, **errors})
    return pd.DataFrame(rows, columns=["run_id", "update", *EVALUATIONS])


def _first(run: StoredRun) -> dict[str, object]:
    return {
        "run_id": run.run_id, "name": run.name, "kind": str(run.kind), "state": run.state.word,
    }  # fmt: skip


def _of(run: StoredRun) -> dict[str, object]:
    found = {name: getattr(run, name, None) for name in (*WHICH, *SETTINGS, *ERRORS)}
    if widths := getattr(run, "layer_widths", None):
        found["layer_widths"] = " ".join(map(str, widths))
    return found


def _is_whole(values: Iterable[object]) -> bool:
    """Whether a column has whole numbers alone, or gaps, beside which pandas makes them floats."""
    kinds = {type(value) for value in values if value is not None}
    return kinds == {int}
