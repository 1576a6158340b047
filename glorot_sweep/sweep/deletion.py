"""The command `delete`: a sweep taken out of every store that it is in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder, checkpoint_root
from glorot_sweep.sweep.execution.saved_folders import folders_here
from glorot_sweep.sweep.records.one_driver import one_driver
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.sweep.storage.studies import delete_studies, of_sweep, study_names
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.belonging import owned_and_strays
from glorot_sweep.tracking.hiding import shown_uri
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.made_models import (
    RegisteredModel,
    delete_registered,
    find_registered,
    logged_models,
)
from glorot_sweep.tracking.model_names import earlier_name, registered_name
from glorot_sweep.tracking.once import gone
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.driving import SavedIn
from glorot_sweep.tracking.schema.fields import read_fields, tags_of
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.runs import BEGUN, StoredRun, kind_of, read
from glorot_sweep.tracking.schema.trained import CountedRun
from glorot_sweep.tracking.sweep_words import begun_at
from glorot_sweep.tracking.sweeps import find_sweep
from glorot_sweep.tracking.views.keeping import delete_views, saved_views


@dataclass(frozen=True)
class Stores:
    """Where a sweep is, by the command line; None leaves the default.

    Attributes:
        tracking_uri, experiment: of its runs.
        storage: Optuna's database.
        storage_is_lost: it is gone; what else there is is to be deleted.
        checkpoints: holds one folder per unfinished sweep.
    """

    tracking_uri: str | None = None
    experiment: str | None = None
    storage: str | None = None
    storage_is_lost: bool = False
    checkpoints: Path | None = None


@dataclass(frozen=True)
class Belongings:
    """All that a sweep has left.

    Attributes:
        sweeps: its own run; more than one after a lost reply.
        studies, others: the runs of its studies, and all its other runs.
        registered, logged: models of its winners.
        optuna_studies: names.
        checkpoints: folders.
        views: how many of MLflow's saved views are of it.
        strays: how many runs of an earlier sweep of this name, whose own run was deleted, stay.
    """

    sweeps: list[StoredRun]
    studies: list[StoredRun]
    others: list[StoredRun]
    registered: list[RegisteredModel]
    logged: list[str]
    optuna_studies: list[str]
    checkpoints: list[CheckpointFolder]
    views: int
    strays: int

    def lines(self) -> list[str]:
        """Return what there is, one line for each kind of thing."""
        runs = [*self.sweeps, *self.studies, *self.others]
        kinds = Counter(run.kind for run in runs)
        counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        lines = [f"{_counted(len(runs), 'run', 'runs')} in MLflow: {counted}"]
        lines += [f"registered model {model}" for model in self.registered]
        if self.logged:
            lines.append(_counted(len(self.logged), "logged model", "logged models"))
        if self.optuna_studies:
            studies = _counted(len(self.optuna_studies), "study", "studies")
            lines.append(f"{studies} in Optuna's storage")
        if self.views:
            lines.append(_counted(self.views, "saved view", "saved views") + " in MLflow")
        lines += [f"checkpoints in {folder.path}" for folder in self.checkpoints]
        if self.strays:
            left, stay = (
                _counted(self.strays, "run", "runs"),
                "stays" if self.strays == 1 else "stay",
            )
            lines.append(
                f"{left} of an earlier sweep of this name, whose own run was deleted, {stay}"
            )
        return lines


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def delete_sweep(
    name: str, stores: Stores, console: Console, agreed: Callable[[], bool]
) -> Belongings | None:
    """Show what a sweep has left, and delete it if that is agreed.

    A kill on the way leaves a sweep that cannot be continued or reported, and that the same
    command finds again: its own run goes last.

    Args:
        name: of the sweep.
        stores: where it is.
        console: where to print.
        agreed: asks, after it was shown.

    Returns:
        What was deleted, or None.

    Raises:
        UserError: there is no such sweep, or the storage is not the one that it was begun with.
        SweepHeldError: a process drives it.
    """
    database = storage_uri(stores.storage, tracking_uri(stores.tracking_uri))
    root = checkpoint_root(stores.checkpoints, database)
    place = open_place(stores.tracking_uri, stores.experiment, create=False)
    place.refuse_read_only()
    own = find_sweep(place, name)
    with one_driver(place, name, database, is_other=stores.storage_is_lost) as lease:
        found = belongings_of(place, name, database, root)
        console.print(
            f"sweep {name!r} of experiment {place.experiment!r} in "
            f"{place.shown_uri}, begun {begun_at(own)}, Optuna's storage {shown_uri(database)}:",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
        for line in found.lines():
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
        if not agreed():
            console.print("nothing was deleted")
            return None
        lease.check()
        delete_belongings(place, found, database)
    console.print(
        f"the sweep {name!r} is deleted, and its name is free. MLflow keeps deleted runs and their "
        "files until `mlflow gc`.",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    return found


def belongings_of(
    place: Place, name: str, database: str, root: Path, *, named_alone: bool = False
) -> Belongings:
    """Return all that the sweeps of a name have left; what none of them owns is another's.

    Args:
        place: of its runs.
        name: of the sweep.
        database: URI of Optuna's.
        root: holds one folder of checkpoints for each unfinished sweep.
        named_alone: leave out runs that do not name their sweep's own run, as those of earlier
            versions: an import writes none.
    """
    found, others = owned_and_strays(place.client, place.experiment_id, name)
    if named_alone:
        found = [run for run in found if kind_of(run) is Kind.SWEEP or Tag.SWEEP_RUN in run.tags]
    runs = [read(StoredRun, run) for run in found]
    sweeps = [run for run in runs if run.kind is Kind.SWEEP]
    scopes, ids = [run.run_id[:8] for run in sweeps], {run.run_id for run in runs}
    folders = {root / scope: CheckpointFolder(root / scope) for scope in scopes}
    for run in found:
        if kind_of(run) is Kind.SWEEP:
            places = read_fields(SavedIn, run)["saved_in"]
            folders |= {
                one.path: one for one in folders_here(places, run.run_id, place.uri).values()
            }
    return Belongings(
        sweeps=sweeps,
        studies=[run for run in runs if run.kind is Kind.STUDY],
        others=[run for run in runs if run.kind not in {Kind.SWEEP, Kind.STUDY}],
        registered=find_registered(place.client, _model_names(place, name, found), ids),
        logged=[str(one.model_id) for one in logged_models(place.client, place.experiment_id, ids)],
        optuna_studies=of_sweep(study_names(database), name, scopes),
        checkpoints=[folder for folder in folders.values() if folder.path.exists()],
        views=sum(len(saved_views(place, run.run_id)) for run in sweeps),
        strays=len(others),
    )


def _model_names(place: Place, sweep: str, runs: list[RunRecord]) -> set[str]:
    replicates = [read(CountedRun, run) for run in runs if kind_of(run) is Kind.REPLICATE]
    cells = {(sweep, run.dataset, run.variant) for run in replicates}
    names = {registered_name(*cell, place.experiment_id) for cell in cells}
    return names | {earlier_name(*cell) for cell in cells}


def delete_belongings(place: Place, found: Belongings, database: str) -> None:
    """Delete it in an order in which each step can be made again after a kill.

    The studies' runs go before Optuna's studies, which they are held to belong to, and the
    sweep's own run, by which all is found, goes last.
    """
    client, runs = place.client, RunStore(place.client, place.experiment_id)
    for run in found.sweeps:
        writer = RunWriter(client, run.run_id, run.started)
        writer.tag(tags_of(BEGUN))
        writer.finish(State.KILLED)
    for model in found.registered:
        delete_registered(client, model)
    for model_id in found.logged:
        gone(partial(client.delete_logged_model, model_id))
    for run in (*found.others, *found.studies):
        runs.delete(run.run_id)
    delete_studies(database, found.optuna_studies)
    for folder in found.checkpoints:
        folder.clear()
    for run in found.sweeps:
        delete_views(place, run.run_id)
        runs.delete(run.run_id)
