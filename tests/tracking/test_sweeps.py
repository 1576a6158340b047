"""A sweep is found by its name alone."""

import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.sweeps import find_sweep


def create(place, name, kind="sweep"):
    return RunStore(place.client, place.experiment_id).create(name, {"kind": kind, "sweep": name})


def test_it_is_the_run_of_that_name_and_kind_in_whatever_state(place):
    create(place, "other")
    create(place, "small", kind="report")
    wanted = create(place, "small")
    wanted.finish(State.KILLED)
    assert find_sweep(place, "small").run_id == wanted.run_id


def begin_trial(place, own):
    tags = {"kind": "trial", "sweep": "small", "sweep_run": own.run_id}
    return RunStore(place.client, place.experiment_id).create("t", tags)


@pytest.mark.parametrize("older_ended", [False, True])
def test_of_two_sweeps_of_one_name_none_is_chosen(place, older_ended):
    """An own run was deleted, the sweep was begun anew, and the first one's run is restored."""
    older, newer = create(place, "small"), create(place, "small")
    begin_trial(place, newer)
    if older_ended:
        older.finish(State.COMPLETE)
    else:
        begin_trial(place, older)
    with pytest.raises(UserError, match=f"2 sweeps 'small'.*{older.run_id}.* and {newer.run_id}"):
        find_sweep(place, "small")
    place.client.delete_run(older.run_id)
    assert find_sweep(place, "small").run_id == newer.run_id


def test_an_own_run_with_which_nothing_was_begun_does_not_count(place):
    _lost, own = create(place, "small"), create(place, "small")
    begin_trial(place, own)
    assert find_sweep(place, "small").run_id == own.run_id


def test_an_unknown_one_is_refused_with_the_nearest_name(place):
    with pytest.raises(UserError, match=r"no sweep 'smal' in .*this experiment has no sweep yet"):
        find_sweep(place, "smal")
    create(place, "small")
    with pytest.raises(UserError, match=r"no sweep 'smal' in .*did you mean 'small'"):
        find_sweep(place, "smal")
    with pytest.raises(UserError, match=r"no sweep"):
        find_sweep(place, "it's")
