"""What one GPU reaches with the paper's networks; needs CUDA.

Run from the repository: `python benchmarks/gpu.py`. 32 trials and a single one of 1024-1000x5-9,
eagerly and from a CUDA graph, the 32 also by `fused.cu`, take turns with one bare PyTorch loop;
each is compared with the floor of its update in the same round. Then Shapeset is generated on the
device, and the time of evaluation, statistics and logging at the paper's schedule is measured.
Everything that trains must agree with a float64 loop after 20 updates before it is timed.
"""

import argparse
import json
import logging
import os
import statistics
import sys
import tempfile
import time
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from agreement import check_agreement
from beside_training import measure_beside, replicates
from cases import Case
from comparison import best_settings, summary
from cuda_graph import GraphPacked
from devices import synchronizer
from fused_updates import FUSED, compiler
from lightning_peers import Packed
from peers import BareLoop
from roofline import Machine, floor_rate, mean_work, measure_machine
from workload import LEARNING_RATE, Contender, Pool, Size, surroundings

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.data.shapeset import generate
from glorot_sweep.data.shapeset_dataset import ShapesetDataset

TABLE1 = Path(__file__).parents[1] / "sweeps" / "table1.yaml"
PAPER = Size.parse("1024-1000x5-9")
TRIALS, IMAGES = 32, 1 << 18
AIMS = {
    "updates_per_second": 35_000.0, "single_updates_per_second": 8_000.0, "over_bare_loop": 30.0,
    "images_per_second": 5_000_000.0, "share_beside_training": 0.03,
}  # fmt: skip


def opened(pool: Pool) -> tuple[dict[str, Case], list[Contender], dict[str, float]]:
    """Return the contenders, each checked; the case of each pack stands under its name."""
    many, one = Case(PAPER, TRIALS), Case(PAPER, 1)
    fused = many if compiler() else None  # fused.cu knows no lone network
    if fused is None:
        print("fused.cu: left out, no nvcc")
    cases: dict[str, Case] = {}
    contenders: list[Contender] = []
    checked: list[Contender] = []
    for case in (many, one):
        eager = Packed(f"{case.trials} eager", pool, case.specs())
        graph = GraphPacked(f"{case.trials} graph", pool, case.specs())
        own = [Packed(f"{case.trials} fused", pool, case.specs(), FUSED)] if case is fused else []
        contenders += [eager, graph, *own]
        cases |= {contender.name: case for contender in (eager, graph, *own)}
        checked += [
            GraphPacked(f"{case.trials} graph of {setting}", pool, case.specs(), setting)
            for setting in GraphPacked.settings
        ]
    starts = Packed("", pool, many.specs()).networks()
    contenders.append(BareLoop(pool, [("tanh", starts[0])], LEARNING_RATE))
    for contender in contenders:
        contender.threads_tried = (1,)
    unrecorded = [c for c in contenders if not isinstance(c, GraphPacked)]
    return cases, contenders, check_agreement([*unrecorded, *checked], pool, many.specs(), starts)


def measure_training(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return rates, ratios to the bare loop and shares of the floor, over the rounds."""
    pool = Pool(PAPER, "cuda")
    cases, contenders, agreement = opened(pool)
    chosen = best_settings(contenders, arguments.seconds / 2, 2)
    rounds, shares, machines = [], [], []
    for _ in range(arguments.rounds):
        one = {contender.name: contender.rate(arguments.seconds) for contender in contenders}
        measured = {
            name: measure_machine(case.footprint(), 1, "cuda", arguments.seconds / 4)
            for name, case in cases.items()
        }
        rounds.append(one)
        machines.append({name: asdict(machine) for name, machine in measured.items()})
        shares.append(
            {name: one[name] / _floor(case, measured[name]) for name, case in cases.items()}
        )
    bare = BareLoop.name
    return {
        "chosen": chosen,
        "disagreement_in_tolerances": agreement,
        "rounds": rounds,
        "machines": machines,
        "rates": {c.name: summary([one[c.name] for one in rounds]) for c in contenders},
        "over_bare_loop": {name: summary([r[name] / r[bare] for r in rounds]) for name in cases},
        "share_of_floor": {name: summary([one[name] for one in shares]) for name in cases},
    }


def _floor(case: Case, machine: Machine) -> float:
    return floor_rate(mean_work(case.size, case.specs()), machine)


def images_per_second(device: str, count: int, rounds: int) -> float:
    """Return the median rate at which Shapeset's images are made on the device."""
    synchronize, rates = synchronizer(device), []
    for number in range(rounds + 1):  # the first one warms up
        synchronize()
        started = time.perf_counter()
        generate("train", 1, number * count, count, device=device)
        synchronize()
        rates.append(count / (time.perf_counter() - started))
    return statistics.median(rates[1:])


def figures(training: dict[str, Any], images: float) -> dict[str, float]:
    """Return what `AIMS` says of training and images, by the fastest way."""

    def best(trials: int) -> str:
        ways: list[str] = [name for name in training["rates"] if name.startswith(f"{trials} ")]
        return max(ways, key=lambda name: float(training["rates"][name]["median"]))

    return {
        "updates_per_second": training["rates"][best(TRIALS)]["median"],
        "single_updates_per_second": training["rates"][best(1)]["median"],
        "over_bare_loop": training["over_bare_loop"][best(TRIALS)]["median"],
        "images_per_second": images,
    }


def main() -> None:
    """Measure, print each figure beside its aim, write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of a contender in a round")
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        print("gpu.py needs CUDA; PyTorch sees no GPU on this machine: nothing was measured")
        sys.exit(2)
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    content: dict[str, Any] = {**surroundings(), "aims": AIMS}

    def keep(**part: Any) -> None:  # a machine that is taken away leaves what it had measured
        content.update(part)
        if arguments.json:
            arguments.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    training = measure_training(arguments)
    keep(training=training)
    for name, share in training["share_of_floor"].items():
        rate = training["rates"][name]["median"]
        print(f"{name}: {rate:,.0f} updates/s, {100 * share['median']:.0f} % of the floor")
    images = images_per_second("cuda", IMAGES, arguments.rounds)
    found = figures(training, images)
    keep(images_per_second=images, found=found)
    config = read_sweep_file(TABLE1).config
    with tempfile.TemporaryDirectory() as folder:
        spec = replicates(config, TRIALS, PAPER.width, "cuda")
        beside = measure_beside(config, ShapesetDataset(), spec, Path(folder))
    found["share_beside_training"] = beside["share"]
    keep(beside=beside, found=found)
    for name, value in found.items():
        print(f"{name}: {value:,.4g}, aim {AIMS[name]:,.4g}")


if __name__ == "__main__":
    main()
