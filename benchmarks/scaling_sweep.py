"""One real sweep, packed and one by one: what its search takes, as the sweep itself prints it."""

from pathlib import Path
from typing import Any

import yaml
from search_time import search_seconds

TRIALS = 20


def real_sweep(folder: Path, updates: int, device: str) -> dict[str, Any]:
    """Return the seconds of the same search with packs of 20 trials and with packs of one."""
    seconds = {
        pack_size: search_seconds(sweep_file(folder, updates, pack_size, device))
        for pack_size in (TRIALS, 1)
    }
    return {
        "trials": TRIALS,
        "updates": updates,
        "packed_seconds": seconds[TRIALS],
        "one_by_one_seconds": seconds[1],
    }


def sweep_file(folder: Path, updates: int, pack_size: int, device: str) -> Path:
    """Write a sweep of one study whose trials are all asked at once and never pruned."""
    content = {
        "name": f"packs-of-{pack_size}",
        "datasets": ["shapeset"],
        "variants": ["tanh"],
        "network": {"width": 100},
        "search": {
            "trials": TRIALS, "groups": 1, "generation": TRIALS, "updates": updates,
            "learning_rate": {"low": 0.01, "high": 0.1}, "depth": {"low": 5, "high": 5},
            "table_depth": 5, "pruner": {"kind": "none"},
        },
        "replicates": {"seeds": 2, "updates": 10, "window": 1},
        "statistics": "none",
        "execution": {"pack_size": pack_size, "device": device},
    }  # fmt: skip
    own = folder / str(pack_size)
    own.mkdir()
    file = own / "sweep.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file
