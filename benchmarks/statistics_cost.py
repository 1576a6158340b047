"""What looking into the layers costs, as a share of the training beside it.

Run from the repository: `python benchmarks/statistics_cost.py`. Each round times, side by side,
chunks of 100 updates of a pack and looks at the same pack (the trace on the 300 probe examples and
the statistics of `economy`, with and without details), and scales both to a schedule:

* `sweeps/quick.yaml`: packs of trials and of replicates, with the looks and updates of the file
  (pruned trials count as whole ones, in training and in looks);
* the paper's: networks of 1000 units, 5 million updates, log-spaced looks, details at both ends.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workload import surroundings

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.statistics import StatisticsConfig
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.datamodule import CHUNK_UPDATES, Chunk
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.data.shapeset_dataset import ShapesetDataset
from glorot_sweep.diagnostics.summary import summarize
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import PackSpec, TrialSpec
from glorot_sweep.sweep.contents.statistics import Purpose, statistics_spec
from glorot_sweep.training.module import PackModule
from glorot_sweep.training.probing import JACOBIAN_EXAMPLES

QUICK = Path(__file__).parents[1] / "sweeps" / "quick.yaml"
LIMITS = {"quick": 0.10, "paper": 0.02}
PAPER_WIDTH, PAPER_UPDATES = 1000, 5_000_000


@dataclass(frozen=True)
class Part:
    """Packs of one kind within a schedule.

    Attributes:
        purpose: decides how often and how closely is looked.
        trials: networks of a pack; their variants and depths go round.
        depths: hidden layers.
        width: units.
        updates: SGD steps.
        packs: how many such packs.
    """

    purpose: Purpose
    trials: int
    depths: tuple[int, ...]
    width: int
    updates: int
    packs: float

    def spec(self, variants: tuple[str, ...]) -> PackSpec:
        """Return a pack of this kind."""
        return PackSpec(
            tuple(
                TrialSpec(
                    key=str(number), dataset="shapeset",
                    variant=VARIANTS[variants[number % len(variants)]],
                    depth=self.depths[number // len(variants) % len(self.depths)],
                    width=self.width, learning_rate=0.01, batch_size=10, updates=self.updates,
                    weight_seed=number, data_seed=0, evaluate_at=(self.updates,),
                )
                for number in range(self.trials)
            )
        )  # fmt: skip


def schedules(quick: SweepConfig) -> dict[str, list[Part]]:
    """Return the parts of each schedule."""
    search, variants = quick.search, len(quick.variants)
    generation = variants * search.generation
    depths = tuple(range(search.depth.low, search.depth.high + 1))
    replicates = variants * quick.replicates.seeds
    assert quick.monitored is not None
    width = quick.network.width
    return {
        "quick": [
            Part("trial", generation, depths, width, search.updates,
                 variants * search.groups * search.group_trials / generation),
            Part("replicate", replicates, (search.table_depth,), width,
                 quick.replicates.updates, 1),
            Part("monitored", variants + 1, (search.table_depth,), width,
                 quick.monitored.updates, 1),
        ],
        "paper": [Part("replicate", 4, (5,), PAPER_WIDTH, PAPER_UPDATES, 1)],
    }  # fmt: skip


def seconds(work: Callable[[], object], at_least: float = 0.3) -> float:
    """Return the time of one call, the mean of as many as fill some time."""
    work()
    started, calls = time.perf_counter(), 0
    while not calls or time.perf_counter() - started < at_least:
        work()
        calls += 1
    return (time.perf_counter() - started) / calls


def measure(part: Part, variants: tuple[str, ...], dataset: ImageDataset) -> dict[str, float]:
    """Return seconds of training and of looking in the whole of a part."""
    module = PackModule(part.spec(variants), dataset.n_inputs, dataset.n_classes)
    examples = dataset.training(0, 0, CHUNK_UPDATES * 10)
    chunk = Chunk(0, CHUNK_UPDATES, examples.images.unsqueeze(0), examples.labels.unsqueeze(0))
    probe = dataset.probe

    def look(*, detailed: bool) -> None:
        trace = module.stepper.trace(probe.images, probe.labels)
        summarize(
            trace, 0, detailed=detailed, saturation_bound=0.9, jacobian_examples=JACOBIAN_EXAMPLES
        )

    training = seconds(lambda: module.training_step(chunk, 0)) / CHUNK_UPDATES
    economy = seconds(lambda: look(detailed=False))
    detailed = seconds(lambda: look(detailed=True), 0.0 if part.width > 500 else 0.3)
    spec = statistics_spec(StatisticsConfig(cost="economy"), part.updates, part.purpose)
    plain_looks = len(spec.updates) - len(spec.detailed_at)
    return {
        "update_ms": 1000 * training,
        "economy_look_ms": 1000 * economy,
        "detailed_look_ms": 1000 * detailed,
        "training_seconds": part.packs * part.updates * training,
        "looking_seconds": part.packs * (plain_looks * economy + len(spec.detailed_at) * detailed),
    }


def main() -> None:
    """Measure some rounds; print the shares; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    quick, dataset = read_sweep_file(QUICK).config, ShapesetDataset()
    rounds: list[dict[str, list[dict[str, float]]]] = []
    for _ in range(arguments.rounds):
        rounds.append(
            {
                name: [measure(part, quick.variants, dataset) for part in parts]
                for name, parts in schedules(quick).items()
            }
        )
    shares = {name: [share(one[name]) for one in rounds] for name in rounds[0]}
    for name, values in shares.items():
        limit, middle = LIMITS[name], statistics.median(values)
        verdict = "under" if middle < limit else "NOT under"
        print(
            f"{name}: layer statistics take {100 * middle:.2f} % of training "
            f"({100 * min(values):.2f} .. {100 * max(values):.2f}), {verdict} {100 * limit:.0f} %"
        )
        for number, part in enumerate(schedules(quick)[name]):
            parts = [one[name][number] for one in rounds]
            middles = {key: statistics.median(p[key] for p in parts) for key in parts[0]}
            print(
                f"  {part.trials} {part.purpose} of width {part.width}: update "
                f"{middles['update_ms']:.2f} ms, look {middles['economy_look_ms']:.0f} ms, "
                f"with details {middles['detailed_look_ms']:.0f} ms"
            )
    if arguments.json:
        measured = {**surroundings(), "limits": LIMITS, "shares": shares, "rounds": rounds}
        arguments.json.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")


def share(parts: list[dict[str, float]]) -> float:
    """Return looking over training."""
    looking = sum(part["looking_seconds"] for part in parts)
    return looking / sum(part["training_seconds"] for part in parts)


if __name__ == "__main__":
    main()
