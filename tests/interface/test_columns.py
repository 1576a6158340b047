"""A frame has the same columns and types whatever there is of its rows."""

from dataclasses import fields

import pandas as pd
import pytest

from glorot_sweep.interface.columns import (
    CURVES,
    DTYPES,
    FRAMES,
    MONITORED,
    REPLICATES,
    TRIALS,
    Column,
    frame,
)
from glorot_sweep.report.collect_evidence import CURVES as STORED
from glorot_sweep.tracking.schema.trained import Finals, Specified

NOT_SHOWN = {"log10_learning_rate"}  # the logarithm of another column
OF_TRIALS = {"objective"}


@pytest.mark.parametrize("name", FRAMES)
def test_an_empty_frame_has_its_columns_and_types(name):
    empty = frame([], FRAMES[name])
    assert list(empty.columns) == list(FRAMES[name])
    types = {column: DTYPES[spec.kind] for column, spec in FRAMES[name].items()}
    assert dict(empty.dtypes.astype(str)) == types


@pytest.mark.parametrize("columns", [TRIALS, REPLICATES, MONITORED])
def test_whatever_a_trained_run_stores_has_a_column(columns):
    stored = {field.name for part in (Specified, Finals) for field in fields(part)}
    assert stored - NOT_SHOWN - OF_TRIALS <= columns.keys()
    assert TRIALS.keys() >= OF_TRIALS


def test_every_stored_curve_has_a_column():
    assert STORED.keys() <= CURVES.keys()


def test_gaps_leave_the_types_as_they_are():
    columns = {
        "seed": Column("whole or none", ""),
        "error": Column("number", ""),
        "winner": Column("word", ""),
        "role": Column("category", ""),
    }
    made = frame([{"seed": 2**61 + 1, "role": "b"}, {"error": 1, "winner": "t1"}], columns)
    assert dict(made.dtypes.astype(str)) == {
        "seed": "Int64", "error": "float64", "winner": "str", "role": "category",
    }  # fmt: skip
    assert made["seed"][0] == 2**61 + 1
    assert made.isna().to_numpy().tolist() == [
        [False, True, True, False], [True, False, False, True],
    ]  # fmt: skip


def test_categories_are_those_known_beforehand_then_those_that_are_there():
    columns = {"variant": Column("category", "", ("b", "a"))}
    rows = [{"variant": "c"}, {"variant": "a"}]
    assert list(frame(rows, columns)["variant"].cat.categories) == ["b", "a", "c"]
    given = frame(rows, columns, {"variant": ["a", "c"]})
    assert list(given["variant"].cat.categories) == ["a", "c"]


def test_what_is_no_column_is_left_out_and_an_index_is_begun_anew():
    table = pd.DataFrame({"update": [3, 4], "more": [1, 2]}, index=[7, 7])
    made = frame(table, {"update": Column("whole", "")})
    assert made.to_dict("list") == {"update": [3, 4]}
    assert list(made.index) == [0, 1]
