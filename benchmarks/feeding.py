"""What feeding a pack from a finite data set costs, as a share of the training beside it.

Run from the repository: `python benchmarks/feeding.py`. Each round times, side by side, making
chunks of 100 updates as training gets them (`PackDataModule`, from a set of 40,000 random images
in memory) and applying such chunks to a pack of 20 networks of width 100. Chunks come from one
stream shared by all trials, as in a search, and from 5 streams, as for replicates; every chunk is
another part of its streams. Drawing an epoch's permutation (a quarter of a millisecond in dozens of
chunks) is left out.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from workload import BATCH, Size, pack_trials, surroundings

from glorot_sweep.data.datamodule import CHUNK_UPDATES, Chunk, PackDataModule
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.specs import PackSpec
from glorot_sweep.training.module import PackModule

LIMIT = 0.03
TRIALS = 20
CHUNKS = 5  # of a round
STREAMS = (1, 5)
SIZES = {"mnist": (50_000, Size.parse("784-100x5-10")),
         "cifar10": (40_000, Size.parse("3072-100x5-10"))}  # fmt: skip


def random_set(n: int, size: Size) -> FiniteDataset:
    """Return a data set of this size; the time of an update does not depend on pixels."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (n, size.inputs), generator=generator, dtype=torch.uint8)
    train = Examples(images, torch.randint(size.classes, (n,), generator=generator))
    fixed = Examples(images[:BATCH], train.labels[:BATCH])
    names = tuple(str(label) for label in range(size.classes))
    return FiniteDataset("random", train, fixed, fixed, names)


class Pair:
    """A pack, and the chunks that feed it."""

    def __init__(self, dataset: FiniteDataset, size: Size, streams: int, updates: int) -> None:
        trials = pack_trials(size, TRIALS, mixed=False)
        spec = PackSpec(tuple(replace(t, data_seed=i % streams) for i, t in enumerate(trials)))
        self.module = PackModule(spec, size.inputs, size.classes)
        feed = PackDataModule(dataset, self.module.stepper.data_seeds, BATCH, (updates,))
        self.chunks: Iterator[Chunk] = iter(feed.train_dataloader())
        self.module.training_step(next(self.chunks), 0)

    def seconds(self) -> tuple[float, float]:
        """Return the time to make the chunks of a round, and to apply as many."""
        started = time.perf_counter()
        *_, chunk = islice(self.chunks, CHUNKS)
        made = time.perf_counter()
        for _ in range(CHUNKS):
            self.module.training_step(chunk, 0)
        return made - started, time.perf_counter() - made


def measure(rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return seconds of feeding and of training in every round of every case."""
    found: dict[str, list[tuple[float, float]]] = {}
    for name, (n, size) in SIZES.items():
        dataset = random_set(n, size)
        for streams in STREAMS:
            pair = Pair(dataset, size, streams, (1 + rounds * CHUNKS) * CHUNK_UPDATES)
            found[f"{name}, {streams} stream(s)"] = [pair.seconds() for _ in range(rounds)]
    return found


def main() -> None:
    """Measure some rounds; print the shares; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    measured = measure(arguments.rounds)
    for name, rounds in measured.items():
        shares = [feeding / training for feeding, training in rounds]
        middle = statistics.median(shares)
        verdict = "under" if middle < LIMIT else "NOT under"
        print(
            f"{name}: feeding takes {100 * middle:.2f} % of training "
            f"({100 * min(shares):.2f} .. {100 * max(shares):.2f}), {verdict} {100 * LIMIT:.0f} %"
        )
    if arguments.json:
        result = {**surroundings(), "limit": LIMIT, "seconds": measured}
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
