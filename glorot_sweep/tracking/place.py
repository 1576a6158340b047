"""Where runs go: a store, an experiment, and the run that `mlflow run` made, if it did."""

import os
import shlex
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Experiment
from mlflow.exceptions import MlflowException

from glorot_sweep.errors import UserError, first_line
from glorot_sweep.host import caller
from glorot_sweep.host.environment import variable
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.spelling import nearest
from glorot_sweep.tracking.address import (
    EXPERIMENT_VARIABLE,
    PROJECT,
    database_file,
    experiment_name,
    is_missing,
    is_sqlite,
    refuse_foreign_run,
    refuse_missing_folder,
    refuse_missing_store,
    tracking_uri,
    where_it_is,
)
from glorot_sweep.tracking.hiding import hide_secrets, shown_uri
from glorot_sweep.tracking.life import Status
from glorot_sweep.tracking.moved import DEFAULT_ARTIFACTS
from glorot_sweep.tracking.once import once
from glorot_sweep.tracking.outage import is_outage
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.store import (
    artifact_obstacle,
    database_obstacle,
    open_store,
    refuse_read_only,
)

LOCAL_SERVER = "http://127.0.0.1:5000"  # of `mlflow ui`, if no port is named
MACHINE_LEARNING = "workflowType=machine_learning"  # else pages for generative AI stand around
ANY_RUN = "{run_id}"  # stands for the id of a run in an address
UI_VARIABLE = "GLOROT_SWEEP_UI"  # the server's address in a person's browser, if it is another


def scope_of(uri: str, experiment: str) -> str:
    """Return what tells sweeps of one name apart that share Optuna's storage.

    Args:
        uri: absolute tracking URI.
        experiment: its name; it may be yet to be made.
    """
    return f"{where_it_is(uri)} {experiment}"


@dataclass(frozen=True)
class Place:
    """A store and an experiment in it.

    Attributes:
        client: of the store.
        uri: of the store.
        experiment_id: the experiment.
        project_run: id of the run that `mlflow run` made, or None.
        experiment: its name.
    """

    client: MlflowClient
    uri: str
    experiment_id: str
    project_run: str | None = None
    experiment: str = ""

    @property
    def scope(self) -> str:
        """What tells its sweeps from those of other experiments; see `scope_of`."""
        return scope_of(self.uri, self.experiment)

    @property
    def shown_uri(self) -> str:
        """The URI without its secrets."""
        return shown_uri(self.uri)

    def obstacle(self) -> str | None:
        """Return what keeps this process from writing there, in words; None: nothing is known."""
        return database_obstacle(self.uri) or artifact_obstacle(self._artifacts())

    def refuse_read_only(self) -> None:
        """Refuse to change what cannot be changed.

        Raises:
            UserError: names what cannot be written.
        """
        refuse_read_only(self.uri, self._artifacts())

    def _artifacts(self) -> str:
        return str(self.client.get_experiment(self.experiment_id).artifact_location)

    def page_of(self, run_id: str, part: str = "") -> str | None:
        """Return the address of a run's page, or of a part of it; None where none is known."""
        server = self._server()
        return server and f"{server}/{self.run_page(run_id, part)}"

    def run_page(self, run_id: str, part: str = "") -> str:
        """Return a run's page behind the server's address; `part` is, as `/artifacts/a`, of it."""
        return f"#/experiments/{self.experiment_id}/runs/{run_id}{part}?{MACHINE_LEARNING}"

    def _server(self) -> str | None:
        if not self.uri.startswith("http"):
            return None
        return shown_uri(os.environ.get(UI_VARIABLE) or self.uri).rstrip("/")

    @property
    def runs_page(self) -> str:
        """The page with the experiment's runs, behind the server's address: from # on."""
        return f"#/experiments/{self.experiment_id}/runs?{MACHINE_LEARNING}"

    @property
    def sweeps_page(self) -> str:
        """The page with the runs of its sweeps alone: hundreds of others would stand above them."""
        return f"{self.runs_page}&searchFilter=tags.{Tag.KIND}+%3D+%27{Kind.SWEEP}%27"

    def address_of(self, page: str) -> str:
        """Return the whole address of a page; for a database where it is once it is served."""
        return f"{self._server() or LOCAL_SERVER}/{page}"

    def ui_lines(self, behind: str = "") -> list[str]:
        """How to look at the experiment: a page, and for a database the command to serve it.

        Args:
            behind: the page, as `sweeps_page`; left out: `runs_page`.
        """
        page = self.address_of(behind or self.runs_page)
        if self._server():
            return [page]
        serve = f"mlflow ui --workers 1 --backend-store-uri {shlex.quote(self.shown_uri)}"
        shorter = "   (in the project's folder: make ui)" if _is_makes(self.uri) else ""
        return [page, f"after: {serve}{shorter}"]


def _is_makes(uri: str) -> bool:
    """Whether a database is the one that `make ui` serves: that of the clone this runs from."""
    is_clone = (caller.PROJECT / "Makefile").is_file()
    return is_clone and is_sqlite(uri) and database_file(uri) == caller.PROJECT / "mlflow.db"


