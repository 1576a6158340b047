"""What trains a sweep's packs: chosen at once, started only when there is work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.engine.choice import Engines
from glorot_sweep.host.provenance import Provenance, provenance
from glorot_sweep.sweep.contents.engines import device_to_go_on, settle
from glorot_sweep.sweep.execution.executor import Executor, LocalExecutor, set_threads
from glorot_sweep.sweep.execution.pack_sizes import PackSizes, choose_pack_sizes, deepest
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.training.callbacks import Advance


@dataclass(frozen=True)
class Ready:
    """What devices that have been started will do.

    Attributes:
        engines: of each variant.
        sizes: how large packs may be.
    """

    engines: Engines
    sizes: PackSizes


class Devices(Protocol):
    """Started by the one driver of a sweep, then opened as the executor of its packs."""

    def start(
        self, config: SweepConfig, datasets: Mapping[str, ImageDataset], begun: Engines | None
    ) -> Ready:
        """Start what is to do the work, and settle how.

        Args:
            config: the sweep.
            datasets: by name.
            begun: the engines that the sweep was begun with; None: it begins now.

        Raises:
            UserError: the devices or the engines cannot be had, or the packs do not fit.
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
        device: `cpu` or `cuda`; a sweep that was begun with the native engine goes on with it on
            the CPU, unless its file asks for the GPU.
    """

    def __init__(self, device: str = "cpu") -> None:
        self.device = device

    def start(
        self, config: SweepConfig, datasets: Mapping[str, ImageDataset], begun: Engines | None
    ) -> Ready:
        """Settle the engines and the threads of the training, and see how large packs may be."""
        self.device = device_to_go_on(config, self.device, begun)
        engines = settle(config, self.device, begun)
        threads = set_threads(config.execution.threads)
        sizes = choose_pack_sizes(config, datasets, self.device, threads)
        sizes.refuse_too_large(deepest(config, engines))
        return Ready(engines, sizes)

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
