"""What a sweep will take on this machine: its model-updates, and their rate in a short trial."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.datamodule import CHUNK_UPDATES, PackDataModule
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.specs import PackSpec, TrialSpec
from glorot_sweep.sweep.hyperparameters import make_spec, middle
from glorot_sweep.sweep.monitored import monitored_specs
from glorot_sweep.sweep.packing import make_packs
from glorot_sweep.sweep_file import read_sweep_file
from glorot_sweep.training.measuring import measure
from glorot_sweep.training.module import PackModule
from glorot_sweep.variants import VARIANTS

MEASURE_SECONDS = 5.0  # of training, for each kind of pack


@dataclass(frozen=True)
class Phase:
    """Runs of one kind on one data set.

    Attributes:
        name: search, replicates or monitored.
        dataset: the data set.
        specs: their specifications; learning rates and winners are not known yet, so every depth
            of the search space is equally frequent.
    """

    name: str
    dataset: str
    specs: tuple[TrialSpec, ...]

    @property
    def model_updates(self) -> int:
        """SGD steps of all runs together, if none is pruned; those of pre-training count too."""
        return sum(spec.all_updates for spec in self.specs)


@dataclass(frozen=True)
class Estimate:
    """What a phase will take.

    Attributes:
        phase: the runs.
        rate: model-updates per second.
        looks: seconds of evaluations of all runs together.
    """

    phase: Phase
    rate: float
    looks: float

    @property
    def seconds(self) -> float:
        """Of training and evaluations."""
        return self.phase.model_updates / self.rate + self.looks


def show_plan(file: Path, named_folder: Path | None, console: Console) -> None:
    """Measure packs like those of a sweep, and print what the sweep would take.

    Raises:
        UserError: something in the file or the data is wrong.
    """
    config = read_sweep_file(file)
    if config.execution.threads:
        torch.set_num_threads(config.execution.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    folder, table = data_folder(named_folder), Table(title=f"{config.name} on this {device}")
    for heading in ("data set", "phase", "runs", "model-updates", "per second", "hours"):
        table.add_column(heading, justify="right")
    hours = 0.0
    for phase in phases(config):
        dataset = load_dataset(phase.dataset, folder, config.image_folders.get(phase.dataset))
        found = estimate(phase, config, dataset, device)
        hours += found.seconds / 3600
        table.add_row(
            phase.dataset, phase.name, f"{len(phase.specs):,}", f"{phase.model_updates:,}",
            f"{found.rate:,.0f}", f"{found.seconds / 3600:.2f}",
        )  # fmt: skip
    console.print(table)
    console.print(
        f"{hours:.1f} device-hours if no trial is pruned and every winner is at two depths; layer "
        "statistics, logging and the report not counted",
        highlight=False,
    )


def phases(config: SweepConfig) -> Iterator[Phase]:
    """Yield what a sweep consists of, data set by data set."""
    search, replicates = config.search, config.replicates
    depths = range(search.depth.low, search.depth.high + 1)
    for dataset in config.datasets:
        rungs = (*search.rungs, search.updates)
        trials = [
            _spec(config, dataset, variant, depths[number % len(depths)], rungs, f"t{number}")
            for number in range(search.trials)
            for variant in config.variants
        ]
        yield Phase("search", dataset, tuple(trials))
        looks = (*replicates.evaluations, replicates.updates)
        winners = [
            _spec(config, dataset, variant, depth, looks, f"{role}{seed}", "replicate")
            for seed in range(replicates.seeds)
            for variant in config.variants
            for role, depth in (("table", search.table_depth), ("best", depths[-1]))
        ]
        yield Phase("replicates", dataset, tuple(winners))
    if config.monitored:
        yield Phase("monitored", config.datasets[0], tuple(monitored_specs(config)))


def estimate(phase: Phase, config: SweepConfig, dataset: ImageDataset, device: str) -> Estimate:
    """Train a pack of the phase for some seconds, and evaluate it once.

    Pre-training is not measured: an update of one layer is taken to last as long as one of the
    whole network, which is longer (`benchmarks/pretraining.py`).
    """
    size = config.execution.pack_size
    if phase.name == "search":
        size = min(size, len(config.variants) * config.search.generation)
    pack = make_packs(phase.specs, size)[0]
    module = PackModule(pack, dataset.n_inputs, dataset.n_classes).to(device)
    rate = _rate(module, pack, dataset)
    started = time.perf_counter()
    measure(module.network, dataset.validation)
    sets = 2 if phase.name == "replicates" else 1  # validation and test
    look = (time.perf_counter() - started) * sets / len(pack.trials)
    looks = sum(len(spec.evaluate_at) for spec in phase.specs)
    return Estimate(phase, rate, look * looks)


def _rate(module: PackModule, pack: PackSpec, dataset: ImageDataset) -> float:
    """Return model-updates per second, data included; the first chunk makes buffers and caches."""
    size, updates = pack.first.batch_size, pack.first.updates
    feed = PackDataModule(dataset, module.data_seeds, size, (max(updates, 2 * CHUNK_UPDATES),))
    started, done = 0.0, 0
    for number, chunk in enumerate(feed.train_dataloader()):
        moved = feed.transfer_batch_to_device(chunk, module.network.device, 0)
        module.training_step(moved, number)
        if module.network.device.type == "cuda":
            torch.cuda.synchronize()
        if not number:
            started = time.perf_counter()
            continue
        done += chunk.updates
        if time.perf_counter() - started > MEASURE_SECONDS:
            break
    return done * len(pack.trials) / (time.perf_counter() - started)


def _spec(
    config: SweepConfig,
    dataset: str,
    variant: str,
    depth: int,
    looks: tuple[int, ...],
    number: str,
    purpose: str = "trial",
) -> TrialSpec:
    search = config.search
    return make_spec(
        config,
        dataset,
        variant,
        middle(search, VARIANTS[variant], search.learning_rate.low, depth),
        key=f"{variant}-{dataset}-{number}",
        updates=looks[-1],
        weight_seed=0,
        data_seed=0,
        evaluate_at=looks,
        purpose=purpose,
    )
