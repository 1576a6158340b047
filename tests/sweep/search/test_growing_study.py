"""A study that gets more trials: those that are there stay, and others come behind them."""

import optuna
import pytest
from study_builders import drive, fake_result, open_group, open_study, trials_of

SAMPLERS = pytest.mark.parametrize("sampler", ["random", "tpe"])
ONCE = {"search.extend": True, "search.trials": 5}
MORE = {"search.extend": True, "search.trials": 9, "search.grown_from": [[5, 5]]}


@pytest.fixture
def storage():
    return optuna.storages.InMemoryStorage()


def both(sampler):
    return {**ONCE, "search.sampler": sampler}, {**MORE, "search.sampler": sampler}


@SAMPLERS
def test_the_trials_that_are_there_stay_and_others_come_behind_them(storage, sampler):
    once, more = both(sampler)
    drive(open_group(storage, once))
    before = trials_of(open_group(storage, once))
    grown = open_group(storage, more)
    proposed = drive(grown)
    after = trials_of(grown)
    assert after[: len(before)] == before
    assert len(after) == len(before) + len(proposed) == 9 + 9 + 2 * 2 + 2 * 1
    assert len({spec.key for spec in proposed}) == len(proposed)


@pytest.mark.slow
@SAMPLERS
@pytest.mark.parametrize("generations", [0, 1, 4, 9])
def test_whenever_it_grows_and_whenever_it_dies_it_has_the_same_trials(sampler, generations):
    """As a file that gives its stages asks for them at once."""
    once, more = both(sampler)
    at_once, storage = (open_group(optuna.storages.InMemoryStorage(), more),
                        optuna.storages.InMemoryStorage())  # fmt: skip
    drive(at_once)
    for _ in range(generations):
        if asked := open_group(storage, once).next_generation():
            told = {one.key: fake_result(one.spec) for one in asked}
            open_group(storage, once).tell(told)
    open_group(storage, once).next_generation()  # asked, and the process dies
    while asked := open_group(storage, more).next_generation():
        first = asked[:1]  # told, and the process dies before the others are
        open_group(storage, more).tell({one.key: fake_result(one.spec) for one in first})
    assert trials_of(open_group(storage, more)) == trials_of(at_once)


def test_more_groups_leave_the_first_ones_alone(storage):
    for group in (0, 1):
        drive(open_group(storage, group=group))
    before = [trials_of(open_group(storage, group=group)) for group in (0, 1)]
    wide = {"search.groups": 4, "replicates.seeds": 4}
    for group in range(4):
        drive(open_group(storage, wide, group=group))
    groups = [open_group(storage, wide, group=group) for group in range(4)]
    assert [trials_of(group) for group in groups[:2]] == before
    assert len({group.lost(lambda _: False)[0].spec.data_seed for group in groups}) == 4


def test_the_old_way_gets_more_trials_too(storage):
    drive(open_study(storage))
    before = trials_of(open_study(storage))
    grown = open_study(storage, {"search.trials": 10, "search.grown_from": [[6, 0]]})
    drive(grown)
    assert trials_of(grown)[:6] == before
    assert len(trials_of(grown)) == 10
