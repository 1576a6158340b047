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


def test_an_unknown_one_is_refused_with_the_nearest_name(place):
    with pytest.raises(UserError, match=r"no sweep 'smal' in .*this experiment has no sweep yet"):
        find_sweep(place, "smal")
    create(place, "small")
    with pytest.raises(UserError, match=r"no sweep 'smal' in .*did you mean 'small'"):
        find_sweep(place, "smal")
    with pytest.raises(UserError, match=r"no sweep"):
        find_sweep(place, "it's")
