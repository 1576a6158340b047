"""No call to the storage and no reply that is lost changes a study."""

import random

import optuna
import pytest
from study_builders import METHODS, Faults, drive, open_study, trials_of


def prune_one(number):
    return "pruned" if number == 3 else "complete"


@pytest.fixture
def make_storage(request, stores, tmp_path):
    """Returns a fresh storage of the kind asked for at each call."""
    if request.param == "memory":
        return optuna.storages.InMemoryStorage
    copies = (tmp_path / f"{n}.db" for n in range(1000))

    def sqlite():
        copy = next(copies)
        copy.write_bytes((stores / "optuna.db").read_bytes())
        return optuna.storages.RDBStorage(f"sqlite:///{copy}")

    return sqlite


def trials_with(storage, decide, changes, variant="tanh"):
    faults = Faults(storage, decide)
    study = open_study(storage, changes, variant)
    drive(study, prune_one)
    best, finished = study.best(), study.finished()
    faults.end()
    return (trials_of(study), best, finished), faults


SAMPLERS = pytest.mark.parametrize("sampler", ["tpe", "random"])
BEFORE_AND_AFTER = pytest.mark.parametrize("when", ["before", "after"])


MEMORY = pytest.mark.parametrize("make_storage", ["memory"], indirect=True)


MAY_CHANGE = (  # the methods after whose call something is stored, and what a study reads most
    "create_new_study",
    "create_new_trial",
    "set_trial_state_values",
    "set_trial_intermediate_value",
    "set_trial_user_attr",
    "get_all_trials",
)


@BEFORE_AND_AFTER
@MEMORY
@pytest.mark.parametrize("name", MAY_CHANGE)
def test_a_call_or_a_reply_lost_changes_nothing(make_storage, name, when):
    changes = {"search.sampler": "random", "search.trials": 4}
    lose_calls(make_storage, when, changes, [name], lambda calls: {0, calls - 1})


@pytest.mark.slow
@BEFORE_AND_AFTER
@pytest.mark.parametrize(
    ("make_storage", "sampler"), [("memory", "random"), ("sqlite", "tpe")],
    indirect=["make_storage"],
)  # fmt: skip
def test_any_call_or_reply_lost_of_every_method_changes_nothing(make_storage, when, sampler):
    changes = {"search.sampler": sampler}
    lose_calls(make_storage, when, changes, METHODS, lambda n: {*range(0, n, 1 + n // 4), n - 1})


def lose_calls(make_storage, when, changes, names, choose, variant="tanh"):
    """Lose the n-th call of a method, for each chosen n, in a study of its own."""
    expected, counted = trials_with(make_storage(), lambda *_: None, changes, variant)
    assert len(set(names) & counted.calls.keys()) >= min(len(names), 8)
    for name in counted.calls.keys() & set(names):
        for lost in choose(counted.calls[name]):
            found, faults = trials_with(
                make_storage(),
                lambda *at, n=(name, lost): when if at == n else None,
                changes,
                variant,
            )
            assert found == expected, f"call {lost} of {name}"
            assert faults.raised == 1


@SAMPLERS
@pytest.mark.parametrize("seed", range(3))
@MEMORY
def test_many_calls_and_replies_lost_change_nothing(make_storage, sampler, seed):
    changes = {"search.sampler": sampler}
    expected, _ = trials_with(make_storage(), lambda *_: None, changes)
    draw = random.Random(seed)
    found, faults = trials_with(
        make_storage(),
        lambda *_: draw.choice(["before", "after"]) if draw.random() < 0.08 else None,
        changes,
    )
    assert found == expected
    assert faults.raised > 1
