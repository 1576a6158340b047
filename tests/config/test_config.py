"""What decides the identity of a sweep, and what its file may say."""

import itertools
import json

import pytest
from pydantic import ValidationError
from sweep_builders import config

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.trials import trial_task

IDENTITY = {
    "name": "other",
    "seed": 4,
    "datasets": ["mnist"],
    "variants": ["tanh_n", "tanh"],
    "network.width": 32,
    "network.batch_size": 20,
    "network.input_scaling": "symmetric",
    "image_folders": {"shapeset": "my-shapes"},
    "search.trials": 7,
    "search.generation": 3,
    "search.learning_rate.low": 0.02,
    "search.learning_rate.high": 0.4,
    "search.depth.low": 2,
    "search.depth.high": 4,
    "search.updates": 31,
    "search.rungs": [10, 21],
    "search.sampler": "random",
    "search.table_depth": 3,
    "search.table_depth_share": 0.6,
    "search.pruner.kind": "none",
    "search.pruner.startup_trials": 3,
    "replicates.seeds": 3,
    "replicates.updates": 41,
    "replicates.evaluations": [21],
    "significance.test": "paired",
    "significance.level": 0.01,
    "significance.equivalence": {"margin": 1.0},
    "comparisons": [["tanh_n", "tanh"]],
    "statistics": "none",
    "statistics.cost": "full",
    "statistics.updates": [10],
    "statistics.saturation_bound": 0.95,
    "monitored": {"updates": 30},
}


@pytest.mark.parametrize(("key", "value"), IDENTITY.items(), ids=IDENTITY.keys())
def test_everything_that_decides_a_number_changes_the_hash(key, value):
    assert config({key: value}).hash() != config().hash()


def test_the_precision_of_products_changes_the_hash():
    on_gpu = {"execution.device": "cuda"}
    reduced = config({**on_gpu, "network.matmul_precision": "medium"})
    assert reduced.hash() != config(on_gpu).hash() == config().hash()


@pytest.mark.parametrize(
    "change",
    [
        {"updates": [10, 20]},
        {"learning_rate": {"low": 0.02, "high": 0.1}},
        {"noise": {"low": 0.1, "high": 0.25}},
    ],
)
def test_pretraining_changes_the_hash(change):
    settings = {"updates": [10], "learning_rate": {"low": 0.01, "high": 0.1}}
    plain = {"variants": ["tanh_pretrained"], "search.pretraining": settings}
    changed = {**plain, "search.pretraining": {**settings, **change}}
    assert config(changed).hash() != config(plain).hash()


@pytest.mark.parametrize(
    "change",
    [
        {"execution.pack_size": 1},
        {"execution.threads": 2},
        {"paper": "none"},
        {"network.engine": "native"},
        {"network.engine": "torch"},
    ],
)
def test_what_changes_no_number_does_not_change_the_hash(change):
    assert config(change).hash() == config().hash()


def test_the_hash_is_the_same_in_every_process_and_defaults_count_as_written():
    assert config().hash() == config({"search.sampler": "tpe", "statistics": "economy"}).hash()
    assert config().hash() == "fa0d0fa548f9"


@pytest.mark.parametrize(
    "changes",
    [
        {"datasets": ["cifar10", "small_imagenet"]},
        {"datasets": ["small_imagenet-9x350"]},
        {"datasets": ["shapeset_64", "shapeset_single", "shapeset_finite_10000"]},
        {"datasets": ["cifar10"], "image_folders": {"cifar10": "cifar10/jpeg.tar"}},
        {"datasets": ["mine", "mnist"], "image_folders": {"mine": "mine"}},
    ],
)
def test_data_sets_that_can_be_named(changes):
    assert config(changes).datasets == tuple(changes["datasets"])


def test_widths_of_every_layer():
    changes = {"network": {"widths": [8, 12, 16]}, "search.depth": {"low": 3, "high": 3}}
    settings = config({**changes, "search.table_depth": 3})
    assert settings.network.units == "8, 12, 16 units"
    chosen = Hyperparameters(learning_rate=0.1, depth=3)
    spec = trial_task(settings, "shapeset", "tanh", 0, chosen, {}).spec
    assert (spec.layer_widths, spec.width) == ((8, 12, 16), 12)
    equal = trial_task(config(), "shapeset", "tanh", 0, chosen, {}).spec
    assert (equal.layer_widths, equal.width, equal.widths) == ((16,) * 3, 16, ())
    shaped = config({"variants": ["tanh_growing"]})
    growing = trial_task(shaped, "shapeset", "tanh_growing", 0, chosen, {}).spec
    assert (growing.layer_widths, growing.width) == ((10, 16, 22), 16)


def test_widths_of_layers_are_stored_and_read_back():
    network = {"widths": [8, 12, 16], "batch_size": 10}
    depth = {"search.depth": {"low": 3, "high": 3}, "search.table_depth": 3}
    settings = config({"network": network, **depth})
    read = SweepConfig.from_identity(settings.identity())
    assert read.network.widths == (8, 12, 16)
    assert read.hash() == settings.hash()


def test_what_is_compared_is_stored_and_read_back():
    named = {"comparisons": [["tanh_n", "tanh"]], "significance.equivalence": {"margin": 1.0}}
    stored = config(named).identity()
    assert stored["comparisons"] == [["tanh_n", "tanh"]]
    read = SweepConfig.model_validate_json(json.dumps(stored))
    assert read.comparisons == (("tanh_n", "tanh"),)
    assert read.significance == config(named).significance
    assert read.hash() == config(named).hash()


def test_a_sweep_that_names_no_comparison_is_stored_as_before_there_were_any():
    stored = config().identity()
    assert "comparisons" not in stored
    assert set(stored["significance"]) == {"test", "level"}


def test_a_config_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        config().search.trials = 9


@pytest.mark.parametrize(("share", "expected"), [(0.5, 6), (1.0, 12), (0.25, 3), (1 / 3, 4)])
def test_the_share_at_table_depth_is_spread_evenly(share, expected):
    changes = {"search.trials": 12, "search.generation": 4}
    search = config({**changes, "search.table_depth_share": share}).search
    marks = [search.is_at_table_depth(number) for number in range(12)]
    assert sum(marks) == expected
    places = [number for number, mark in enumerate(marks) if mark]
    gaps = {b - a for a, b in itertools.pairwise(places)}
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(1, 5, 5), (2, 9, 5), (4, 4, 4), (1, 3, 3), (6, 8, 6)]
)
def test_the_tables_depth_is_the_papers_or_the_nearest_that_there_is(low, high, expected):
    content = {
        "name": "mine",
        "datasets": ["shapeset"],
        "search": {
            "trials": 2, "generation": 2, "learning_rate": {"low": 0.01, "high": 0.1},
            "depth": {"low": low, "high": high},
        },
        "replicates": {"updates": 100},
    }  # fmt: skip
    assert SweepConfig.model_validate(content).search.table_depth == expected
