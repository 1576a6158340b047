"""The paper's networks on one GPU within a given time, without a tracking server.

Run from the repository: `python benchmarks/paper_width.py --seconds 500 --output FOLDER`. The
variants of the paper's Table 1, 1024-1000x5-9 (the sigmoid with four hidden layers, Table 1's
caption), at every rate of a grid, with three seeds, as one pack. After 200,000 updates each variant
keeps the rate that is best on the validation set, mean over its seeds, and all three networks of
that rate go on. Short packs say first how many updates fit into the time. Images are made on the
GPU, and updates are done by `fused.cu`. `FOLDER` then holds
`curves.json` (specifications and every evaluation), `predictions.npz` and `statistics.json.gz`.
The first is written anew at each evaluation: a machine that is taken away leaves what it had found.
"""

import argparse
import gzip
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fused_updates import FUSED, compiler
from workload import surroundings

from glorot_sweep.data.datamodule import CHUNK_UPDATES
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.shapeset import generate
from glorot_sweep.data.shapeset_dataset import ShapesetDataset
from glorot_sweep.engine.engines import STEPPERS
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.seeds import derive_seed
from glorot_sweep.specs import PackSpec, StatisticsSpec, TrialSpec
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Evaluation, PackResult

SIGMOID_RATES = (0.3,)
SEEDS = 3
EVERY = 10_000  # updates between evaluations
WINDOW = 10  # evaluations of which a final error is the mean
BLOCK = 1 << 16  # images made at once
CHOSEN_AT = 200_000  # update after which one rate of each variant is left
TRIED = 3_000  # updates of a pack that is timed
BESIDE = 1.08  # time with evaluation and statistics over time of updates
SWEEP = "paper_width, a million updates"


