"""How the sweep of a name was begun: what its file means for it, and which engines trained it."""

from dataclasses import replace
from typing import cast

from glorot_sweep.config.before_groups import is_old_way
from glorot_sweep.config.file import SweepFile, read_before_groups
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.engine.choice import Engines, Resolved, engines_from
from glorot_sweep.specs import Engine
from glorot_sweep.sweep.records.growth import asked_of
from glorot_sweep.sweep.records.own_runs import kept_run, stored_identity
from glorot_sweep.tracking.belonging import own_run, runs_of, sweep_runs
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import SweepRun, read
from glorot_sweep.tracking.schema.studies import StudyRun


def file_as_begun(file: SweepFile, place: Place) -> SweepFile:
    """Return a file as it is meant for the sweep of its name, if that has begun.

    Raises:
        UserError: it asks for less than the sweep has, or for another one.
    """
    file = _as_meant_then(file, place)
    runs, name = RunStore(place.client, place.experiment_id), file.config.name
    if not (found := sweep_runs(place.client, place.experiment_id, name)):
        return file
    kept = kept_run(runs, found)
    config, stored = _about_the_same(file.config, kept), stored_identity(runs, kept)
    if stored is None:  # the run's tags alone are left, which are compared when it is opened
        return replace(file, config=config)
    return replace(file, config=asked_of(stored["config"], config, place_options(place)).config)


def _about_the_same(config: SweepConfig, begun: SweepRun) -> SweepConfig:
    """Return a configuration that is about the paper of its sweep, if its file names none."""
    if "paper" in config.model_fields_set:
        return config
    return config.model_copy(update={"paper": begun.paper})


def _as_meant_then(file: SweepFile, place: Place) -> SweepFile:
    """Return a file, read as it was meant when the sweep of its name was begun."""
    if file.config.search.is_old_way or not (before := read_before_groups(file)):
        return file
    runs = RunStore(place.client, place.experiment_id)
    for sweep in sweep_runs(place.client, place.experiment_id, file.config.name):
        stored = stored_identity(runs, sweep)
        if sweep.config_hash == before.hash() or (stored and is_old_way(stored["config"])):
            return replace(file, config=before)
    return file


def engines_begun(config: SweepConfig, place: Place) -> Engines | None:
    """Return the engines with which the sweep of this name was begun; None if it begins now.

    Where its identity is lost its studies know them; before it has any, nothing is trained.
    """
    runs = RunStore(place.client, place.experiment_id)
    found = sweep_runs(place.client, place.experiment_id, config.name)
    for stored in (stored_identity(runs, record) for record in found):
        if stored is not None:
            return engines_from(stored, stored["config"].get("variants", config.variants))
    members = [
        run
        for own in found
        for run in runs_of(place.client, place.experiment_id, own_run(own), kind=Kind.STUDY)
    ]
    studies = {study.variant: study for study in (read(StudyRun, run) for run in members)}
    if studies.keys() < set(config.variants):
        return None
    return {name: Resolved(cast("Engine", study.engine)) for name, study in studies.items()}
