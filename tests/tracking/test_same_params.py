"""A run is not taken up for something else than it holds."""

import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunStore

KIND = {"kind": "trial"}


@pytest.fixture
def runs(place):
    return RunStore(place.client, place.experiment_id)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("param", "stored", "wanted"),
    [
        ("activation", "tanh", "softsign"),
        ("learning_rate", "0.1", "0.10000001"),
        ("weight_seed", "9007199254740993", "9007199254740992"),
        ("layer_widths", "100-100", "100"),
        ("depth", "5", "nan"),
    ],
)
def test_another_value_is_refused_and_nothing_is_changed(place, runs, param, stored, wanted):
    run_id = runs.create("a", KIND, {param: stored, "batch_size": 10}).run_id
    before = get_run(place.client, run_id)
    with pytest.raises(UserError) as caught:
        runs.reopen(run_id, {"state": "running"}, {"batch_size": 10, param: wanted, "new": 1})
    for said in (f"'a' ({run_id})", f"{param} = {stored!r}", f"{param} = {wanted!r}", "delete it"):
        assert said in str(caught.value)
    assert get_run(place.client, run_id) == before


def test_another_spelling_of_a_number_stays_and_what_is_lacking_is_added(place, runs):
    run_id = runs.create("a", KIND, {"learning_rate": "0.10", "updates": "1e3"}).run_id
    runs.reopen(run_id, {}, {"learning_rate": 0.1, "updates": 1000, "depth": 5})
    stored = get_run(place.client, run_id).params
    assert stored == {"learning_rate": "0.10", "updates": "1e3", "depth": "5"}


def test_what_mlflow_run_gave_its_run_stays_in_the_users_words(place, runs):
    """It is a run that the project has not marked yet."""
    run_id = place.client.create_run(place.experiment_id).info.run_id
    place.client.log_param(run_id, "dataset", "'my own'")
    runs.reopen(run_id, KIND, {"dataset": "my own", "depth": 5})
    assert get_run(place.client, run_id).params == {"dataset": "'my own'", "depth": "5"}
    with pytest.raises(UserError, match="dataset"):
        runs.reopen(run_id, KIND, {"dataset": "another"})
