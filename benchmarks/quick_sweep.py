"""How long `make sweep` takes: the quick preset through `mlflow run`, on new stores.

Run from the repository: `python benchmarks/quick_sweep.py`. What is measured begins after
installation: the native core is compiled before the clock starts. Everything else counts, from the
start of `mlflow run` to the printed table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workload import surroundings

from glorot_sweep.engine.native.library import why_unavailable

ROOT = Path(__file__).parents[1]
LIMIT_SECONDS = 180.0


def sweep_seconds(file: Path, folder: Path) -> float:
    """Run a sweep as `make sweep` does, with its stores in a folder; return what it took.

    Raises:
        CalledProcessError: it failed; what it wrote has been printed.
    """
    binaries = Path(sys.executable).parent
    environment = {
        **os.environ,
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
    }
    command = [
        "mlflow", "run", str(ROOT), "-e", "sweep", "--env-manager", "local",
        "--experiment-name", "glorot_sweep", "-P", f"file={file}",
        "-P", f"storage=sqlite:///{folder}/optuna.db",
    ]  # fmt: skip
    started = time.perf_counter()
    done = subprocess.run(
        command, env=environment, cwd=ROOT, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    taken = time.perf_counter() - started
    if done.returncode:
        print(done.stdout)
    done.check_returncode()
    return taken


def main() -> None:
    """Measure once; print; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--file", type=Path, default=ROOT / "sweeps" / "quick.yaml")
    parser.add_argument("--json", type=Path, help="write what was measured")
    arguments = parser.parse_args()
    if reason := why_unavailable():
        print(f"without the native engine: {reason}")
    around = surroundings()
    with tempfile.TemporaryDirectory() as folder:
        seconds = sweep_seconds(arguments.file.resolve(), Path(folder))
    verdict = "at most" if seconds <= LIMIT_SECONDS else "NOT at most"
    print(f"make sweep, {arguments.file.stem}: {seconds:.0f} s, {verdict} {LIMIT_SECONDS:.0f} s")
    if arguments.json:
        result = {**around, "limit": LIMIT_SECONDS, "seconds": seconds}
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
