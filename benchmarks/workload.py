"""What the contenders of a benchmark share: sizes, batches, the clock, and the machine's name."""

import gc
import math
import os
import platform
import shlex
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from devices import synchronizer
from torch import Tensor

from glorot_sweep.data.dataset import Examples, ImageDataset
from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import TrialSpec

BATCH = 10
LEARNING_RATE = 0.01
POOL_UPDATES = 1000  # pre-made batches; contenders go round them

Layers = list[tuple[Tensor, Tensor]]
"""Weights [fan_in, fan_out] and biases [fan_out] of one network."""


@dataclass(frozen=True)
class Size:
    """Inputs, width, hidden layers and classes, written `1024-100x5-9`."""

    inputs: int
    width: int
    depth: int
    classes: int

    @classmethod
    def parse(cls, text: str) -> "Size":
        """Read `inputs-widthxdepth-classes`."""
        inputs, hidden, classes = text.split("-")
        width, depth = hidden.split("x")
        return cls(int(inputs), int(width), int(depth), int(classes))

    def __str__(self) -> str:
        return f"{self.inputs}-{self.width}x{self.depth}-{self.classes}"


class Pool(ImageDataset):
    """Pre-made training batches, 8-bit for packs and float32 on the device for the peers.

    Pixels and labels are random: the time of an update does not depend on them.
    """

    def __init__(self, size: Size, device: str = "cpu") -> None:
        self.name, self.n_inputs = "pool", size.inputs
        self.class_names = tuple(str(label) for label in range(size.classes))
        generator = torch.Generator().manual_seed(0)
        n = POOL_UPDATES * BATCH
        self.images = torch.randint(256, (n, size.inputs), generator=generator, dtype=torch.uint8)
        self.labels = torch.randint(size.classes, (n,), generator=generator)
        self.device = device
        scaled = scale_pixels(self.images, torch.float32).to(device)
        labels = self.labels.to(device)
        self.batches = list(
            zip(torch.split(scaled, BATCH), torch.split(labels, BATCH), strict=True)
        )

    def training(self, data_seed: int, first: int, count: int) -> Examples:
        """Return a slice; there is one stream, as among the tuning trials of a data set."""
        start = first % len(self.labels)
        assert start + count <= len(self.labels), "a chunk must not cross the end of the pool"
        part = slice(start, start + count)
        return Examples(self.images[part], self.labels[part])

    @staticmethod
    def bytes_of(size: Size) -> int:
        """Return the memory of the 8-bit and of the float32 images."""
        return 5 * POOL_UPDATES * BATCH * size.inputs

    def digest(self) -> str:
        """Unused."""
        return "pool"


class Clock:
    """Ends a slice of training after a time or a number of updates, and takes its time.

    The first tick starts the clock: what a slice does once (caches, the first call of
    Lightning's hooks) is nobody's time. At both ends the device has finished what it was given.
    """

    def __init__(
        self,
        seconds: float = math.inf,
        updates: float = math.inf,
        synchronize: Callable[[], None] = lambda: None,
    ) -> None:
        self.limit_seconds, self.limit_updates = seconds, updates
        self.synchronize = synchronize
        self.started: float | None = None
        self.seconds, self.timed, self.updates = 0.0, 0, 0

    def tick(self, updates: int = 1) -> bool:
        """Count finished updates; return whether the slice is over."""
        self.updates += updates
        if self.started is None:
            self.synchronize()
            self.started = time.perf_counter()
        else:
            self.timed += updates
            self.seconds = time.perf_counter() - self.started
        over = self.updates >= self.limit_updates or (
            self.timed > 0 and self.seconds >= self.limit_seconds
        )
        if over:
            self.synchronize()
            self.seconds = time.perf_counter() - self.started
        return over


class Contender(ABC):
    """Something that trains `trials` networks at once.

    Attributes:
        name: in the table.
        settings: what besides the number of threads a competent user would try.
        setting: the one in use.
        threads_tried: numbers of threads, likewise.
        trials: networks trained by one update.
        device: where.
    """

    name: str
    settings: tuple[str, ...] = ("",)
    setting = ""
    threads_tried: tuple[int, ...] = tuple(sorted({1, os.cpu_count() or 1}))
    trials = 1
    device = "cpu"

    def use_threads(self, threads: int) -> None:
        """Train with so many threads from now on."""
        torch.set_num_threads(threads)

    def rate(self, seconds: float) -> float:
        """Return model-updates/s over a slice of time."""
        clock = Clock(seconds, synchronize=synchronizer(self.device))
        gc.collect()
        self.train(clock)
        return self.trials * clock.timed / clock.seconds

    def train_each(self, updates: int) -> None:
        """Train every network for so many updates."""
        self.train(Clock(updates=updates))

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Let go what outlasts a slice."""

    @abstractmethod
    def train(self, clock: Clock) -> None:
        """Train until the clock says stop."""

    @abstractmethod
    def networks(self) -> list[Layers]:
        """Return the weights of every network, in the order of the trials."""


def pack_trials(
    size: Size, trials: int, *, mixed: bool, variant: str = "tanh"
) -> tuple[TrialSpec, ...]:
    """Return specifications: all alike at full depth, or all variants at depths 1 to full."""
    names = ("softsign", "softsign_n", "tanh", "tanh_n", "sigmoid")
    plain = TrialSpec(
        "t0", "pool", VARIANTS[variant], size.depth, size.width, LEARNING_RATE, BATCH, 1, 0, 0, (1,)
    )
    specs = [replace(plain, key=f"t{i}", weight_seed=i) for i in range(trials)]
    if mixed:
        specs = [
            replace(spec, variant=VARIANTS[names[(i + i // 5) % 5]], depth=1 + i % size.depth)
            for i, spec in enumerate(specs)
        ]
    return tuple(specs)


def chunk_updates(inputs: int, width: int, trials: int, device: str) -> int:
    """Return how many updates a chunk has: 100 as in a sweep, 10 where these would take seconds."""
    weights = trials * width * (inputs + 4 * width)
    return 100 if device == "cuda" or weights < 5_000_000 else 10


def surroundings() -> dict[str, Any]:
    """Return date, machine, versions and command line, as a figure's reader needs them."""
    packages = ("torch", "pytorch-lightning", "mlflow", "numpy", "glorot-sweep")
    return {
        "command": shlex.join(["python", *sys.argv]),
        "date": datetime.now(UTC).date().isoformat(),
        "platform": platform.platform(),
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "load_at_start": round(os.getloadavg()[0], 2),  # others' work, if it is not near 0
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "versions": {"python": platform.python_version(), **{p: version(p) for p in packages}},
    }


def _cpu_model() -> str:
    """Return the processor's name; with family and model, since some names are just a brand."""
    file = Path("/proc/cpuinfo")
    if not file.exists():
        return platform.processor()
    pairs = (line.partition(":") for line in file.read_text(encoding="utf-8").splitlines())
    known: dict[str, str] = {}
    for key, _, value in pairs:
        known.setdefault(key.strip(), value.strip())
    name = known.get("model name", platform.processor())
    return f"{name} (family {known.get('cpu family', '?')}, model {known.get('model', '?')})"
