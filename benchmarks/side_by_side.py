"""One of several processes side by side: trains its share of the trials when it is told to.

Started by `process_peers.py`, which it answers by `line_protocol.py`.
"""

import argparse
import logging
import warnings
from pathlib import Path

import numpy as np
import torch
from devices import synchronizer
from lightning_peers import Packed
from line_protocol import serve
from peers import BareLoop
from workload import LEARNING_RATE, Clock, Contender, Pool, Size, pack_trials

from glorot_sweep.specs import TORCH, TrialSpec


class Share:
    """A contender that is told by lines what to do."""

    def __init__(self, contender: Contender) -> None:
        self.contender = contender

    def use_setting(self, name: str) -> None:
        """Train like this from now on."""
        self.contender.setting = name

    def train_for(self, seconds: float) -> tuple[float, float]:
        """Return model-updates, and the seconds that they took."""
        clock = Clock(seconds, synchronize=synchronizer(self.contender.device))
        self.contender.train(clock)
        return self.contender.trials * clock.timed, clock.seconds

    def train_each(self, updates: int) -> None:
        """Train every network for so many updates."""
        self.contender.train_each(updates)

    def save(self, file: Path) -> None:
        """Store all weights."""
        arrays = {
            f"{number}_{2 * layer + kind}": values.numpy()
            for number, network in enumerate(self.contender.networks())
            for layer, pair in enumerate(network)
            for kind, values in enumerate(pair)
        }
        np.savez(file, allow_pickle=False, **arrays)


def contender_of(kind: str, pool: Pool, specs: tuple[TrialSpec, ...]) -> Contender:
    """Return a pack of these trials, or a bare loop over them."""
    packed = Packed(kind, pool, specs)
    if kind == TORCH:
        return packed
    activations = [spec.variant.activation for spec in specs]
    return BareLoop(pool, list(zip(activations, packed.networks(), strict=True)), LEARNING_RATE)


def main() -> None:
    """Build the share, then answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=(TORCH, "bare"))
    parser.add_argument("size", type=Size.parse)
    parser.add_argument("--variant", required=True, help="or `mixed`")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--trials", type=int, nargs="+", required=True)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    torch.set_num_threads(arguments.threads)
    mixed = arguments.variant == "mixed"
    variant = "tanh" if mixed else arguments.variant
    count = max(arguments.trials) + 1
    every = pack_trials(arguments.size, count, mixed=mixed, variant=variant)
    specs = tuple(every[number] for number in arguments.trials)
    pool = Pool(arguments.size, arguments.device)
    serve(Share(contender_of(arguments.kind, pool, specs)))


if __name__ == "__main__":
    main()
