"""Where `mlflow run` was called: the commands that it starts begin in the folder of the project."""

import os
from pathlib import Path

from glorot_sweep.host.environment import variable

STARTED_BY_MLFLOW = "MLFLOW_RUN_ID"


def caller_folder() -> Path | None:
    """Return the folder in which `mlflow run` was called; None: it did not start this process.

    MLflow does not hand it on. A parameter of its type `path` would be looked for there, but so
    would the default, which lies in the project. The process that started this one, `mlflow run`
    itself since every entry point says `exec`, is still in its folder, which Linux tells; where it
    is not told, relative paths count from the project's folder.
    """
    if variable(STARTED_BY_MLFLOW) is None:
        return None
    try:
        return Path(os.readlink(f"/proc/{os.getppid()}/cwd"))
    except OSError:
        return None
