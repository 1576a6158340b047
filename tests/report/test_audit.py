"""What each cell was given, counted from runs made by hand."""

import math

import pandas as pd
from report_builders import cell, collected
from run_builders import record

from glorot_sweep.report.audit import audit_frame
from glorot_sweep.report.render import frame_markdown

CELLS = [cell(v, (40.0, 41.0)) for v in ("tanh", "tanh_n", "sigmoid")]


def test_the_audit_counts_what_each_cell_was_given():
    states = ["complete", "complete", "pruned", "diverged", "failed"]
    trials = [record("trial", state, depth=2 + i % 2) for i, state in enumerate(states)]
    replicates = [record("replicate")] * 2
    frame = audit_frame(collected(CELLS, trials=trials, replicates=replicates))
    row = frame.set_index("variant").loc["tanh"].to_dict()
    assert row == {
        "dataset": "shapeset", "trials": 5, "at table depth": 3, "complete": 2, "pruned": 1,
        "diverged": 1, "failed": 1, "updates": 150, "replicates": 2, "replicate updates": 60,
        "pre-training updates": 0, "replicate pre-training updates": 0,
    }  # fmt: skip
    assert frame.set_index("variant").loc["sigmoid", "trials"] == 0
    assert "| shapeset | tanh | 5 |" in frame_markdown(frame)


def test_a_value_that_a_table_lacks_is_a_dash():
    """Of columns of numbers, of text, and of both."""
    frame = pd.DataFrame({"p": [0.25, math.nan], "test": ["welch", None], "any": [1, math.nan]},
                         dtype=object)  # fmt: skip
    assert frame_markdown(frame).splitlines()[2:] == ["| 0.25 | welch | 1 |", "| – | – | – |"]
    numbers = pd.DataFrame({"p": [0.25, None]})
    assert frame_markdown(numbers).splitlines()[2:] == ["| 0.25 |", "| – |"]


def test_the_audit_counts_pretraining():
    """Of every layer; a trial that failed before it was measured counts nothing."""
    kinds = [(2, 500, 30), (5, 200, 30), (5, 200, None)]
    trials = [
        record("trial", depth=depth, pretraining_updates=each, updates_done=done)
        for depth, each, done in kinds
    ]
    frame = audit_frame(collected(CELLS, trials=trials)).set_index("variant")
    assert frame.loc["tanh", "pre-training updates"] == 2 * 500 + 5 * 200
    assert frame.loc["tanh", "updates"] == 60
