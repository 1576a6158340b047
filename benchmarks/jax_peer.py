"""The peer in JAX: `vmap` over stacked parameters, `lax.scan` over the updates of a chunk.

Started by `process_peers.py` with the interpreter of its own environment; it imports JAX, NumPy
and the standard library alone. Batches are float32 in the device's memory before the clock starts.
"""

import argparse
import functools
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from line_protocol import serve

BATCH = 10


class JaxTrainer:
    """All trials as one program; `chunk` updates are one call."""

    def __init__(self, folder: Path, activation: str, rate: float, chunk: int) -> None:
        import jax
        import jax.numpy as jnp

        self.jax, self.activation, self.rate = jax, getattr(jax.nn, activation), rate
        with np.load(folder / "start.npz") as arrays:
            values = [jnp.asarray(arrays[name]) for name in arrays.files]
        self.parameters = list(zip(values[::2], values[1::2], strict=True))
        self.trials = len(values[0])
        with np.load(folder / "pool.npz") as arrays:
            images, labels = arrays["images"], arrays["labels"]
        x = jnp.asarray((images.astype(np.float32) / 255).reshape(-1, BATCH, images.shape[1]))
        y = jnp.asarray(labels.astype(np.int32).reshape(-1, BATCH))
        self.chunk_updates = chunk
        self.chunks = [(x[i : i + chunk], y[i : i + chunk]) for i in range(0, len(x), chunk)]
        self.first = x[:100], y[:100]
        self.next_chunk = 0
        gradient = jax.vmap(jax.grad(self._loss), in_axes=(0, None, None))

        def update(parameters: Any, batch: Any) -> tuple[Any, None]:
            slopes = gradient(parameters, *batch)
            return jax.tree.map(lambda p, g: p - rate * g, parameters, slopes), None

        @functools.partial(jax.jit, donate_argnums=0)
        def scan(parameters: Any, batches: Any) -> Any:
            return jax.lax.scan(update, parameters, batches)[0]

        self.scan = scan

    def _loss(self, parameters: Any, x: Any, y: Any) -> Any:
        for weight, bias in parameters[:-1]:
            x = self.activation(x @ weight + bias)
        weight, bias = parameters[-1]
        log_p = self.jax.nn.log_softmax(x @ weight + bias)
        return -log_p[np.arange(BATCH), y].mean()

    def use_setting(self, name: str) -> None:
        """There is none."""

    def train_for(self, seconds: float) -> tuple[float, float]:
        """Train whole chunks; the first one (compilation) is nobody's time."""
        self._train(self.chunks[0])
        started, done = time.perf_counter(), 0
        while not done or time.perf_counter() - started < seconds:
            self.next_chunk = (self.next_chunk + 1) % len(self.chunks)
            self._train(self.chunks[self.next_chunk])
            done += self.chunk_updates
        return self.trials * done, time.perf_counter() - started

    def train_each(self, updates: int) -> None:
        """Train on the first batches."""
        x, y = self.first
        self._train((x[:updates], y[:updates]))

    def save(self, file: Path) -> None:
        """Store all weights."""
        stacks = [np.asarray(value) for pair in self.parameters for value in pair]
        arrays = {
            f"{trial}_{number}": stack[trial]
            for trial in range(self.trials)
            for number, stack in enumerate(stacks)
        }
        np.savez(file, **arrays)

    def _train(self, batches: Any) -> None:
        self.parameters = self.jax.block_until_ready(self.scan(self.parameters, batches))


def main() -> None:
    """Set the device and its threads before JAX is imported, then answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("activation", help="a name in jax.nn or `softsign`")
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--chunk", type=int, required=True, help="updates of one call")
    arguments = parser.parse_args()
    if arguments.device == "cpu":  # XLA makes as many threads as it may use cores
        cores = sorted(os.sched_getaffinity(0))[: arguments.threads]
        os.sched_setaffinity(0, cores)
    os.environ["JAX_PLATFORMS"] = arguments.device
    import jax

    jax.config.update("jax_default_matmul_precision", "float32")  # as PyTorch: no TF32
    names = {"softsign": "soft_sign"}
    activation = names.get(arguments.activation, arguments.activation)
    serve(JaxTrainer(arguments.folder, activation, arguments.rate, arguments.chunk))


if __name__ == "__main__":
    main()
