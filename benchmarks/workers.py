"""What a second worker gains: one search with one and with two Ray workers of one thread each.

Run from the repository: `python benchmarks/workers.py`. Both searches are those of one sweep file
and end with the same trials; the time is that of the search alone, from its first line to the
next phase's, as the sweep itself prints them. `--seconds` sets how long one worker should take.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from workload import surroundings

LIMIT = 0.65
RATE = 5_000  # model-updates/s of one thread, to choose the length by; not a result
VARIANTS = ["softsign", "softsign_n", "tanh", "tanh_n", "sigmoid"]
TRIALS, GENERATION = 12, 4


def sweep_file(folder: Path, seconds: float) -> Path:
    """Write a sweep whose search takes one worker about so long."""
    updates = max(100, int(seconds * RATE / (len(VARIANTS) * TRIALS)))
    content = {
        "name": "workers",
        "datasets": ["shapeset"],
        "variants": VARIANTS,
        "network": {"width": 100},
        "search": {
            "trials": TRIALS, "generation": GENERATION, "updates": updates,
            "learning_rate": {"low": 0.01, "high": 0.2}, "pruner": {"kind": "none"},
        },
        "replicates": {"seeds": 2, "updates": 10},
        "execution": {"pack_size": 20, "threads": 1},
    }  # fmt: skip
    file = folder / "workers.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def search_seconds(file: Path, folder: Path, workers: int) -> float:
    """Run the sweep with so many workers; return how long its search took."""
    folder.mkdir()
    command = [
        sys.executable, "-m", "glorot_sweep", "sweep", str(file), "--executor", "ray",
        "--workers", str(workers), "--storage", f"sqlite:///{folder}/optuna.db",
        "--tracking-uri", f"sqlite:///{folder}/mlflow.db",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    began = 0.0
    for line in process.stdout:
        if line.startswith("search: ") and not began:
            began = time.perf_counter()
        if line.startswith("replicates: "):
            taken = time.perf_counter() - began
            process.terminate()
            process.communicate()
            return taken
    raise RuntimeError(f"the sweep ended early with {process.wait()}")


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = sweep_file(folder, arguments.seconds)
        taken = {n: search_seconds(file, folder / f"{n}", n) for n in (1, 2)}
    share = taken[2] / taken[1]
    print(f"one worker {taken[1]:.0f} s, two {taken[2]:.0f} s: {share:.2f} of it, limit {LIMIT}")
    if arguments.json:
        found = {**surroundings(), "limit": LIMIT, "seconds": taken, "share": share}
        arguments.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
