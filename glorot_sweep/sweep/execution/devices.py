"""What trains a sweep's packs: chosen at once, started only when there is work."""

from collections.abc import Callable, Mapping
from typing import Protocol

import torch

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.host.provenance import Provenance, provenance
from glorot_sweep.sweep.execution.executor import Executor, LocalExecutor
from glorot_sweep.sweep.execution.pack_sizes import PackSizes, choose_pack_sizes, deepest
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.training.callbacks import Advance


class Devices(Protocol):
    """Started by the one driver of a sweep, then opened as the executor of its packs."""

    def start(self, config: SweepConfig, datasets: Mapping[str, ImageDataset]) -> PackSizes:
        """Start what is to do the work, and return how large packs may be.

        Raises:
            UserError: the devices cannot be had, or the packs do not fit on them.
        """

    def made_with(self) -> Provenance:
        """Return what the runs are made with."""

    def open(
        self,
        place: Place,
        datasets: Mapping[str, ImageDataset],
        advance: Advance,
        note: Callable[[str], None],
    ) -> Executor:
        """Return the executor, which writes its runs to a place.

        Args:
            place: store and experiment.
            datasets: by name.
            advance: told what was trained; may raise to stop.
            note: shows one line.
        """

    def dismiss(self) -> None:
        """Let go of what was started and not closed."""


class LocalDevices:
    """This process, and the processor or the GPU that it sees.

    Args:
        device: `cpu` or `cuda`.
    """

    def __init__(self, device: str = "cpu") -> None:
        self.device = device

    def start(self, config: SweepConfig, datasets: Mapping[str, ImageDataset]) -> PackSizes:
        """Set the threads of the training, and see how large packs may be."""
        if config.execution.threads:
            torch.set_num_threads(config.execution.threads)
        sizes = choose_pack_sizes(config, datasets, self.device)
        sizes.refuse_too_large(deepest(config))
        return sizes

    def made_with(self) -> Provenance:
        """Return what runs of this process are made with."""
        return provenance(self.device)

    def open(
        self,
        place: Place,
        datasets: Mapping[str, ImageDataset],
        advance: Advance,
        note: Callable[[str], None],
    ) -> LocalExecutor:
        """Return an executor in this process."""
        runs = RunStore(place.client, place.experiment_id)
        return LocalExecutor(runs, datasets.__getitem__, advance, self.device)

    def dismiss(self) -> None:
        """Leave this process as it is."""
