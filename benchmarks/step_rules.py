"""How fast updates with a learning rate for each parameter are, next to plain ones of equal size.

Run from the repository: `python benchmarks/step_rules.py`. Each round times, side by side, packs of
networks of one engine that differ in their step rule alone, over chunks of 100 updates; the time to
make the chunks is left out. The diagonal of the Hessian is taken once in 5,000 updates: its time is
measured on its own in every round, and a 5,000th of it is added to every update.
"""

import argparse
import json
import statistics
import time
from dataclasses import replace
from pathlib import Path

import torch
from workload import BATCH, Pool, Size, pack_trials, surroundings

from glorot_sweep.data.datamodule import CHUNK_UPDATES
from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.engine.native.stepper import NativeStepper
from glorot_sweep.engine.stepper import Stepper
from glorot_sweep.engine.torch.stepper import TorchStepper
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import NATIVE, TORCH, PackSpec

HESSIAN, VARIANCE = "tanh_hessian", "tanh_gradient_variance"
LIMITS = {NATIVE: {HESSIAN: 0.6, VARIANCE: 0.5}, TORCH: {HESSIAN: 0.4}}
"""Shares of the speed of plain updates on the same engine that must be reached."""

DAMPING = 0.1
SIZES = {"1024-100x5-9": (20, 5), "1024-1000x5-9": (4, 1)}  # trials, chunks of a round
NAMES = ("tanh", HESSIAN, VARIANCE)


class Packs:
    """One pack of each rule, all on one engine and the same chunk."""

    def __init__(self, engine: str, size: Size, trials: int) -> None:
        pool, plain = Pool(size), pack_trials(size, trials, mixed=False)
        part = pool.training(0, 0, CHUNK_UPDATES * BATCH)
        self.images, self.labels = part.images[None], part.labels[None]
        self.steppers: dict[str, Stepper] = {}
        for variant in NAMES:
            damping = None if variant == "tanh" else DAMPING
            own = tuple(replace(t, variant=VARIANTS[variant], damping=damping) for t in plain)
            stepper = make_stepper(
                engine, PackSpec(own), size.inputs, size.classes,
                lambda *part: pool.training(*part).images,
            )  # fmt: skip
            stepper.update_chunk(self.images, self.labels)
            self.steppers[variant] = stepper

    def seconds(self, variant: str, chunks: int) -> float:
        """Return the time of an update, without any diagonal."""
        stepper = self.steppers[variant]
        stepper.updates = CHUNK_UPDATES  # a diagonal is never due in here
        started = time.perf_counter()
        for _ in range(chunks):
            stepper.update_chunk(self.images, self.labels)
            stepper.updates = CHUNK_UPDATES
        return (time.perf_counter() - started) / (chunks * CHUNK_UPDATES)

    def diagonal_seconds(self) -> float:
        """Return the time of one diagonal of the Hessian."""
        stepper = self.steppers[HESSIAN]
        assert isinstance(stepper, NativeStepper | TorchStepper)
        started = time.perf_counter()
        with torch.no_grad():
            stepper.take_curvature(0)
        return time.perf_counter() - started


def measure(engine: str, rounds: int) -> dict[str, list[dict[str, float]]]:
    """Return the seconds of an update of every rule, and of a diagonal, in every round."""
    found: dict[str, list[dict[str, float]]] = {}
    for name, (trials, chunks) in SIZES.items():
        packs = Packs(engine, Size.parse(name), trials)
        found[f"{trials} of {name}"] = [
            {v: packs.seconds(v, chunks) for v in NAMES} | {"diagonal": packs.diagonal_seconds()}
            for _ in range(rounds)
        ]
    return found


def ratio(one: dict[str, float], variant: str) -> float:
    """Return the speed of a rule's updates in one round, as a share of the plain ones'."""
    every = STEP_RULES[VARIANTS[variant].step_rule].curvature_every
    diagonal = one["diagonal"] / every if every else 0.0
    return one["tanh"] / (one[variant] + diagonal)


def main() -> None:
    """Measure some rounds; print the ratios; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    measured = {engine: measure(engine, arguments.rounds) for engine in LIMITS}
    for engine, sizes in measured.items():
        for name, rounds in sizes.items():
            for variant in NAMES[1:]:
                print(f"{engine}, {name}, {_line(engine, variant, rounds)}")
    if arguments.json:
        result = {**surroundings(), "limits": LIMITS, "seconds": measured}
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _line(engine: str, variant: str, rounds: list[dict[str, float]]) -> str:
    shares = [ratio(one, variant) for one in rounds]
    middle, limit = statistics.median(shares), LIMITS[engine].get(variant)
    verdict = f", {'at least' if middle >= limit else 'NOT at least'} {limit}" if limit else ""
    return (
        f"{variant}: {middle:.2f} of the plain speed ({min(shares):.2f} .. {max(shares):.2f})"
        f"{verdict}"
    )


if __name__ == "__main__":
    main()
