"""A sweep's remains in both stores, made by hand in a moment: no network is trained."""

import copy
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import optuna
from mlflow.tracking._tracking_service import utils as mlflow_tracking
from run_builders import record, write, write_ended
from sweep_builders import config, store_uri

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.storage.database import opened_storage
from glorot_sweep.tracking.life import State, state_of
from glorot_sweep.tracking.model_names import registered_name
from glorot_sweep.tracking.moved import follow_artifacts
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.names import Artifact


def storage_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'optuna.db'}"


def copy_stores(source: Path, folder: Path) -> None:
    """Put all that is in a folder's stores into another folder's, whose clients may be open."""
    for name in ("mlflow.db", "optuna.db"):
        with (
            closing(sqlite3.connect(source / name)) as theirs,
            closing(sqlite3.connect(folder / name)) as ours,
        ):
            theirs.backup(ours)
    for path in source.iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
    follow_artifacts(store_uri(folder))
    # MLflow keeps one address of artifacts per run id in a process, of whatever store.
    mlflow_tracking._artifact_repos_cache.clear()


class StoredSweep:
    """Makes the runs of a sweep one by one.

    Attributes:
        place: of its runs.
        config: what it compares.
        run: its own.
    """

    def __init__(
        self,
        place: Place,
        name: str = "small",
        changes: Mapping[str, Any] | None = None,
        state: str = "running",
    ) -> None:
        self.place, self.name = place, name
        self.runs = RunStore(place.client, place.experiment_id)
        self.config: SweepConfig = config({**(changes or {}), "name": name})
        self.run = self.make("sweep", state)
        self.run.json({"config": self.config.identity(), "digests": {}}, Artifact.IDENTITY)

    def copied_to(self, place: Place) -> "StoredSweep":
        """Return the same sweep in a copy of its stores."""
        other = copy.copy(self)
        other.place, other.runs = place, RunStore(place.client, place.experiment_id)
        other.run = RunWriter(place.client, self.run.run_id, self.run.started)
        return other

    def make(self, kind: str, state: str = "running", **changes: Any) -> RunWriter:
        """Make a run, in a state of this word."""
        of_its_kind = {"verify": "report", "invocation": "report"}.get(kind, kind)
        named = {"name": f"{self.name}-{kind}", "sweep": self.name,
                 "config_hash": self.config.hash(), **changes}  # fmt: skip
        run = record(of_its_kind, state, **named)
        object.__setattr__(run, "kind", kind)
        ended = state_of(state) is not State.RUNNING
        return write_ended(self.runs, run) if ended else write(self.runs, run)

    def study(self, storage: str, variant: str, dataset: str = "shapeset") -> RunWriter:
        """Make a study, with one trial in Optuna, and its run."""
        name = f"{self.name}/{self.run.run_id[:8]}/{dataset}/{variant}"
        with opened_storage(storage) as opened:
            study = optuna.create_study(storage=opened, study_name=name)
            study.tell(study.ask(), 1.0)
        return self.make("study", dataset=dataset, variant=variant, optuna_study=name)

    def model(self, run: RunWriter, variant: str, dataset: str = "shapeset") -> None:
        """Make a logged model of a replicate, and a version of the registered one."""
        client, experiment_id = self.place.client, self.place.experiment_id
        name = registered_name(self.name, dataset, variant, experiment_id)
        client.create_logged_model(experiment_id, name=name, source_run_id=run.run_id)
        if not client.search_registered_models(f"name = '{name}'"):
            client.create_registered_model(name, {"sweep_run": self.run.run_id})
        source = client.get_run(run.run_id).info.artifact_uri
        version = client.create_model_version(name, source, run_id=run.run_id)
        client.set_registered_model_alias(name, "winner", version.version)
