"""How long the search of a real sweep takes, as the sweep itself prints its phases."""

import subprocess
import sys
import time
from pathlib import Path


def search_seconds(file: Path, *options: str) -> float:
    """Run a sweep to the end of its search, with databases beside its file; return the seconds.

    Args:
        file: the sweep's.
        options: of the command `sweep` besides.

    Raises:
        RuntimeError: it ended before; with what it wrote.
    """
    command = [
        sys.executable, "-m", "glorot_sweep", "sweep", str(file), *options,
        "--storage", f"sqlite:///{file.parent}/optuna.db",
        "--tracking-uri", f"sqlite:///{file.parent}/mlflow.db",
    ]  # fmt: skip
    written, began = [], 0.0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            written.append(line)
            if line.startswith("search: ") and not began:
                began = time.perf_counter()
            if line.startswith("replicates: "):
                taken = time.perf_counter() - began
                process.terminate()
                process.communicate()
                return taken
    raise RuntimeError(f"{file.stem}: the sweep ended early:\n{''.join(written)}")
