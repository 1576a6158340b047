"""Groups of a search: each depends on its own number alone, and on what it was told."""

import itertools
import math

import optuna
import pytest
import torch
from study_builders import drive, number_of, open_group

from glorot_sweep.config.section import RateRange
from glorot_sweep.data.dataset import majority_error_percent
from glorot_sweep.sweep.search.ranges import grown
from glorot_sweep.tracking.life import State
from glorot_sweep.training.results import Evaluation, TrialResult, final_errors

SAMPLERS = pytest.mark.parametrize("sampler", ["random", "grid", "tpe"])
ONE_DEPTH = {"search.depth": {"low": 2, "high": 2}, "search.trials": 8, "search.generation": 4}
EXTENDED = {**ONE_DEPTH, "search.extend": True}


@pytest.fixture
def memory():
    return optuna.storages.InMemoryStorage


def driven(study, error_of=lambda spec: 20 + spec.learning_rate):
    """Ask and tell to the end; the error at every rung is a function of the specification."""
    tasks = []
    while asked := study.next_generation():
        tasks += asked
        study.tell({one.key: result(one.spec, error_of(one.spec)) for one in asked})
    return tasks


def result(spec, error):
    curve = tuple(Evaluation(update, 1.0, 1.0, error) for update in spec.evaluate_at)
    return TrialResult(spec.key, State.COMPLETE, spec.updates, curve, error)


def rates(tasks):
    return [task.spec.learning_rate for task in tasks]


@SAMPLERS
def test_more_groups_change_no_earlier_one(memory, sampler):
    few = {"search.sampler": sampler, "replicates.seeds": 5, "search.groups": 1}
    many = {**few, "search.groups": 5}
    store = memory()
    alone = drive(open_group(memory(), few))
    assert [drive(open_group(store, many, group=group)) for group in (3, 0)][1] == alone


@SAMPLERS
def test_groups_share_no_seed_and_no_stream_and_variants_of_a_group_one(memory, sampler):
    store, changes = memory(), {"search.sampler": sampler, "search.trials": 4}
    specs = {
        (variant, group): drive(open_group(store, changes, variant, group))
        for variant in ("tanh", "tanh_n")
        for group in (0, 1)
    }
    everything = list(itertools.chain(*specs.values()))
    assert len({spec.weight_seed for spec in everything}) == len(everything) == 32
    streams = {key: {spec.data_seed for spec in found} for key, found in specs.items()}
    assert all(len(found) == 1 for found in streams.values())
    assert streams["tanh", 0] == streams["tanh_n", 0] != streams["tanh", 1]
    assert len({spec.key for spec in everything}) == len(everything)
    if sampler != "grid":
        assert len({spec.learning_rate for spec in everything}) == len(everything)


def test_keys_and_tags_name_the_group(memory):
    task = open_group(memory(), group=1).next_generation()[0]
    assert task.key == "tanh/shapeset/g1/t000"
    assert (task.tags["group"], task.tags["trial"], task.tags["study"]) == (
        "1", "0", "tanh/shapeset",
    )  # fmt: skip


def test_trials_at_the_tables_depth_and_at_any_are_interleaved(memory):
    changes = {"search.trials": 4, "search.depth_trials": 8, "search.depth": {"low": 1, "high": 40},
               "search.table_depth": 17}  # fmt: skip
    depths = [spec.depth for spec in drive(open_group(memory(), changes))]
    assert len(depths) == 12
    assert [number for number, depth in enumerate(depths) if depth == 17] == [2, 5, 8, 11]


def test_what_the_search_of_the_depth_comes_upon_is_no_winner_of_the_table(memory):
    """It comes upon the table's depth for one variant more often than for another."""
    changes = {
        "search.trials": 2, "search.depth_trials": 6, "search.groups": 1,
        "search.depth": {"low": 1, "high": 2}, "search.table_depth": 2,
    }  # fmt: skip
    study = open_group(memory(), changes)
    at_table_depth = study.config.search.is_at_table_depth
    tasks = driven(study, lambda spec: 60.0 if at_table_depth(int(spec.key[-3:])) else 30.0)
    others = [task for task in tasks if not at_table_depth(number_of(task))]
    assert any(task.spec.depth == 2 for task in others), "this seed shows nothing"
    assert study.best(2).validation_error == 60.0
    assert at_table_depth(study.best(2).number)
    assert study.best().validation_error == 30.0


