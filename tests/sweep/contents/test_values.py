"""What a sweep with a factor trains: equally much at each value, with keys and seeds of its own."""

from collections import Counter

import pytest
from sweep_builders import grouped, grouped_values

from glorot_sweep.config.factors import Value, at_value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.contents.parts import parts_of
from glorot_sweep.sweep.contents.phases import phases
from glorot_sweep.sweep.contents.replicates import Candidate, Winner, replicate_tasks
from glorot_sweep.sweep.contents.trials import trial_task
from glorot_sweep.sweep.outline import outline, two_depths

NOTHING = {"statistics": "none"}


def with_depths(changes=None):
    content = grouped_values({"replicates.depths": [1, 2, 4], **NOTHING, **(changes or {})})
    del content["search"]["depth"]
    return SweepConfig.model_validate(content)


def with_widths(changes=None):
    return grouped({"replicates.widths": [8, 16], **NOTHING, **(changes or {})})


def trial_at(settings, value, group=1, number=2, depth=2):
    chosen = Hyperparameters(0.1, depth)
    return trial_task(at_value(settings, value), "shapeset", "tanh", number, chosen, {}, group)


def replicates_at(settings, values, depth=2):
    winners = [
        Winner("shapeset", "tanh", Candidate(0, Hyperparameters(0.1, depth), 1.0), True, True,
               group, value=value)
        for group in range(2) for value in values
    ]  # fmt: skip
    return replicate_tasks(settings, winners)


def test_without_a_factor_keys_and_seeds_are_what_they_were():
    task = trial_at(grouped(NOTHING), None)
    assert task.key == "tanh/shapeset/g1/t002"
    assert task.tags == {"trial": "2", "study": "tanh/shapeset", "group": "1"}
    assert (task.spec.weight_seed, task.spec.data_seed) == (877148115, 383192232)
    (first, *_) = replicates_at(grouped(NOTHING), [None])
    assert first.key == "tanh/shapeset/g0/seed0"
    assert {"factor", "factor_value"}.isdisjoint(first.tags)
    assert (first.spec.weight_seed, first.spec.data_seed) == (640528297, 44561060)


def test_keys_and_tags_say_the_value():
    deep, wide = (
        trial_at(with_depths(), Value("depth", 4)),
        trial_at(with_widths(), Value("width", 8)),
    )
    assert (deep.key, deep.spec.name) == ("tanh/shapeset/d4/g1/t002", "tanh-shapeset-d4-g1-t002")
    assert wide.key == "tanh/shapeset/w8/g1/t002"
    assert (wide.spec.width, wide.tags["factor"], wide.tags["factor_value"]) == (8, "width", "8")
    assert deep.tags["study"] == "tanh/shapeset/d4"
    keys = [task.key for task in replicates_at(with_widths(), values_of(with_widths()))]
    assert keys == [f"tanh/shapeset/w{w}/g{g}/seed{g}" for g in range(2) for w in (8, 16)]


@pytest.mark.parametrize("settings", [with_depths(), with_widths()], ids=["depth", "width"])
def test_streams_are_shared_and_first_weights_are_not(settings):
    values = values_of(settings)
    for tasks in (
        [trial_at(settings, value) for value in values],
        [task for task in replicates_at(settings, values) if task.tags["seed"] == "1"],
    ):
        assert len({task.spec.data_seed for task in tasks}) == 1
        assert len({task.spec.weight_seed for task in tasks}) == len(values) == len(tasks)


def test_every_variant_has_as_many_trials_and_replicates_at_each_value():
    settings = with_depths()
    search, replicates = phases(settings)
    counts = Counter((spec.variant.name, spec.depth) for spec in search.specs)
    assert counts == {(v, d): 2 * 3 for v in ("tanh", "tanh_n") for d in (1, 2, 4)}
    again = Counter((spec.variant.name, spec.depth) for spec in replicates.specs)
    assert again == {(v, d): 2 for v in ("tanh", "tanh_n") for d in (1, 2, 4)}
    widths = Counter(spec.width for phase in phases(with_widths()) for spec in phase.specs)
    assert len(set(widths.values())) == 1
    assert set(widths) == {8, 16}


def test_the_studies_of_a_group_stand_side_by_side():
    parts = parts_of(with_widths({"variants": ["tanh"]}))
    assert [(part.group, part.value.number) for part in parts] == [(0, 8), (0, 16), (1, 8), (1, 16)]


def test_monitored_runs_are_at_the_tables_value():
    monitored = {"updates": 50, "learning_rates": [0.05], "seeds": 1}
    changes = {"monitored": monitored, "statistics": "economy"}
    (task, _) = monitored_tasks(with_depths(changes))
    assert (task.key, task.spec.depth) == ("monitored/tanh/shapeset/d2/lr0.05/seed0", 2)
    assert {task.spec.width for task in monitored_tasks(with_widths(changes))} == {16}


def test_plan_and_outline_say_what_all_values_cost():
    assert outline(with_depths()) == (
        "2 variants on shapeset at depths 1, 2, 4, 36 trials, 12 replicates"
    )
    assert sum(phase.model_updates for phase in phases(with_depths())) == 36 * 40 + 12 * 40
    assert not two_depths(with_depths())
    assert two_depths(with_widths())
