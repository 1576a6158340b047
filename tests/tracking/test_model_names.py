"""Registered names are one sweep's each; one that is taken is refused before anything is made."""

import pytest
from stored_sweep import StoredSweep
from sweep_builders import config, store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.belonging import OwnRun
from glorot_sweep.tracking.model_names import (
    earlier_name,
    name_to_register,
    refuse_taken_names,
    refusing_others,
    registered_name,
)
from glorot_sweep.tracking.place import open_place

CELLS = [("a", "b-c", "tanh"), ("a-b", "c", "tanh"), ("a", "b", "c-tanh"), ("a", "b-c-tanh", "x")]


def named(stored, variant="tanh"):
    return registered_name(stored.name, "shapeset", variant, stored.place.experiment_id)


def own(stored):
    return OwnRun(stored.name, stored.run.run_id, stored.run.started)


def with_model(stored, name=None, tags=None):
    """Give a sweep a registered model with one version, of a replicate that is returned."""
    run, client = stored.make("replicate", "complete", variant="tanh"), stored.place.client
    name = name or named(stored)
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name, tags)
    client.create_model_version(name, client.get_run(run.run_id).info.artifact_uri, run.run_id)
    return run


def test_no_two_cells_of_no_two_experiments_share_a_name():
    names = {registered_name(*cell, experiment) for cell in CELLS for experiment in ("1", "11")}
    assert len(names) == 2 * len(CELLS)


@pytest.mark.slow
def test_a_free_name_is_free_and_ones_own_is_too(place):
    refuse_taken_names(place, config())
    stored = StoredSweep(place)
    stored.model(stored.make("replicate", "complete", variant="tanh"), "tanh")
    refuse_taken_names(place, config())
    refuse_taken_names(place, config({"name": "smal"}))


@pytest.mark.parametrize(
    ("tags", "whose"), [({"sweep_run": "feed"}, "sweep of the run feed"), ({}, "another program")]
)
def test_a_name_of_somebody_else_is_refused_with_both_named(place, tags, whose):
    """Another tracking store with the same registry, for one."""
    stored = StoredSweep(place)
    place.client.create_registered_model(named(stored, "tanh_n"), tags)
    with pytest.raises(UserError) as caught:
        refuse_taken_names(place, stored.config)
    for said in (named(stored, "tanh_n"), whose, "the sweep 'small' of experiment", "another name"):
        assert said in str(caught.value)


def test_the_name_of_a_sweep_that_was_deleted_is_free_for_the_next_of_its_name(place):
    before = StoredSweep(place)
    with_model(before, tags={"sweep_run": before.run.run_id})
    place.client.delete_run(before.run.run_id)
    refuse_taken_names(place, before.config)


def test_a_sweep_of_an_earlier_version_keeps_the_name_that_it_alone_has(place):
    stored = StoredSweep(place)
    assert name_to_register(place, own(stored), "shapeset", "tanh") == named(stored)
    joined = earlier_name("small", "shapeset", "tanh")
    run = with_model(stored, joined)
    assert name_to_register(place, own(stored), "shapeset", "tanh") == joined
    place.client.delete_run(run.run_id)  # it is trained again under the same name
    assert name_to_register(place, own(stored), "shapeset", "tanh") == joined
    assert name_to_register(place, own(stored), "shapeset", "tanh_n") == named(stored, "tanh_n")


@pytest.mark.slow
def test_a_name_that_two_sweeps_of_earlier_versions_share_is_kept_by_neither(place, stores):
    elsewhere = open_place(store_uri(stores), "elsewhere", create=True)
    sweeps = [StoredSweep(place), StoredSweep(elsewhere)]
    for stored in sweeps:
        with_model(stored, earlier_name("small", "shapeset", "tanh"))
    found = [name_to_register(one.place, own(one), "shapeset", "tanh") for one in sweeps]
    assert found == [named(one) for one in sweeps]
    assert len(set(found)) == 2


def test_a_name_that_another_sweep_has_made_meanwhile_is_refused(place):
    """Both began while it was free: another tracking store may have the same registry."""
    stored = StoredSweep(place)
    refuse = refusing_others(place, stored.name, stored.run.run_id)
    client = place.client
    refuse(client.create_registered_model(named(stored), {"sweep_run": stored.run.run_id}))
    with pytest.raises(UserError, match="belongs to the sweep of the run feed"):
        refuse(client.create_registered_model(named(stored, "tanh_n"), {"sweep_run": "feed"}))
    refuse(client.create_registered_model(earlier_name("small", "shapeset", "tanh")))
