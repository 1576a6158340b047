"""What a sweep will take on this machine: updates at the rate of a short trial, and all around."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from glorot_sweep.config.factors import values_of
from glorot_sweep.config.file import SweepFile
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_datasets
from glorot_sweep.data.datamodule import CHUNK_UPDATES, PackDataModule
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.specs import PackSpec
from glorot_sweep.spelling import duration
from glorot_sweep.sweep.contents.engines import (
    engine_words,
    fallback_lines,
    on_its_engine,
    settle,
)
from glorot_sweep.sweep.contents.phases import Phase, phases
from glorot_sweep.sweep.execution.executor import choose_device, set_threads
from glorot_sweep.sweep.execution.pack_sizes import PackSizes, choose_pack_sizes
from glorot_sweep.sweep.execution.packing import by_pace, make_packs
from glorot_sweep.sweep.outline import two_depths
from glorot_sweep.sweep.rehearsal import rehearsal
from glorot_sweep.training.module import PackModule

MEASURE_SECONDS = 5.0  # of training, for each kind of pack
HEADINGS = ("data set", "phase", "runs", "model-updates", "per second", "training", "around it")
NOT_COUNTED = (
    "around it: evaluations, layer statistics and runs in MLflow, in a store on this disk; a "
    "distant server takes longer. Not counted: winners as registered models (seconds each) and the "
    "report (a minute or two)."
)


@dataclass(frozen=True)
class Estimate:
    """What a phase will take.

    Attributes:
        phase: the runs.
        rate: model-updates per second.
        around: seconds of evaluations, layer statistics and logging of all runs together.
    """

    phase: Phase
    rate: float
    around: float

    @property
    def training(self) -> float:
        """Seconds of all updates."""
        return self.phase.model_updates / self.rate

    @property
    def seconds(self) -> float:
        """Of everything."""
        return self.training + self.around

    @property
    def cells(self) -> tuple[str, ...]:
        """As a row of the table, in the order of `HEADINGS`."""
        phase = self.phase
        return (
            phase.dataset, phase.name, f"{len(phase.specs):,}", f"{phase.model_updates:,}",
            f"{self.rate:,.0f}", duration(self.training), duration(self.around),
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
    threads = set_threads(config.execution.threads)
    device = choose_device(config.execution.device)
    engines = settle(config, device, None)
    if datasets is None:
        folder = data_folder(named_folder)
        datasets = load_datasets(
            config.datasets, folder, config.image_folders, partial(_say, console)
        )
    for line in fallback_lines(engines):
        _say(console, line)
    found = []
    sizes = choose_pack_sizes(config, datasets, device, threads)
    with rehearsal(datasets) as around:
        for phase in phases(config):
            specs = tuple(on_its_engine(spec, engines) for spec in phase.specs)
            planned = replace(phase, specs=specs)
            found.append(estimate(planned, config, datasets, device, sizes, around))
            _say(console, _line(found[-1]))  # at once: a whole plan may take minutes
    console.print(_table(f"{config.name} on this {device}, engine {engine_words(engines)}", found))
    up_to = _most_updates(config)
    seconds = sum(one.seconds for one in found)
    most = sum(
        one.seconds * up_to[one.phase.name, one.phase.dataset] / one.phase.model_updates
        for one in found
    )
    for line in (
        f"{_time(config, seconds, most)} of one device if no trial is pruned{two_depths(config)}",
        NOT_COUNTED,
    ):
        _say(console, line)


def _table(title: str, found: Sequence[Estimate]) -> Table:
    return narrow_table(HEADINGS[:2], HEADINGS[2:], (one.cells for one in found), title)


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
    dataset, phase, *numbers, training, around = found.cells
    counted = [f"{cell} {what}" for cell, what in zip(numbers, HEADINGS[2:-2], strict=True)]
    return f"{dataset}, {phase}: {', '.join(counted)}, {training} and {around} around it"


def estimate(
    phase: Phase,
    config: SweepConfig,
    datasets: Mapping[str, ImageDataset],
    device: str,
    sizes: PackSizes,
    around: Callable[[PackSpec], float],
) -> Estimate:
    """Train packs of the phase, one of each pace and set of depths, for some seconds.

    Pre-training is not measured: an update of one layer is taken to last as long as one of the
    whole network, which is longer (`benchmarks/pretraining.py`).

    Args:
        phase: the runs.
        config: the sweep.
        datasets: by name.
        device: that trains.
        sizes: of packs.
        around: returns how many seconds a run of a pack takes beside its updates.
    """
    together = len(phase.specs)
    if phase.name == "search":
        of_each = config.search.groups * config.search.generation
        together = len(config.variants) * len(values_of(config)) * of_each
    alike: defaultdict[tuple[object, ...], list[PackSpec]] = defaultdict(list)
    for specs in by_pace(phase.specs):
        for pack in make_packs(specs, min(together, *map(sizes.largest, specs))):
            alike[pack.first.pace, *sorted(spec.depth for spec in pack.trials)].append(pack)
    training = beside = 0.0
    for packs in alike.values():
        specs = [spec for each in packs for spec in each.trials]
        pack = replace(packs[0], device=device)
        training += sum(spec.all_updates for spec in specs) / _rate(pack, datasets[phase.dataset])
        beside += len(specs) * around(pack)
    return Estimate(phase, phase.model_updates / training, beside)


def _rate(pack: PackSpec, dataset: ImageDataset) -> float:
    """Return model-updates per second, data included; the first chunk makes buffers and caches."""
    module = PackModule(pack, dataset.n_inputs, dataset.n_classes, dataset.training)
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
