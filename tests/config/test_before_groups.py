"""Configurations from before there were groups: the same hash, and the same meaning, for ever."""

import json

import pytest
from pydantic import ValidationError
from sweep_builders import config, grouped, grouped_values, values

from glorot_sweep.config.before_groups import VALUES
from glorot_sweep.config.file import read_before_groups, read_sweep_file
from glorot_sweep.config.sweep import SweepConfig, hash_of

LATER = {
    "search.groups": 1,
    "search.depth_trials": 2,
    "search.learning_rates": {"tanh": {"low": 0.1, "high": 0.2}},
    "search.extend": True,
    "search.pruner.start": 0.3,
    "search.pruner.least_complete": 2,
    "replicates.window": 3,
    "preregistered": "0123abc",
}


def has(content, path):
    for key in path:
        if key not in content:
            return False
        content = content[key]
    return True


def test_a_configuration_of_the_old_way_is_stored_as_it_always_was():
    stored = config().identity()
    assert not [path for path in VALUES if path[-1] != "table_depth_share" and has(stored, path)]
    assert hash_of(stored) == "fa0d0fa548f9"
    assert SweepConfig.from_identity(json.loads(json.dumps(stored))).hash() == "fa0d0fa548f9"


def test_the_old_way_means_what_it_meant():
    for given in (config(), SweepConfig.from_identity(config().identity())):
        search = given.search
        assert search.is_old_way
        assert (search.groups, search.depth_trials, search.group_trials) == (1, 0, 6)
        assert (search.sampler, search.extend, search.learning_rates) == ("tpe", False, {})
        assert (search.pruner.start, search.pruner.least_complete) == (0.0, 0)
        assert given.significance.test == "welch"
        assert given.replicates.window == 1


@pytest.mark.parametrize(("key", "value"), LATER.items(), ids=LATER)
def test_a_new_key_is_stored_read_again_and_changes_the_hash(key, value):
    changed = grouped({key: value})
    again = SweepConfig.from_identity(json.loads(json.dumps(changed.identity())))
    beside = {"execution": again.execution, "paper": again.paper}
    assert again == changed.model_copy(update=beside)
    assert changed.hash() == again.hash() != grouped().hash()


@pytest.mark.parametrize("path", VALUES, ids=".".join)
def test_a_new_key_with_its_value_of_before_is_left_out_and_comes_back(path):
    value = VALUES[path]
    given = grouped({".".join(path): value} if value is not None else {})
    stored = given.identity()
    assert not has(stored, path)
    assert SweepConfig.from_identity(stored).hash() == given.hash()


def test_no_later_file_has_the_hash_of_the_old_way():
    assert grouped({"search.groups": 1, "search.depth_trials": 0}).hash() != config().hash()


@pytest.mark.parametrize(("key", "value"), [("groups", 1), ("groups", 2), ("depth_trials", 0)])
def test_the_old_way_and_groups_contradict_each_other(key, value):
    with pytest.raises(ValidationError, match=f"{key} and table_depth_share contradict"):
        config({f"search.{key}": value})


def test_what_a_file_leaves_out():
    search = grouped().search
    assert (search.groups, search.updates, search.sampler) == (2, 40, "random")
    assert (search.trials, search.depth_trials) == (3, 3)
    one_depth = {"search.depth": {"low": 2, "high": 2}}
    assert grouped(one_depth).search.depth_trials == 0
    assert grouped({"replicates.seeds": 4}).search.groups == 4
    no_seeds = values({"search.groups": 1, "replicates.window": 1})
    del no_seeds["replicates"]["seeds"], no_seeds["search"]["table_depth_share"]
    del no_seeds["search"]["groups"]
    assert SweepConfig.model_validate(no_seeds).search.groups == 5


def test_a_file_of_that_time_without_the_share_can_be_read_as_it_was(tmp_path):
    content = values({"replicates.window": 1})
    del content["search"]["table_depth_share"]
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(content))
    file = read_sweep_file(path)
    assert not file.config.search.is_old_way
    assert read_before_groups(file) == config()


def test_a_file_that_asks_for_groups_has_no_other_meaning(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(grouped_values({"search.groups": 2})))
    assert read_before_groups(read_sweep_file(path)) is None


def test_a_mistake_beside_what_is_filled_in_is_told_alone():
    """What follows from a key that is wrong is no second mistake."""
    for wrong in ({"replicates": {}}, {"replicates.updates": "x"}, {"replicates.seeds": 0},
                  {"search.trials": 0}, {"search.depth.low": "x"}, {"replicates": 3}):  # fmt: skip
        with pytest.raises(ValidationError) as caught:
            grouped(wrong)
        assert caught.value.error_count() == 1, caught.value
