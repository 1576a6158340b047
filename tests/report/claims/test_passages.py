"""First passages, against a plain walk along the looks."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.claims.passages import Course, course
from glorot_sweep.report.evidence import LookedAtRun


def by_walk(updates, values, bound):
    for index, value in enumerate(values):
        if value > bound:
            if index == 0:
                return 0.0
            part = (bound - values[index - 1]) / (value - values[index - 1])
            return updates[index - 1] + part * (updates[index] - updates[index - 1])
    return math.inf


def test_passages_of_random_courses():
    rng = np.random.default_rng(5)
    updates = np.cumsum(rng.integers(1, 100, 12)).astype(float)
    values = rng.uniform(0, 1, (12, 40))
    found = Course(updates, values).passages(0.9)
    assert found.tolist() == pytest.approx([by_walk(updates, own, 0.9) for own in values.T])
    assert np.isinf(found).any()
    assert (found == 0).any()


def a_run():
    rows = [
        {"update": update, "quantity": quantity, "layer": layer, "p98": layer + update / 100}
        for update in (100, 0, 50) for quantity in ("activation", "weight") for layer in (2, 1, 3)
    ]  # fmt: skip
    return LookedAtRun("r", "run", "monitored", "", "shapeset", "tanh", 2, 10, 0.1, 100, 0, False,
                       pd.DataFrame(), pd.DataFrame(rows), label="Tanh")  # fmt: skip


def test_a_course_has_the_hidden_layers_in_order():
    found = course(a_run(), "activation", "p98")
    assert found.updates.tolist() == [0, 50, 100]
    assert found.values.tolist() == [[1, 2], [1.5, 2.5], [2, 3]]
    assert found.at(25).tolist() == [1.25, 2.25]


def test_what_is_missing_is_named():
    run = a_run()
    with pytest.raises(MissingRunsError, match="has no layer statistics"):
        course(replace(run, statistics=pd.DataFrame()), "activation", "p98")
    with pytest.raises(MissingRunsError, match="no finite `p98` of the jacobian"):
        course(run, "jacobian", "p98")
    run.statistics.loc[run.statistics["layer"] == 2, "p98"] = np.nan
    with pytest.raises(MissingRunsError, match="no finite `p98` of the activation"):
        course(run, "activation", "p98")
