"""Stores that earlier versions made, unpacked where a test may change them."""

import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mlflow.tracking._tracking_service import utils as mlflow_tracking

from glorot_sweep.tracking.place import Place, open_place

ARCHIVES = Path(__file__).parent
MADE_IN = "/srv/glorot_sweep"  # where `make.py` ran: every address in a store begins with it
ADDRESSES = {
    "experiments": ("artifact_location",),
    "runs": ("artifact_uri",),
    "logged_models": ("artifact_location",),
    "model_versions": ("source", "storage_location"),
}


@dataclass(frozen=True)
class OldStore:
    """A folder as the version before left it, with its addresses made those of today.

    Attributes:
        folder: holds mlflow.db, optuna.db, mlartifacts/, checkpoints/ of an unfinished sweep, and
            micro.yaml.
    """

    folder: Path

    @property
    def uri(self) -> str:
        """The tracking URI."""
        return f"sqlite:///{self.folder / 'mlflow.db'}"

    @property
    def storage(self) -> str:
        """The URI of Optuna's database."""
        return f"sqlite:///{self.folder / 'optuna.db'}"

    def place(self) -> Place:
        """Open the store and its one experiment."""
        return open_place(self.uri, None, create=False)


def unpack(version: str, name: str, folder: Path) -> OldStore:
    """Unpack a store into a folder.

    Args:
        version: folder of the archives: `before_schema_1`, `schema_1`.
        name: `finished`, `stopped` or `killed`; see `make.py`.
        folder: a test's own.
    """
    with tarfile.open(ARCHIVES / version / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    made, now = f"{MADE_IN}/{name}", str(folder / name)
    with closing(sqlite3.connect(folder / name / "mlflow.db")) as database:
        for table, columns in ADDRESSES.items():
            for column in columns:
                database.execute(
                    f"update {table} set {column} = replace({column}, ?, ?)", (made, now)
                )
        database.commit()
    # MLflow keeps one address of artifacts per run id in a process, of whatever store.
    mlflow_tracking._artifact_repos_cache.clear()
    return OldStore(folder / name)
