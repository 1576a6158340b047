"""How many trials share a pack: as many as pay, no more than fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import N_PROBE, ImageDataset
from glorot_sweep.engine.choice import Engines
from glorot_sweep.engine.engines import STEPPERS
from glorot_sweep.errors import UserError
from glorot_sweep.host.limits import memory_limit
from glorot_sweep.specs import NATIVE, TrialSpec
from glorot_sweep.sweep.contents.engines import on_its_engine
from glorot_sweep.sweep.contents.phases import phases

# Beyond these a pack gains little: seen by hand on a CPU (docs/decisions.md); on a GPU it is the
# size that was measured there (docs/performance.md).
PLATEAU = {"cpu": 20, "cuda": 32}
# On a CPU, torch packs whose weights take more are slower than packs in turn that find theirs in
# the cache from one update to the next; a lone trial carries an idle companion
# (`engine.torch.layout`). The native engine applies a whole chunk to one network after another: it
# is as fast with one for each thread, however wide; more share their images and even out depths.
CACHED_BYTES, FEWEST_CACHED = 48 * 2**20, 2
SHARE = 0.5  # of the memory that packs may take; the rest is for data, MLflow and the system
FLOAT_BYTES = 4


@dataclass(frozen=True)
class PackSizes:
    """The size of packs on one device.

    Attributes:
        wanted: trials of a pack at the most; None: as many as pay.
        memory: bytes that a pack may take; None if that is not known here.
        shapes: inputs and classes of each data set.
        device: `cpu` or `cuda`.
        threads: of the process that trains a pack.
    """

    wanted: int | None
    memory: int | None
    shapes: Mapping[str, tuple[int, int]]
    device: str = "cpu"
    threads: int = 1

    def largest(self, spec: TrialSpec) -> int:
        """Return how many trials like this one a pack may have."""
        most = self.wanted or self._paying(spec)
        if self.memory is None:
            return most
        return max(1, min(most, self.memory // self._bytes(spec)))

    def _paying(self, spec: TrialSpec) -> int:
        plateau = PLATEAU[self.device]
        if self.device == "cuda":
            return plateau
        if spec.engine == NATIVE:
            return max(plateau, self.threads)
        n_weights = STEPPERS[spec.engine].n_weights(spec, *self.shapes[spec.dataset])
        weights = FLOAT_BYTES * n_weights
        return min(plateau, max(FEWEST_CACHED, CACHED_BYTES // weights))

    def refuse_too_large(self, specs: Iterable[TrialSpec]) -> None:
        """Refuse a size that was asked for and cannot fit, and a network that fits in no pack.

        Raises:
            UserError: says what fits.
        """
        for spec in specs:
            if self.memory is not None and (takes := self._bytes(spec)) > self.memory / SHARE:
                raise UserError(
                    f"one trial of width {spec.width} and {spec.depth} hidden layers on "
                    f"{spec.dataset} takes about {takes / 2**30:,.1f} GiB, more than all the "
                    f"memory of a process that trains here, {self.memory / SHARE / 2**30:,.1f} "
                    "GiB. Ask for narrower networks, or fewer workers."
                )
            if self.wanted is not None and (fits := self.largest(spec)) < self.wanted:
                raise UserError(
                    f"execution.pack_size {self.wanted} does not fit: a trial of width "
                    f"{spec.width} on {spec.dataset} takes about "
                    f"{self._bytes(spec) / 2**20:,.1f} MiB, and packs may take "
                    f"{(self.memory or 0) / 2**30:.1f} GiB. {fits} fit; auto chooses by itself."
                )

    def _bytes(self, spec: TrialSpec) -> int:
        return STEPPERS[spec.engine].trial_bytes(spec, *self.shapes[spec.dataset], N_PROBE)


def choose_pack_sizes(
    config: SweepConfig,
    datasets: Mapping[str, ImageDataset],
    device: str,
    threads: int,
    workers: int | None = 1,
) -> PackSizes:
    """Return the sweep's pack sizes on a device.

    Args:
        config: the sweep.
        datasets: its data sets, loaded.
        device: `cpu` or `cuda`.
        threads: of a process that trains packs.
        workers: that share its memory; None if they are on other machines.
    """
    asked = config.execution.pack_size
    wanted = None if asked == "auto" else asked
    shapes = {name: (one.n_inputs, one.n_classes) for name, one in datasets.items()}
    memory = None if workers is None else int(SHARE * device_memory(device) / workers)
    return PackSizes(wanted, memory, shapes, device, threads)


def deepest(config: SweepConfig, engines: Engines) -> list[TrialSpec]:
    """Return one of the deepest trials of each size and data set of a sweep."""
    specs = [on_its_engine(spec, engines) for phase in phases(config) for spec in phase.specs]
    return list({spec.size: spec for spec in sorted(specs, key=lambda one: one.depth)}.values())


def device_memory(device: str) -> int:
    """Return the memory of the first GPU, or of this machine or container, in bytes."""
    if device == "cuda":
        return int(torch.cuda.get_device_properties(0).total_memory)
    return memory_limit()
