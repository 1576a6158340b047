"""Prints digests of what feeds the engines, as JSON; `test_every_cpu` runs it as on other CPUs."""

import hashlib
import json
import os
import sys

import numpy as np
import optuna
import torch
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from optuna.distributions import FloatDistribution

from glorot_sweep.data.counter_random import stream_keys
from glorot_sweep.data.finite import permuted_rows
from glorot_sweep.data.same_bits import power_of_half
from glorot_sweep.data.shapeset_dataset import KINDS
from glorot_sweep.data.shapeset_objects import draw_shapes, place, tabulate_figures
from glorot_sweep.engine.inputs import INPUT_SPANS, scale_pixels
from glorot_sweep.engine.torch.initialization import initial_weights
from glorot_sweep.engine.torch.masking_noise import MaskingNoise
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.sweep.search.proposals import Proposals

SIZES = [1024, 200, 300, 9]
SMALL = [1024, 30, 30, 9]
PRECISIONS = (torch.float32, torch.float64)
SPACE = {
    "learning_rate": FloatDistribution(1e-4, 0.3, log=True),
    "noise": FloatDistribution(0.0, 0.5),
}


def digest(*arrays: np.ndarray | torch.Tensor) -> str:
    """SHA-256, cut, of little-endian contents."""
    whole = hashlib.sha256()
    for array in map(np.ascontiguousarray, arrays):
        whole.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return whole.hexdigest()[:24]


def proposals() -> list[float]:
    """Random ones; TPE's arithmetic is an exception from the rule."""
    drawing = Proposals(optuna.create_study(), SPACE, [], None)
    return [value for n in range(500) for value in drawing.propose(n, n, {}).values()]


def objects() -> list[torch.Tensor]:
    """The tables and numbers behind images, whose pixels show few of their bits."""
    figures = tabulate_figures(20, torch.device("cpu"))
    keys = stream_keys("train", 7, 0, 5000)
    poses = place(figures, draw_shapes(figures, keys, 5, 6, 7), 11, 32)
    tables = (figures.vertex, figures.tangent, figures.area, figures.cosine, figures.sine)
    return [*tables, poses.numbers, power_of_half(poses.numbers.abs())]


def digests() -> dict[str, str]:
    """Return what must not depend on the machine, by name."""
    grey = torch.arange(256, dtype=torch.uint8)
    seen = KINDS["shapeset"].images("train", 7, 0, 64).images.double() / 255
    noise = MaskingNoise([1, 2], [0.1, 0.25], 0, (10, 1024))
    return {
        **{
            name: digest(*initial_weights(name, SIZES, 7, "gelu", seen))
            for name in sorted(INITIALIZATIONS)
        },
        "lsuv of each activation": digest(
            *(
                w
                for name in sorted(ACTIVATIONS)
                for w in initial_weights("lsuv", SMALL, 7, name, seen)
            )
        ),
        **{
            name: digest(*vars(kind.images("train", 7, 0, 20_000)).values())
            for name, kind in KINDS.items()
        },
        "objects": digest(*objects()),
        **{
            f"{scaling} inputs": digest(*(scale_pixels(grey, of, scaling) for of in PRECISIONS))
            for scaling in INPUT_SPANS
        },
        "order of examples": digest(permuted_rows(50_000, 7, 0, 100_000)),
        "masking noise": digest(*(noise.hidden(update).clone() for update in range(20))),
        "proposals": digest(np.array(proposals())),
    }


def cpu() -> dict[str, object]:
    """Return which instructions libraries are left with."""
    return {
        "torch": torch.backends.cpu.get_cpu_capability(),
        "numpy": [name for name in __cpu_dispatch__ if __cpu_features__[name]],
        "threads": torch.get_num_threads(),
        "glibc": os.environ.get("GLIBC_TUNABLES", ""),
    }


if __name__ == "__main__":
    json.dump({"cpu": cpu(), "digests": digests()}, sys.stdout, indent=1)
