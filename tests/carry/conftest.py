"""Fixtures of carrying: a finished sweep with something of everything, and its file."""

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
import pytest
from report_builders import finished_sweep, init_study
from rich.console import Console
from run_builders import record, write_ended
from stored_sweep import storage_in
from sweep_builders import NOTE, place_in, store_uri
from sweep_fixtures import clean_process, place, stores

from glorot_sweep.carry.exporting import export_sweep
from glorot_sweep.carry.importing import import_sweep
from glorot_sweep.sweep.storage.database import opened_storage
from glorot_sweep.tracking import lease
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.driving import SavedIn
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact
from glorot_sweep.tracking.schema.runs import OfSweep

__all__ = ["clean_process", "place", "stores"]


@dataclass(frozen=True)
class Exported:
    """A sweep in the stores of a folder, and the file that it was exported to."""

    folder: Path
    place: Place
    file: Path
    digest: str


def whole_sweep(folder: Path) -> Place:
    """A finished sweep with studies in Optuna, inputs, weights and an initialization study."""
    place = place_in(folder)
    beside = init_study(place)
    beside.tag({"sweep": "-"})
    beside.params({"file": "/home/ann/own.yaml"})  # by `mlflow run`, as those below
    writers = finished_sweep(place)
    own = writers["sweep"].run_id
    writers["sweep"].params({"storage": "postgresql://ann:geheim@db.internal/optuna"})
    writers["sweep"].tag({"mlflow.gitRepoURL": "https://git.internal/sweeps"})
    writers["sweep"].json({"variables": {"TMPDIR": "/home/ann/tmp"}}, Artifact.ENVIRONMENT)
    writers["sweep"].tag(tags_of(SavedIn(saved_in={"0123": "host:/home/ann/checkpoints"})))
    writers["sweep"].tag({"mlflow.user": "ann", "mlflow.note.content": "a table"})
    runs, of_sweep = RunStore(place.client, place.experiment_id), OfSweep(sweep_run=own)
    for variant in ("tanh", "tanh_n"):
        name = f"small/{own[:8]}/shapeset/{variant}"
        study = write_ended(
            runs,
            record("study", name=f"{variant}-shapeset", key=f"{variant}/shapeset", variant=variant,
                   optuna_study=name, sweep_run=own),
        )  # fmt: skip
        make_study(folder, name, study.run_id)
        for key, writer in writers.items():
            if key.startswith(f"{variant}-"):
                writer.tag({**tags_of(of_sweep), "mlflow.parentRunId": study.run_id})
                writer.inputs(NOTE)
        weights = writers[f"{variant}-shapeset-seed0"]
        weights.arrays(Artifact.WEIGHTS, weight_0=np.arange(6.0, dtype=np.float32).reshape(2, 3))
        weights.flush()
    return place


def make_study(folder: Path, name: str, run_id: str) -> None:
    """A study with a trial of each state, whose attributes name a run and its page."""
    page = f"http://tracking.internal/#/experiments/77/runs/{run_id}"
    distributions = {
        "learning_rate": optuna.distributions.FloatDistribution(0.01, 0.5, log=True),
        "depth": optuna.distributions.IntDistribution(1, 3),
    }
    with opened_storage(storage_in(folder)) as storage:
        study = optuna.create_study(storage=storage, study_name=name)
        study.set_user_attr("link", f"http://host/#/experiments/77/runs/{run_id}")
        study.set_user_attr("run_id", run_id)
        study.set_user_attr("run_page", page)
        for rate in (0.1, 0.2, 0.3):
            asked = study.ask(distributions)
            asked.report(91.5, 10)
            asked.report(float("nan"), 20)
            asked.set_user_attr("run_id", run_id)
            asked.set_user_attr("run_page", page)
            if rate < 0.3:
                state = "COMPLETE" if rate < 0.2 else "PRUNED"
                study.tell(asked, rate if rate < 0.2 else None, optuna.trial.TrialState[state])


@pytest.fixture(scope="session")
def exported(tmp_path_factory, empty_databases) -> Exported:
    folder = tmp_path_factory.mktemp("exported") / "stores"
    shutil.copytree(empty_databases, folder)
    place = whole_sweep(folder)
    file = folder / "small.tar.xz"
    made = export_sweep("small", file, place, storage_in(folder), Console(quiet=True))
    return Exported(folder, place, file, made.digest)


@pytest.fixture(scope="session")
def imported(tmp_path_factory, empty_databases, exported) -> tuple[Path, Place]:
    """The folder and the place that the file was imported to; only to be looked at."""
    folder = tmp_path_factory.mktemp("imported") / "stores"
    shutil.copytree(empty_databases, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lease, "SETTLE_SECONDS", 0.0)
        return folder, brought(exported.file, folder)[0]


def brought(file: Path, folder: Path, **given: object) -> tuple[Place, str]:
    """Import a file into the stores of a folder; return the place and what was printed."""
    console = Console(file=io.StringIO(), width=300)
    place = import_sweep(file, store_uri(folder), "tests", storage_in(folder), console, **given)
    return place, console.file.getvalue()


def sent(folder: Path, place: Place, file: Path, **given: object) -> str:
    """Export the sweep of a folder's stores; return the digest."""
    quiet = Console(quiet=True)
    return export_sweep("small", file, place, storage_in(folder), quiet, **given).digest
