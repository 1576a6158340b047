"""What a second worker gains: one search with one and with two Ray workers of one thread each.

Run from the repository: `python benchmarks/workers.py`. Both searches are those of one sweep file
and end with the same trials; the time is that of the search alone, from its first line to the
next phase's, as the sweep itself prints them. `--seconds` sets how long one worker should take.
"""

import argparse
import json
import tempfile
from pathlib import Path

import yaml
from search_time import search_seconds
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
            "trials": TRIALS, "depth_trials": 0, "groups": 1, "generation": GENERATION,
            "updates": updates,
            "learning_rate": {"low": 0.01, "high": 0.2}, "pruner": {"kind": "none"},
        },
        "replicates": {"seeds": 2, "updates": 10, "window": 1},
        "execution": {"pack_size": 20, "threads": 1},
    }  # fmt: skip
    file = folder / "workers.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def main() -> None:
    """Measure, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        taken = {}
        for workers in (1, 2):
            folder = Path(temporary) / f"{workers}"
            folder.mkdir()
            file = sweep_file(folder, arguments.seconds)
            taken[workers] = search_seconds(file, "--executor", "ray", "--workers", f"{workers}")
    share = taken[2] / taken[1]
    print(f"one worker {taken[1]:.0f} s, two {taken[2]:.0f} s: {share:.2f} of it, limit {LIMIT}")
    if arguments.json:
        found = {**surroundings(), "limit": LIMIT, "seconds": taken, "share": share}
        arguments.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