def test_a_trial_is_as_long_as_a_replicate(memory):
    assert {spec.updates for spec in drive(open_group(memory()))} == {40}


def test_a_variant_may_have_a_range_of_its_own(memory):
    own = {"search.learning_rates": {"tanh": {"low": 1.0, "high": 2.0}}}
    assert all(1 <= spec.learning_rate <= 2 for spec in drive(open_group(memory(), own)))
    others = drive(open_group(memory(), own, "tanh_n"))
    assert all(0.01 <= spec.learning_rate <= 0.5 for spec in others)


def test_a_grid_is_even_for_the_tables_depth_and_for_the_depths_that_are_searched(memory):
    changes = {"search.sampler": "grid", "search.learning_rate": {"low": 0.01, "high": 1.0},
               "search.trials": 3, "search.depth_trials": 5}  # fmt: skip
    specs = drive(open_group(memory(), changes))
    at_depth = [number for number, _ in enumerate(specs) if (number + 1) * 3 // 8 > number * 3 // 8]
    found = [spec.learning_rate for spec in specs]
    assert [found[number] for number in at_depth] == [0.01, 0.1, 1.0]
    rest = [rate for number, rate in enumerate(found) if number not in at_depth]
    assert rest == [0.01, 0.0316228, 0.1, 0.316228, 1.0]


def test_the_first_trials_at_the_tables_depth_are_never_given_up(memory):
    pruner = {"kind": "median", "startup_trials": 1, "least_complete": 3}
    changes = {"search.trials": 5, "search.generation": 1, "search.pruner": pruner}
    tasks = driven(open_group(memory(), changes))
    at_depth = [task for task in tasks if number_of(task) % 2]
    assert [bool(task.limits) for task in at_depth] == [False, False, False, True, True]


def test_nothing_is_given_up_before_the_start(memory):
    changes = {**ONE_DEPTH, "search.rungs": [5, 15, 20, 30], "search.generation": 4,
               "search.pruner": {"startup_trials": 1, "least_complete": 0}}  # fmt: skip
    last = driven(open_group(memory(), changes))[-1]
    assert sorted(last.limits) == [20, 30]
    early = {**changes, "search.pruner": {"startup_trials": 1, "least_complete": 0, "start": 0.0}}
    assert sorted(driven(open_group(memory(), early))[-1].limits) == [5, 15, 20, 30]


def test_a_trial_is_compared_with_those_of_its_own_depth(memory):
    changes = {"search.trials": 12, "search.generation": 6, "search.pruner":
               {"startup_trials": 1, "least_complete": 0}}  # fmt: skip
    tasks = driven(open_group(memory(), changes), lambda spec: 10.0 * spec.depth)
    found = {(task.spec.depth, task.limits[20]) for task in tasks if task.limits}
    assert found <= {(1, 10.0), (2, 20.0), (3, 30.0)}
    assert len(found) > 1


def test_without_extension_there_are_no_further_trials(memory):
    assert len(driven(open_group(memory(), ONE_DEPTH))) == 8


@SAMPLERS
def test_two_rounds_of_a_quarter_from_a_range_that_grows_at_the_winners_edge(memory, sampler):
    """The lower the rate the better: both rounds grow at the lower end."""
    study = open_group(memory(), {**EXTENDED, "search.sampler": sampler})
    tasks = driven(study)
    assert len(tasks) == 8 + 2 + 2
    assert {task.spec.depth for task in tasks} == {2}
    start = RateRange(low=0.01, high=0.5)
    reached = [min(rates(tasks[:count])) for count in (8, 10)]
    first = grown(start, "low") if reached[0] <= 0.01 * 50**0.1 else start
    for rate in rates(tasks[8:10]):
        assert first.low <= rate <= first.high
    if sampler == "grid":
        assert first.low < 0.01
        assert study.range_searched() == grown(first, "low" if reached[1] < 0.005 else None)


def test_a_range_whose_winner_lies_inside_stays(memory):
    study = open_group(memory(), {**EXTENDED, "search.sampler": "grid"})
    tasks = driven(study, lambda spec: 20 + abs(spec.learning_rate - 0.07))
    assert study.range_searched() == RateRange(low=0.01, high=0.5)
    assert all(0.01 < rate < 0.5 for rate in rates(tasks[8:]))
    assert len(set(rates(tasks))) == 12


def test_a_group_that_has_learned_nothing_does_not_grow(memory):
    study = open_group(memory(), {**EXTENDED, "search.sampler": "grid"}, chance=80.0)
    driven(study, lambda _: 80.0)
    assert study.range_searched() == RateRange(low=0.01, high=0.5)
    assert not study.has_learned(study.best())
    assert study.edge(study.best()) is None


def test_a_mean_of_errors_at_chance_has_learned_nothing(memory):
    labels = torch.arange(10_000).clamp(max=8910)  # MNIST's share of the majority class
    chance, at_chance = majority_error_percent(labels), 100 * 8910 / 10_000
    mean, _ = final_errors([Evaluation(u, 1.0, 1.0, at_chance) for u in (1, 2, 3)], 3)
    assert mean == at_chance
    mean = math.nextafter(chance, 0.0)
    study = open_group(memory(), {**EXTENDED, "search.sampler": "grid"}, chance=chance)
    driven(study, lambda _: mean)
    assert not study.has_learned(study.best())
    assert study.range_searched() == RateRange(low=0.01, high=0.5)


@SAMPLERS
def test_every_process_may_die_after_every_generation_of_a_group_that_is_extended(memory, sampler):
    changes = {**EXTENDED, "search.sampler": sampler, "search.generation": 3}
    expected = [task.spec for task in driven(open_group(memory(), changes))]
    store, found = memory(), []
    while asked := open_group(store, changes).next_generation():
        again = open_group(store, changes).next_generation()
        assert [one.spec for one in again] == [one.spec for one in asked]
        error = {one.key: result(one.spec, 20 + one.spec.learning_rate) for one in again}
        open_group(store, changes).tell(error)
        found += [one.spec for one in again]
    assert found == expected
    told = open_group(store, changes).lost(lambda _: False)
    assert [one.spec for one in told] == expected


def test_the_edge_of_a_winner_is_that_of_the_range_as_it_has_grown(memory):
    study = open_group(memory(), {**ONE_DEPTH, "search.sampler": "grid"})
    driven(study)
    assert (study.best().chosen.learning_rate, study.edge(study.best())) == (0.01, "low")
    grew = open_group(memory(), {**EXTENDED, "search.sampler": "grid"})
    driven(grew, lambda spec: abs(spec.learning_rate - 0.01))
    assert grew.best().chosen.learning_rate == 0.01
    assert grew.range_searched().low < 0.01
    assert grew.edge(grew.best()) is None


def test_the_edge_of_a_shallower_winner_is_that_of_a_range_that_does_not_grow(memory):
    changes = {"search.depth": {"low": 1, "high": 2}, "search.trials": 4, "search.sampler": "grid",
               "search.depth_trials": 4, "search.table_depth": 2}  # fmt: skip
    study = open_group(memory(), {**changes, "search.extend": True})
    driven(study, lambda spec: spec.depth + spec.learning_rate)
    shallow, deep = study.best(), study.best(2)
    assert (shallow.chosen.depth, deep.chosen.depth) == (1, 2)
    assert study.range_around(shallow) == RateRange(low=0.01, high=0.5)
    assert study.range_around(deep).low < 0.01
    assert study.edge(shallow) == "low"


def test_the_edge_of_a_shallower_winner_of_a_later_stage_is_that_of_the_range_it_is_drawn_from(
    memory,
):
    changes = {
        "search.depth": {"low": 1, "high": 2}, "search.trials": 8, "search.depth_trials": 8,
        "search.table_depth": 2, "search.extend": True, "search.grown_from": [[4, 4]],
    }  # fmt: skip
    study = open_group(memory(), changes)
    driven(study, lambda spec: 10 * spec.depth + 100 * spec.learning_rate)
    shallow = study.best()
    assert shallow.chosen.depth == 1
    assert shallow.chosen.learning_rate < 0.01  # below the range of the first stage
    assert study.range_around(shallow).low < shallow.chosen.learning_rate
    assert study.range_around(study.best(2)) == study.range_searched()