def find_place(uri: str | None, experiment: str | None, *, create: bool) -> Place | None:
    """Find the experiment, without creating anything; None if it or its SQLite store is missing.

    Under `mlflow run` the experiment and the run are those that MLflow has made.

    Args:
        uri: tracking URI from the command line.
        experiment: experiment name from the command line.
        create: what is missing is to be created: refuse what will keep it from that, and a store
            that cannot be written.

    Raises:
        UserError: the store or its artifact folder cannot be used, the experiment was deleted,
            or the run that `mlflow run` made is not in this store.
    """
    resolved = tracking_uri(uri)
    project_run, _ = map(variable, PROJECT)
    if is_missing(resolved):
        refuse_foreign_run(project_run, resolved)
        if create:
            refuse_missing_folder(resolved)
            refuse_read_only(resolved, _default_location(resolved))
        return None
    client = open_store(resolved)
    if project_run:
        _check_project_run(client, project_run, resolved)
    found = _find_experiment(client, resolved, experiment)
    if found is None:
        return None
    if found.lifecycle_stage != "active":
        raise UserError(
            f"the experiment {found.name!r} in {shown_uri(resolved)} was deleted. Restore it "
            f"(mlflow experiments restore -x {found.experiment_id}), or name another with "
            "--experiment."
        )
    if create:
        refuse_read_only(resolved, found.artifact_location)
    return Place(client, resolved, str(found.experiment_id), project_run, found.name)


def open_place(uri: str | None, experiment: str | None, *, create: bool) -> Place:
    """Open the store and find the experiment.

    MLflow's environment variables of `mlflow run` are taken out, so that no process started from
    here adopts its run a second time.

    Args:
        uri: tracking URI from the command line.
        experiment: experiment name from the command line.
        create: create the experiment if it is missing; else a store that cannot be written is
            opened too.

    Raises:
        UserError: the store or its artifact folder cannot be used, or the experiment is missing.
    """
    place = find_place(uri, experiment, create=create)
    project_run, _ = (os.environ.pop(name, None) or None for name in PROJECT)
    if place is not None:
        return place
    resolved, name = tracking_uri(uri), experiment_name(experiment)
    if create:
        client = open_store(resolved)
        made = _create_experiment(client, resolved, name)
        return Place(client, resolved, made, project_run, name)
    refuse_missing_store(resolved)
    known = [one.name for one in open_store(resolved).search_experiments()]
    raise UserError(
        f"the store {shown_uri(resolved)} has no experiment {name!r}; name it with --experiment"
        f"{nearest(name, known)}"
    )


def _check_project_run(client: MlflowClient, run_id: str, uri: str) -> None:
    """Refuse a run that `mlflow run` has not just made: it would be taken over.

    Raises:
        UserError: the run is not in this store, or has ended.
    """
    run = get_run(client, run_id)
    if run is None:
        refuse_foreign_run(run_id, uri)
    elif run.status != Status.RUNNING:
        raise UserError(
            f"{PROJECT[0]} names the run {run_id} ({run.name}), which has ended ({run.status}). "
            "Only a run that `mlflow run` has just made is taken over: unset the variable."
        )


def _find_experiment(client: MlflowClient, uri: str, named: str | None) -> Experiment | None:
    """Return the experiment: of the run of `mlflow run`, as named, by its number, by its name."""
    project_run, number = map(variable, PROJECT)
    if project_run and (run := get_run(client, project_run)) is not None:
        if number and number != run.experiment_id:
            raise UserError(
                f"MLFLOW_EXPERIMENT_ID is {number}, but the run {project_run} of MLFLOW_RUN_ID is "
                f"in experiment {run.experiment_id}. `mlflow run` sets both; unset them."
            )
        return client.get_experiment(run.experiment_id)
    if named or not number:
        return client.get_experiment_by_name(experiment_name(named))
    try:
        found = client.get_experiment(number)
    except MlflowException as error:
        if is_outage(error):
            raise
        raise UserError(
            f"MLFLOW_EXPERIMENT_ID is {number}, but {shown_uri(uri)} has no such experiment. "
            "Unset it, or name an experiment with --experiment."
        ) from error
    name = variable(EXPERIMENT_VARIABLE)
    if name is not None and name != found.name:
        raise UserError(
            f"MLFLOW_EXPERIMENT_ID is {number}, the experiment {found.name!r}, and "
            f"{EXPERIMENT_VARIABLE} is {name!r}. Unset one of them, or name the experiment with "
            "--experiment."
        )
    return found


def connect(uri: str, experiment_id: str) -> RunStore:
    """Return the runs of an experiment that another process has opened."""
    return RunStore(MlflowClient(tracking_uri=uri), experiment_id)


def _create_experiment(client: MlflowClient, uri: str, name: str) -> str:
    location = _default_location(uri) if is_sqlite(uri) else None
    if location is not None:
        refuse_read_only(uri, location)

    def find() -> str | None:  # another process may make it meanwhile
        made = client.get_experiment_by_name(name)
        if made is None or made.lifecycle_stage != "active":
            return None
        return str(made.experiment_id)

    try:
        return once(lambda: str(client.create_experiment(name, artifact_location=location)), find)
    except MlflowException as error:
        tell_full_disk(error, f"the tracking store {shown_uri(uri)}")
        reason = hide_secrets(first_line(error), uri)[:300]
        raise UserError(
            f"cannot create the experiment {name!r} in {shown_uri(uri)}: {reason}. Check the "
            "account's rights, or restore the experiment if it was deleted."
        ) from None


def _default_location(uri: str) -> str:
    """Return where the artifacts of an experiment in a SQLite store are: beside it."""
    return (database_file(uri).parent / DEFAULT_ARTIFACTS).as_uri()
