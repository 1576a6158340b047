"""How long a finished sweep takes to grow by one seed, until its first chunk is trained.

Run from the repository: `python benchmarks/growth_start.py`. It makes a sweep of about so many runs
(tiny networks, 20 updates: what is made of them is as many rows in both stores as in any sweep),
and then, in a process of its own for each growth, asks for one seed and group more. The clock runs
from the start of that process, imports included, to the first chunk of its first pack.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from workload import surroundings

LIMIT_SECONDS = 10.0
VARIANTS = ["sigmoid", "tanh", "softsign", "tanh_n", "softsign_n"]
GROUPS = 10


def sweep_file(folder: Path, runs: int, seeds: int) -> Path:
    """Write the file of a sweep of about so many runs, with so many seeds; return its path."""
    trials = runs // (len(VARIANTS) * GROUPS) - 2  # beside replicates, at most two of a group
    content = {
        "name": "grows",
        "variants": VARIANTS,
        "datasets": ["shapeset"],
        "network": {"width": 8},
        "search": {
            "trials": trials - trials // 2,
            "depth_trials": trials // 2,
            "generation": trials,
            "learning_rate": {"low": 0.01, "high": 0.1},
            "pruner": {"kind": "none"},
        },
        "replicates": {"seeds": seeds, "updates": 20, "window": 1},
        "statistics": "none",
    }
    path = folder / f"seeds-{seeds}.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def command(folder: Path, file: Path) -> list[str]:
    """Return what follows the name of this program to run a sweep in the stores of a folder."""
    return [sys.executable, __file__, "--inside", str(folder), str(file)]


def inside(folder: Path, file: Path, started: float, stops: bool) -> None:
    """Run a sweep; print when its first chunk was trained, and stop then if that is all."""
    from glorot_sweep.config.file import read_sweep_file
    from glorot_sweep.errors import StopRequested
    from glorot_sweep.sweep.execution.devices import LocalDevices
    from glorot_sweep.sweep.job import SweepOptions, run_sweep

    class Watched(LocalDevices):
        """This process; says when it has trained."""

        def open(
            self,
            place: Any,
            datasets: Mapping[str, Any],
            advance: Callable[[int, int], None],
            note: Callable[[str], None],
        ) -> Any:
            def told(updates: int, trials: int) -> None:
                if stops:
                    print(json.dumps({"seconds": time.time() - started}), flush=True)
                    raise StopRequested(15)
                advance(updates, trials)

            return super().open(place, datasets, told, note)

    stores = SweepOptions(
        f"sqlite:///{folder}/mlflow.db", "benchmark", f"sqlite:///{folder}/optuna.db"
    )
    try:
        run_sweep(read_sweep_file(file), stores, Console(quiet=True), devices=Watched())
    except StopRequested:
        if not stops:
            raise


def measure(runs: int, times: int) -> dict[str, Any]:
    """Make a sweep, and let so many copies of it grow by one seed."""
    with tempfile.TemporaryDirectory() as name:
        made, seconds = Path(name) / "made", []
        made.mkdir()
        subprocess.run(command(made, sweep_file(made, runs, GROUPS)), check=True)
        for number in range(times):
            folder = Path(name) / str(number)
            shutil.copytree(made, folder)
            grown = command(folder, sweep_file(folder, runs, GROUPS + 1))
            grown += ["--since", repr(time.time())]
            printed = subprocess.run(grown, check=True, capture_output=True, text=True).stdout
            seconds.append(json.loads(printed.splitlines()[-1])["seconds"])
        return {"runs": runs, "seconds": seconds}


def main() -> None:
    """Measure; print a line; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    parser.add_argument("--inside", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--since", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        folder, file = arguments.inside
        inside(folder, file, arguments.since or 0.0, arguments.since is not None)
        return
    found = measure(arguments.runs, arguments.times)
    each = ", ".join(f"{one:.1f}" for one in found["seconds"])
    print(f"about {found['runs']} runs: training after {each} s (limit {LIMIT_SECONDS:g} s)")
    if arguments.json:
        measured = {**surroundings(), "limit": LIMIT_SECONDS, **found}
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
