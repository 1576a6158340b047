"""Final values that are means over several evaluations are held against their curves."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from report_builders import N_EXAMPLES, finished_sweep
from sweep_builders import config

from glorot_sweep.report.collect import collect
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.names import Artifact, Curve, Metric

from .overruling import ONE, doubt, log


@pytest.fixture
def of_three(place):
    """A finished sweep whose final values are means over three evaluations; names to writers."""
    return finished_sweep(place, config({"replicates.window": 3}))


@pytest.mark.slow
def test_means_that_fit_their_curves_leave_no_doubt(place, of_three):
    found = collect(place, "small")
    assert found.doubts == ()
    cell = found.cells["table_depth", "shapeset", "tanh"]
    assert cell.errors.tolist() == [40.0, 42.0]
    assert cell.last_errors.tolist() == [39.0, 41.0], "the predictions are those of the last one"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        (Metric.TEST_ERROR, 41.0, "41, but its curve test/error_percent has in its last 3 points "
         "the mean 42"),
        (Metric.VALIDATION_ERROR, 41.0, "41, but its curve validation/error_percent has in its "
         "last 3 points the mean 42"),
        (Curve.TEST_ERROR, 41.0, "has the last points of test/error_percent at the updates 39, 40, "
         "100, and the configuration asks for 38, 39, 40"),
    ],
)  # fmt: skip
def test_a_mean_that_its_curve_does_not_give_is_named(place, of_three, metric, value, said):
    log(of_three[ONE], metric, value)
    sentences = [one.sentence for one in collect(place, "small").doubts]
    assert any(said in sentence for sentence in sentences), sentences
    assert all(of_three[ONE].run_id in sentence for sentence in sentences)
    assert not collect(place, "small").cells["table_depth", "shapeset", "tanh"].has_mean


@pytest.mark.slow
def test_predictions_that_the_last_evaluation_does_not_give_are_named(place, of_three):
    """They are not those of the mean: 42 % wrong would be as false as any other number."""
    predictions, labels = np.zeros((2, N_EXAMPLES), np.uint8)
    predictions[: round(0.42 * N_EXAMPLES)] = 1
    of_three[ONE].arrays(Artifact.PREDICTIONS, predictions=predictions, labels=labels)
    of_three[ONE].finish(State.COMPLETE)
    assert doubt(place).sentence.endswith(
        "says test/error_percent at last 41, but its predictions are wrong in 42 % of the test "
        "examples"
    )


@pytest.mark.slow
def test_points_that_are_gone_are_named(place, stores, of_three):
    run_id = of_three[ONE].run_id
    with closing(sqlite3.connect(stores / "mlflow.db")) as connection:
        connection.execute(
            "delete from metrics where key = ? and run_uuid = ? and step in (20, 38)",
            (Curve.VALIDATION_ERROR, run_id),
        )
        connection.commit()
    sentences = [one.sentence for one in collect(place, "small").doubts]
    assert any("at the updates 39, 40, and" in sentence for sentence in sentences), sentences


@pytest.mark.slow
def test_a_replicate_of_another_window_is_named(place, stores, of_three):
    with closing(sqlite3.connect(stores / "mlflow.db")) as connection:
        connection.execute(
            "update params set value = '1' where key = 'window' and run_uuid = ?",
            (of_three[ONE].run_id,),
        )
        connection.commit()
    sentences = {one.sentence for one in collect(place, "small").doubts}
    start = f"{ONE} ({of_three[ONE].run_id}) has window 1, and"
    assert f"{start} the configuration asks for 3" in sentences
