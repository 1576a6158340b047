"""How throughput, memory and the cost of a sweep grow: with pack size, width, depth and threads.

Run from the repository: `python benchmarks/scaling.py`. The points of a series take turns for
some rounds, each beside the floor of its update (`roofline.py`), measured in the same round.
Memory is that of a process with one pack (`scaling_memory.py`). What a sweep costs is computed from
the measured rates, and one real sweep is run, packed and one by one, as a check
(`scaling_sweep.py`). The pictures are drawn from the JSON file by `scaling_pictures.py`.
"""

import argparse
import json
import logging
import os
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cases import Case
from comparison import summary
from devices import add_device_option, check_device, free_bytes
from lightning_peers import Packed
from peers import BareLoop
from roofline import Work, floor_rate, mean_work, measure_machine
from scaling_memory import pack_memory
from scaling_sweep import real_sweep
from workload import LEARNING_RATE, Contender, Pool, Size, surroundings

from glorot_sweep.specs import NATIVE, TORCH

CORES = os.cpu_count() or 1
SMALL = Size.parse("1024-100x5-9")
PACK_SIZES = (1, 2, 5, 10, 20, 40, 64)
WIDTHS = (50, 100, 200, 300, 500, 1000)
PAPER, MEMORY_TRIALS = Size.parse("1024-1000x5-9"), (1, 2, 4, 8, 16, 32)


@dataclass(frozen=True)
class Point:
    """A pack to be measured, and where it lies on the horizontal axis of its series."""

    x: int
    case: Case
    threads: int


def series(most_threads: int) -> dict[str, list[Point]]:
    """Return the points of each picture of throughput."""

    def sized(x: int, size: Size, trials: int, threads: int = most_threads) -> Point:
        return Point(x, Case(size, trials), threads)

    threads = sorted({1, most_threads, *(2**i for i in range(8) if 2**i < most_threads)})
    return {
        "pack_size": [sized(trials, SMALL, trials) for trials in PACK_SIZES],
        "width": [sized(width, replace(SMALL, width=width), 8) for width in WIDTHS],
        "depth": [sized(depth, replace(SMALL, depth=depth), 20) for depth in range(1, 6)],
        "threads": [sized(count, SMALL, 20, count) for count in threads],
        "threads_wide": [sized(count, PAPER, 4, count) for count in threads],
    }


def engine_of(device: str) -> str:
    """Return the engine that a sweep takes by default."""
    return NATIVE if device == "cpu" else TORCH


def measure_series(points: list[Point], arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure the points in turn, for some rounds.

    Returns:
        For each point `x`, `case`, `threads`, and summaries of the model-updates/s measured
        (`rate`), of those that the floor allows (`floor`), and of their ratio (`share`).
    """
    pools = {point.case.size: Pool(point.case.size, arguments.device) for point in points}
    packs = [
        Packed("", pools[point.case.size], point.case.specs(), engine_of(arguments.device))
        for point in points
    ]
    found: list[list[tuple[float, float]]] = [[] for _ in points]
    for number in range(arguments.rounds + 1):  # the first one warms up
        for point, pack, seen in zip(points, packs, found, strict=True):
            pack.use_threads(point.threads)
            rate = pack.rate(arguments.seconds)
            footprint = point.case.floor_footprint(point.threads, arguments.device)
            machine = measure_machine(
                footprint, point.threads, arguments.device, arguments.seconds / 4
            )
            if number:
                seen.append((rate, floor_rate(_work(point.case), machine)))
    return [
        {
            "x": point.x,
            "case": point.case.name,
            "threads": point.threads,
            "rate": summary([rate for rate, _ in seen]),
            "floor": summary([floor for _, floor in seen]),
            "share": summary([rate / floor for rate, floor in seen]),
        }
        for point, seen in zip(points, found, strict=True)
    ]


def _work(case: Case) -> Work:
    return mean_work(case.size, case.specs())


def bare_rate(arguments: argparse.Namespace) -> dict[str, float]:
    """Return model-updates/s of the bare loop with one network of the first series."""
    case, pool = Case(SMALL, 1), Pool(SMALL, arguments.device)
    start = Packed("", pool, case.specs()).networks()[0]
    loop: Contender = BareLoop(pool, [("tanh", start)], LEARNING_RATE)
    rates = []
    for _ in range(arguments.rounds):
        loop.use_threads(CORES)
        rates.append(loop.rate(arguments.seconds))
    return summary(rates)


def measure_memory(device: str) -> dict[str, Any]:
    """Return the memory of packs of the paper's networks; those that do not fit are named."""
    points, left_out = [], {}
    for trials in MEMORY_TRIALS:
        case = Case(PAPER, trials)
        needed, free = 2 * case.footprint(), free_bytes(device)
        if needed > free:
            left_out[case.name] = f"needs about {needed / 2**30:.1f} GiB, {free / 2**30:.1f} free"
            continue
        taken = pack_memory(PAPER, trials, device)
        points.append({"x": trials, "bytes": taken, "weights_bytes": case.footprint()})
        print(f"{case.name}: {taken / 1e6:,.0f} MB, weights {case.footprint() / 1e6:,.0f} MB")
    return {"size": str(PAPER), "points": points, "left_out": left_out}


def main() -> None:
    """Measure every series; print; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add_device_option(parser)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.6, help="of a point in a round")
    parser.add_argument("--sweep-updates", type=int, default=10_000, help="of a trial in the sweep")
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    check_device(parser, arguments.device)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    found: dict[str, Any] = {"engine": engine_of(arguments.device), "series": {}}
    around = surroundings()
    for name, points in series(CORES if arguments.device == "cpu" else 1).items():
        found["series"][name] = measured = measure_series(points, arguments)
        for point in measured:
            print(
                f"{name} {point['x']}, {point['threads']} thread(s): "
                f"{point['rate']['median']:,.0f} model-updates/s, "
                f"{100 * point['share']['median']:.0f} % of the floor",
                flush=True,
            )
    found["bare_loop"] = bare_rate(arguments)
    found["memory"] = measure_memory(arguments.device)
    with tempfile.TemporaryDirectory() as folder:
        found["sweep"] = real_sweep(Path(folder), arguments.sweep_updates, arguments.device)
    print(f"a real sweep of 20 trials: {found['sweep']}")
    if arguments.json:
        content = {**around, "device": arguments.device, **found}
        arguments.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
