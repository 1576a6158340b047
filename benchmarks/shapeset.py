"""Images per second of the Shapeset generator, on one thread and on two, at 32 and 64 pixels.

Run from the repository: `python benchmarks/shapeset.py`. One JSON line per measurement, each
followed by a line to read; the best of several runs counts, since others use the machine too.
"""

import json
import os
import platform
import time

import torch

from glorot_sweep.data.shapeset import generate

COUNTS = (1_000, 16_384)
REPETITIONS = 5


def images_per_second(count: int, size: int) -> float:
    """Return the best rate over the repetitions, after one run to warm up."""
    generate("train", 1, 0, count, size=size)
    best = float("inf")
    for repetition in range(REPETITIONS):
        start = time.perf_counter()
        generate("train", 1, repetition * count, count, size=size)
        best = min(best, time.perf_counter() - start)
    return count / best


def main() -> None:
    """Print the machine, then every measurement and its ratio to one thread."""
    machine = {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "torch": torch.__version__,
    }
    print(json.dumps(machine))
    for size in (32, 64):
        for count in COUNTS:
            alone = 0.0
            for threads in (1, 2):
                torch.set_num_threads(threads)
                rate = images_per_second(count, size)
                alone = alone or rate
                result = {"size": size, "count": count, "threads": threads, "per_second": rate}
                print(json.dumps(result))
                print(
                    f"  {size} x {size}, {count:,} a call, {threads} thread(s): {rate:,.0f} "
                    f"images/s, {rate / alone:.2f} x one thread"
                )


if __name__ == "__main__":
    main()
