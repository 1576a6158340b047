"""Artifacts beside a SQLite store that was moved or copied: found again where the store is now.

MLflow stores absolute locations. A folder that was moved would be made again under its old name,
and a copy would write into the original's.
"""

import atexit
import logging
import re
import shlex
import sqlite3
import tempfile
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.address import database_file, sqlite_uri

DEFAULT_ARTIFACTS = "mlartifacts"  # of an experiment that this package makes
BESIDE = re.compile(rf"(.*/(?:{DEFAULT_ARTIFACTS}|mlruns(?=/\d+$)))(?:/\d+)?")  # MLflow's: mlruns/1
COLUMNS = {
    "experiments": ("artifact_location",),
    "runs": ("artifact_uri",),
    "logged_models": ("artifact_location",),
    "model_versions": ("source", "storage_location"),
}

logger = logging.getLogger(__name__)


def artifact_folder(location: str) -> Path | None:
    """Return the folder that an artifact location means, as MLflow reads it; None: it is remote.

    Example:
        >>> artifact_folder("file:///my%20runs/mlartifacts"), artifact_folder("s3://bucket/x")
        (PosixPath('/my runs/mlartifacts'), None)
    """
    parts = urlsplit(location)
    if parts.scheme not in {"", "file"}:
        return None
    return Path(unquote(parts.path if parts.scheme else location))


@dataclass
class _Root:
    """A folder that holds the artifacts of experiments.

    Attributes:
        written: how their locations begin.
        experiments: each as a row of the database: id, name, time of creation.
        runs: each as the path of its artifacts within the folder.
    """

    written: str
    experiments: list[tuple[object, ...]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        folder = artifact_folder(self.written)
        assert folder is not None  # it matched `BESIDE`
        return folder

    def has_any(self, folder: Path) -> bool:
        """Whether artifacts of one of the runs are in another folder."""
        return any((folder / run).is_dir() for run in self.runs)


def follow_artifacts(uri: str, *, may_write: bool = True) -> str:
    """Let a SQLite store's artifact locations point beside it, if its artifacts came with it.

    Args:
        uri: of the store.
        may_write: the store itself can be changed.

    Returns:
        URI of the store to open: this one, or a copy of its database whose locations are right,
        which lasts as long as this process.

    Raises:
        UserError: the store is a copy whose artifacts are with the original only.
    """
    file = database_file(uri).resolve()  # a link to a database is no copy of it
    with closing(_only_read(file)) as connection:
        roots = _roots(connection)
    moved = [root for root in roots if _came_with(file, root)]
    if not moved:
        return uri
    changed = file if may_write else _snapshot(file)
    for root in moved:
        _relocate(changed, root, _beside(file, root))
        if root.runs:
            logger.warning(
                "the tracking store %s was moved or copied: its artifacts are taken from %s, no "
                "longer from %s", file, _beside(file, root), root.folder,
            )  # fmt: skip
    return uri if may_write else sqlite_uri(changed)


def _came_with(file: Path, root: _Root) -> bool:
    """Whether artifacts that are stored as being elsewhere are, or are to be, beside the store."""
    here = _beside(file, root)
    if here.resolve() == root.folder.resolve():
        return False
    copied = _is_original(root.folder.with_name(file.name), root)
    if root.has_any(here):
        return True
    if root.has_any(root.folder):
        if copied:
            raise UserError(_without_artifacts(file, root, here))
        return False
    return copied or not root.folder.parent.exists()


def _beside(file: Path, root: _Root) -> Path:
    return file.parent / root.folder.name


def _only_read(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)


def _snapshot(file: Path) -> Path:
    """Return a copy of a database; its folder is gone with this process."""
    folder = tempfile.TemporaryDirectory(prefix="glorot_sweep-")
    atexit.register(folder.cleanup)
    copy = Path(folder.name, file.name)
    with closing(_only_read(file)) as connection, closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
    return copy


def _roots(connection: sqlite3.Connection) -> list[_Root]:
    """Return the folders that are, or were, beside this database or where MLflow was called."""
    roots: dict[str, _Root] = {}
    members = defaultdict(list)
    for run, experiment in connection.execute("SELECT run_uuid, experiment_id FROM runs"):
        members[experiment].append(run)
    query = "SELECT artifact_location, experiment_id, name, creation_time FROM experiments"
    for location, *row in connection.execute(query):
        found = BESIDE.fullmatch(location or "")
        if found is None or artifact_folder(location) is None:
            continue
        root = roots.setdefault(found[1], _Root(found[1]))
        root.experiments.append(tuple(row))
        within = location[len(found[1]) :].strip("/")
        root.runs += [f"{within}/{run}".strip("/") for run in members[row[0]]]
    return list(roots.values())


def _is_original(file: Path, root: _Root) -> bool:
    """Whether a database has the same experiments: then ours is its copy."""
    if not file.is_file():
        return False
    query = "SELECT experiment_id, name, creation_time FROM experiments"
    try:
        with closing(_only_read(file)) as connection:
            return bool(set(root.experiments) & set(connection.execute(query)))
    except sqlite3.Error:
        return False


def _relocate(file: Path, root: _Root, here: Path) -> None:
    """Rewrite every location that begins with the old folder, all in one transaction."""
    new, old = here.as_uri(), root.written
    with closing(sqlite3.connect(file)) as connection, connection:
        for table, columns in COLUMNS.items():
            for column in columns:
                connection.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
                    f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                    (new, len(old) + 1, old, len(old) + 1, f"{old}/"),
                )


def _without_artifacts(file: Path, root: _Root, here: Path) -> str:
    command = shlex.join(["cp", "-r", str(root.folder), str(here.parent)])
    return (
        f"the tracking store {file} is a copy of {root.folder.with_name(file.name)}, without its "
        f"artifacts, which are in {root.folder}: what is made here would be written there. Copy "
        f"them as well ({command}), or name the original with --tracking-uri."
    )
