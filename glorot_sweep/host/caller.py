"""Where `mlflow run` was called: the commands that it starts begin in the folder of the project."""

import os
from pathlib import Path

from glorot_sweep.host.environment import variable
from glorot_sweep.host.folders import may_be_there

STARTED_BY_MLFLOW = "MLFLOW_RUN_ID"
PROJECT = Path(__file__).parents[2]  # of an installed package it is another folder, and no project


def caller_folder() -> Path | None:
    """Return the folder in which `mlflow run` was called; None: it did not start this process.

    MLflow does not hand it on. A parameter of its type `path` would be looked for there, but so
    would the default, which lies in the project. The process that started this one, `mlflow run`
    itself since every entry point says `exec`, is still in its folder, which Linux tells; where it
    is not told, relative paths count from the project's folder.
    """
    if not _is_in_project():
        return None
    try:
        folder = Path(os.readlink(f"/proc/{os.getppid()}/cwd"))
    except OSError:
        return None
    return folder if folder.is_dir() else None


def go_to_caller() -> None:
    """Work where `mlflow run` was called, so that nothing is written into the project."""
    if (folder := caller_folder()) is not None:
        os.chdir(folder)


def in_project(given: Path) -> Path:
    """Return a file that is read: under `mlflow run` the project's, if it is nowhere else.

    Its defaults lie there. A path that cannot be looked at is left to whoever reads it.
    """
    if variable(STARTED_BY_MLFLOW) is None or given.is_absolute() or may_be_there(given):
        return given
    return PROJECT / given if may_be_there(PROJECT / given) else given


def _is_in_project() -> bool:
    """Whether this process is a command of the project; its own subprocesses are none."""
    if variable(STARTED_BY_MLFLOW) is None:
        return False
    try:
        return PROJECT.samefile(Path.cwd())
    except FileNotFoundError:  # the current folder was deleted
        return False
