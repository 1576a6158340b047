"""Contenders in processes of their own: JAX, and several processes side by side on one device.

A process is started once, for each number of threads that is tried, and waits on its input
between its slices. Side by side, all are sent off before the first is waited for.
"""

import os
import subprocess
import sys
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from line_protocol import Child
from numpy.typing import NDArray
from workload import LEARNING_RATE, Clock, Contender, Layers, Pool, Size, chunk_updates

HERE = Path(__file__).parent


class ProcessContender(Contender):
    """Something that trains in processes; `commands` says how they are started.

    Attributes:
        trials_of: the trials of each process, by number.
    """

    def __init__(self, name: str, folder: Path, trials_of: list[list[int]]) -> None:
        self.name, self.folder, self.trials_of = name, folder, trials_of
        self.trials = sum(map(len, trials_of))
        self._started: dict[int, list[Child]] = {}
        self._children: list[Child] = []

    @abstractmethod
    def commands(self, threads: int) -> list[list[str]]:
        """Return how to start each process with so many threads."""

    def use_threads(self, threads: int) -> None:
        """Turn to the processes with so many threads each; the first time, start them."""
        if threads not in self._started:
            environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
            self._started[threads] = [
                Child(command, environment) for command in self.commands(threads)
            ]
            for child in self._started[threads]:
                child.hear("ready")
        self._children = self._started[threads]

    def rate(self, seconds: float) -> float:
        """Return the sum of the processes' own model-updates/s over the same slice of time."""
        self._tell(f"setting {self.setting}")
        self._say(f"seconds {seconds}")
        answers = [child.hear("trained") for child in self._children]
        return sum(float(updates) / float(taken) for updates, taken in answers)

    def train_each(self, updates: int) -> None:
        """Train every network for so many updates."""
        if not self._children:
            self.use_threads(self.threads_tried[0])
        self._tell(f"updates {updates}")

    def train(self, clock: Clock) -> None:
        """The processes have clocks of their own."""
        raise NotImplementedError(f"{self.name} is measured by rate and train_each")

    def networks(self) -> list[Layers]:
        """Fetch all weights, and put them in the order of the trials."""
        found: dict[int, Layers] = {}
        for child, trials in zip(self._children, self.trials_of, strict=True):
            file = self.folder / "weights.npz"
            child.say(f"save {file}")
            child.hear("ok")
            with np.load(file) as arrays:
                for place, trial in enumerate(trials):
                    values = _in_order(arrays, place)
                    found[trial] = list(zip(values[::2], values[1::2], strict=True))
        return [found[trial] for trial in sorted(found)]

    def close(self) -> None:
        """End every process."""
        for children in self._started.values():
            for child in children:
                child.close()
        self._started.clear()

    def _say(self, line: str) -> None:
        for child in self._children:
            child.say(line)

    def _tell(self, line: str) -> None:
        self._say(line)
        for child in self._children:
            child.hear("ok")


def _in_order(arrays: Mapping[str, NDArray[np.float32]], network: int) -> list[torch.Tensor]:
    """Return weight and bias of each layer of a network in a file that a peer has saved."""
    own = sum(name.startswith(f"{network}_") for name in arrays)
    return [torch.from_numpy(arrays[f"{network}_{number}"]) for number in range(own)]


class SideBySide(ProcessContender):
    """Several processes of one thread each: of a bare loop with one trial, or of a pack."""

    threads_tried = (1,)

    def __init__(
        self, name: str, kind: str, size: Size, trials: tuple[str, list[list[int]]], folder: Path,
        *, settings: tuple[str, ...] = ("",), device: str = "cpu",
    ) -> None:  # fmt: skip
        variant, trials_of = trials
        super().__init__(name, folder, trials_of)
        self.kind, self.size, self.variant, self.settings = kind, size, variant, settings
        self.device = device

    def commands(self, threads: int) -> list[list[str]]:
        """Return a command for each share of the trials."""
        return [
            [
                sys.executable, str(HERE / "side_by_side.py"), self.kind, str(self.size),
                "--variant", self.variant, "--threads", str(threads), "--device", self.device,
                "--trials", *map(str, numbers),
            ]
            for numbers in self.trials_of
        ]  # fmt: skip


class Jax(ProcessContender):
    """JAX: `vmap` over stacked parameters, `lax.scan` over the updates of a chunk, donated.

    It runs in its own environment and gets batches and initial weights from files.
    """

    def __init__(
        self, name: str, python: Path, pool: Pool, activation: str, networks: list[Layers],
        folder: Path,
    ) -> None:  # fmt: skip
        super().__init__(name, folder, [list(range(len(networks)))])
        self.python, self.activation, self.device = python, activation, pool.device
        inputs, width = networks[0][0][0].shape
        self.chunk = chunk_updates(inputs, width, len(networks), pool.device)
        self.threads_tried = (1,) if pool.device == "cuda" else Contender.threads_tried
        np.savez(folder / "pool.npz", images=pool.images.numpy(), labels=pool.labels.numpy())
        stacks = [
            torch.stack([network[layer][kind] for network in networks]).numpy()
            for layer in range(len(networks[0]))
            for kind in (0, 1)
        ]
        np.savez(folder / "start.npz", *stacks)

    def commands(self, threads: int) -> list[list[str]]:
        """Return the one command."""
        return [
            [
                str(self.python), str(HERE / "jax_peer.py"), str(self.folder), self.activation,
                "--rate", str(LEARNING_RATE), "--threads", str(threads), "--device", self.device,
                "--chunk", str(self.chunk),
            ]
        ]  # fmt: skip


def why_no_jax(python: Path) -> str | None:
    """Return why JAX is left out, or None if this interpreter has it."""
    if not python.exists():
        return "not installed (make jax-env)"
    asked = subprocess.run(
        [python, "-c", "import jax"], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        last = (asked.stderr.strip().splitlines() or ["no message"])[-1]
        return f"{python} cannot import it: {last} (make jax-env)"
    return None