class StreamsOnGpu(ShapesetDataset):
    """Shapeset whose training images are made on a GPU, and stay there."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self._block = lru_cache(maxsize=2 * SEEDS)(
            lambda seed, number: generate("train", seed, number * BLOCK, BLOCK, device=device)
        )

    def training(self, data_seed: int, first: int, count: int) -> Examples:
        """Return a part of the stream; see `ShapesetDataset.training`."""
        images, labels = [], []
        for number in range(first // BLOCK, (first + count - 1) // BLOCK + 1):
            inside = slice(max(first - number * BLOCK, 0), first + count - number * BLOCK)
            block = self._block(data_seed, number)
            images.append(block[0][inside])
            labels.append(block[1][inside])
        return Examples(torch.cat(images), torch.cat(labels))


def trials(updates: int, width: int, rates: Sequence[float]) -> tuple[TrialSpec, ...]:
    """Return every variant at every rate with every seed; a seed has a stream of its own."""
    early = {100, 300, 1_000, 3_000}
    evaluations = tuple(sorted({*(e for e in early if e < updates), *range(EVERY, updates, EVERY)}))
    looks = tuple(
        round(10 ** (power / 5)) for power in range(10, math.ceil(5 * math.log10(updates)))
    )
    statistics = StatisticsSpec((0, *looks, updates))  # singular values would take minutes
    return tuple(
        TrialSpec(
            key=f"{name}-{rate:g}-{seed}", dataset="shapeset", variant=VARIANTS[name],
            depth=4 if name == "sigmoid" else 5, width=width, learning_rate=rate, batch_size=10,
            updates=updates, weight_seed=derive_seed(SWEEP, "weights", seed),
            data_seed=derive_seed(SWEEP, "stream", seed), evaluate_at=(*evaluations, updates),
            purpose="replicate", statistics=statistics, window=min(WINDOW, len(evaluations) + 1),
        )
        for name in ("softsign", "softsign_n", "tanh", "tanh_n", "sigmoid")
        for rate in (SIGMOID_RATES if name == "sigmoid" else rates)
        for seed in range(SEEDS)
    )  # fmt: skip


class Curves:
    """Keeps every evaluation in a file, as `fit_pack` reports it, and chooses the rates."""

    def __init__(self, folder: Path, pack: PackSpec, around: dict[str, Any]) -> None:
        self.path, self.started = folder / "curves.json", time.perf_counter()
        self.trials = pack.trials
        self.content: dict[str, Any] = {
            **around, "trials": [asdict(trial) for trial in pack.trials], "seconds": [],
            "curves": {trial.key: [] for trial in pack.trials},
        }  # fmt: skip

    def __call__(self, update: int, measured: dict[str, Evaluation]) -> Collection[str]:
        """Write what was measured; once, return the trials of all rates but the best."""
        for key, evaluation in measured.items():
            self.content["curves"][key].append(list(asdict(evaluation).values()))
        self.content["seconds"].append([update, time.perf_counter() - self.started])
        dropped: list[str] = []
        if update == CHOSEN_AT:
            best = best_rates(self.trials, measured)
            self.content |= {"chosen_at": update, "chosen": best}
            dropped = [t.key for t in self.trials if t.learning_rate != best[t.variant.name]]
            print(f"after {update:,} updates: {best}", flush=True)
        self.path.write_text(json.dumps(self.content), encoding="utf-8")
        return dropped


def best_rates(specs: Sequence[TrialSpec], measured: Mapping[str, Evaluation]) -> dict[str, float]:
    """Return the rate of each variant with the least validation error, mean over all its seeds."""
    errors: dict[tuple[str, float], float] = defaultdict(float)
    for trial in specs:
        error = measured[trial.key].validation_error if trial.key in measured else math.inf
        errors[trial.variant.name, trial.learning_rate] += error
    best: dict[str, float] = {}
    for (name, rate), error in errors.items():
        if name not in best or error < errors[name, best[name]]:
            best[name] = rate
    return best


def seconds_of_an_update(
    specs: Sequence[TrialSpec], arguments: argparse.Namespace, shapes: StreamsOnGpu
) -> float:
    """Return what an update of all trials takes, without evaluation and without the start."""

    def seconds(updates: int) -> float:
        short = tuple(
            replace(trial, updates=updates, evaluate_at=(updates,), statistics=StatisticsSpec(),
                    window=1)
            for trial in specs
        )  # fmt: skip
        pack = PackSpec(short, device=arguments.device)
        return fit_pack(pack, shapes, engine=arguments.engine).seconds

    seconds(CHUNK_UPDATES)  # kernels are built, the fixed sets made
    one = (seconds(TRIED + CHUNK_UPDATES) - seconds(CHUNK_UPDATES)) / TRIED
    print(f"{len(specs)} networks: {1 / one:,.0f} updates/s of each", flush=True)
    return one


def updates_within(arguments: argparse.Namespace, shapes: StreamsOnGpu) -> int:
    """Return how many updates fit into the time: a multiple of `EVERY`, at least one of them."""
    everything = trials(EVERY, arguments.width, arguments.rates)
    chosen = trials(EVERY, arguments.width, arguments.rates[:1])
    one = BESIDE * seconds_of_an_update(chosen, arguments, shapes)
    first = one * len(everything) / len(chosen)  # memory decides: as long as there are networks
    share = min(1.0, arguments.seconds / (CHOSEN_AT * first))
    left = arguments.seconds - share * CHOSEN_AT * first
    return max(EVERY, int(share * CHOSEN_AT + left / one) // EVERY * EVERY)


def _short(value: Any) -> Any:
    """Six digits of a float: what float32 statistics hold."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def write(folder: Path, result: PackResult) -> None:
    """Write predictions and layer statistics; print the errors at the end."""
    np.savez_compressed(
        folder / "predictions.npz",
        allow_pickle=False,
        **{t.key: t.test_predictions for t in result.trials if t.test_predictions is not None},
    )
    rows = {
        trial.key: [
            {name: _short(value) for name, value in asdict(row).items() if value is not None}
            for row in trial.statistics
        ]
        for trial in result.trials
    }
    (folder / "statistics.json.gz").write_bytes(gzip.compress(json.dumps(rows).encode(), mtime=0))
    for trial in result.trials:
        print(
            f"{trial.key}: {trial.state} after {trial.updates:,} updates, "
            f"validation {trial.validation_error:.2f} %, test {trial.test_error:.2f} %"
        )
    print(f"{result.model_updates / result.seconds:,.0f} model-updates/s, all included")


def main() -> None:
    """Measure, train, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, required=True, help="of training")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--rates", type=float, nargs="+", default=[0.01, 0.025, 0.06])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--engine", choices=sorted(STEPPERS), default=FUSED)
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print("paper_width.py needs CUDA; PyTorch sees no GPU on this machine (or --device cpu)")
        sys.exit(2)
    if arguments.engine == FUSED and (arguments.device != "cuda" or compiler() is None):
        print("the engine fused needs CUDA and nvcc; choose --engine torch")
        sys.exit(2)
    arguments.output.mkdir(parents=True, exist_ok=True)
    dataset = StreamsOnGpu(arguments.device)
    updates = updates_within(arguments, dataset)
    pack = PackSpec(trials(updates, arguments.width, arguments.rates), device=arguments.device)
    print(f"{updates:,} updates", flush=True)
    around = {**surroundings(), "torch": torch.__version__, "updates": updates}
    report = Curves(arguments.output, pack, around)
    result = fit_pack(pack, dataset, report, engine=arguments.engine)
    write(arguments.output, result)


if __name__ == "__main__":
    main()
