"""What a sweep will take on this machine: its model-updates, and their rate in a short trial."""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from glorot_sweep.config.factors import values_of
from glorot_sweep.config.file import SweepFile
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_datasets
from glorot_sweep.data.datamodule import CHUNK_UPDATES, PackDataModule
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.specs import PackSpec
from glorot_sweep.spelling import duration
from glorot_sweep.sweep.contents.engines import (
    engine_words,
    fallback_lines,
    on_its_engine,
    settle,
)
from glorot_sweep.sweep.contents.phases import Phase, phases
from glorot_sweep.sweep.execution.executor import choose_device
from glorot_sweep.sweep.execution.pack_sizes import PackSizes, choose_pack_sizes
from glorot_sweep.sweep.execution.packing import by_pace, make_packs
from glorot_sweep.sweep.outline import two_depths
from glorot_sweep.training.evaluation import evaluate
from glorot_sweep.training.module import PackModule

MEASURE_SECONDS = 5.0  # of training, for each kind of pack
HEADINGS = ("data set", "phase", "runs", "model-updates", "per second", "time")


@dataclass(frozen=True)
class Estimate:
    """What a phase will take.

    Attributes:
        phase: the runs.
        rate: model-updates per second.
        evaluation: seconds of the evaluations of all runs together.
    """

    phase: Phase
    rate: float
    evaluation: float

    @property
    def seconds(self) -> float:
        """Of training and evaluations."""
        return self.phase.model_updates / self.rate + self.evaluation

    @property
    def cells(self) -> tuple[str, ...]:
        """As a row of the table, in the order of `HEADINGS`."""
        phase = self.phase
        return (
            phase.dataset, phase.name, f"{len(phase.specs):,}", f"{phase.model_updates:,}",
            f"{self.rate:,.0f}", duration(self.seconds),
        )  # fmt: skip


def show_plan(
    file: SweepFile,
    named_folder: Path | None,
    console: Console,
    *,
    datasets: Mapping[str, ImageDataset] | None = None,
) -> None:
    """Measure packs like those of a sweep, and print what the sweep would take, part by part.

    Args:
        file: the sweep file.
        named_folder: of the data sets, from the command line.
        console: where to write.
        datasets: by name, instead of those that the file's names mean.

    Raises:
        UserError: something in the data, the devices or the engine is wrong.
    """
    config = file.config
    if config.execution.threads:
        torch.set_num_threads(config.execution.threads)
    device = choose_device(config.execution.device)
    engines = settle(config, device, None)
    if datasets is None:
        folder = data_folder(named_folder)
        datasets = load_datasets(
            config.datasets, folder, config.image_folders, partial(_say, console)
        )
    for line in fallback_lines(engines):
        _say(console, line)
    table = Table(title=f"{config.name} on this {device}, engine {engine_words(engines)}")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    seconds, most = 0.0, 0.0
    up_to = _most_updates(config)
    for phase in phases(config):
        dataset = datasets[phase.dataset]
        threads = torch.get_num_threads()
        sizes = choose_pack_sizes(config, {phase.dataset: dataset}, device, threads)
        specs = tuple(on_its_engine(spec, engines) for spec in phase.specs)
        found = estimate(replace(phase, specs=specs), config, dataset, device, sizes)
        seconds += found.seconds
        most += found.seconds * up_to[phase.name, phase.dataset] / phase.model_updates
        table.add_row(*found.cells)
        # At once: a whole plan may take minutes.
        console.print(_line(found), highlight=False, markup=False)
    console.print(table)
    console.print(
        f"{_time(config, seconds, most)} of one device if no trial is pruned"
        f"{two_depths(config)}; layer statistics, logging and the report not counted",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _most_updates(config: SweepConfig) -> dict[tuple[str, str], int]:
    """Return how many model-updates each phase of each data set may come to."""
    most = phases(config, at_most=True)
    return {(phase.name, phase.dataset): phase.model_updates for phase in most}


def _time(config: SweepConfig, seconds: float, most: float) -> str:
    """Return how long it takes, at least and at most where seeds are added until it is decided."""
    looks = config.replicates.looks
    if len(looks) == 1:
        return duration(seconds)
    return (
        f"{duration(seconds)} with the {looks[0]} seeds of the first look, up to {duration(most)} "
        f"with the {looks[-1]} of the last,"
    )


def _line(found: Estimate) -> str:
    """Return a row of the table as a line of its own."""
    dataset, phase, *numbers, time_taken = found.cells
    counted = [f"{cell} {what}" for cell, what in zip(numbers, HEADINGS[2:-1], strict=True)]
    return f"{dataset}, {phase}: {', '.join(counted)}, {time_taken}"


def estimate(
    phase: Phase, config: SweepConfig, dataset: ImageDataset, device: str, sizes: PackSizes
) -> Estimate:
    """Train and evaluate packs of the phase, one of each pace and set of depths, for some seconds.

    Pre-training is not measured: an update of one layer is taken to last as long as one of the
    whole network, which is longer (`benchmarks/pretraining.py`).
    """
    together = len(phase.specs)
    if phase.name == "search":
        of_each = config.search.groups * config.search.generation
        together = len(config.variants) * len(values_of(config)) * of_each
    alike: defaultdict[tuple[object, ...], list[PackSpec]] = defaultdict(list)
    for specs in by_pace(phase.specs):
        for pack in make_packs(specs, min(together, *map(sizes.largest, specs))):
            alike[pack.first.pace, *sorted(spec.depth for spec in pack.trials)].append(pack)
    training = evaluation = 0.0
    for packs in alike.values():
        specs = [spec for each in packs for spec in each.trials]
        pack = replace(packs[0], device=device)
        module = PackModule(pack, dataset.n_inputs, dataset.n_classes, dataset.training)
        training += sum(spec.all_updates for spec in specs) / _rate(module, pack, dataset)
        evaluations = sum(len(spec.evaluate_at) for spec in specs)
        evaluation += evaluations * _evaluation_seconds(module, pack, dataset)
    return Estimate(phase, phase.model_updates / training, evaluation)


def _evaluation_seconds(module: PackModule, pack: PackSpec, dataset: ImageDataset) -> float:
    """Return how long one evaluation of one run takes."""
    started = time.perf_counter()
    evaluate(module.stepper, dataset.validation)
    sets = 2 if pack.first.purpose == "replicate" else 1  # validation and test
    return (time.perf_counter() - started) * sets / len(pack.trials)


def _rate(module: PackModule, pack: PackSpec, dataset: ImageDataset) -> float:
    """Return model-updates per second, data included; the first chunk makes buffers and caches."""
    size, updates = pack.first.batch_size, pack.first.updates
    feed = PackDataModule(
        dataset, module.stepper.data_seeds, size, (max(updates, 2 * CHUNK_UPDATES),)
    )
    started, done = 0.0, 0
    for number, chunk in enumerate(feed.train_dataloader()):
        moved = feed.transfer_batch_to_device(chunk, module.stepper.device, 0)
        module.training_step(moved, number)
        if not number:
            started = time.perf_counter()
            continue
        done += chunk.updates
        if time.perf_counter() - started > MEASURE_SECONDS:
            break
    return done * len(pack.trials) / (time.perf_counter() - started)
