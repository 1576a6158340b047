"""How fast a pack is pre-trained, against its training proper at equal size.

Run from the repository: `python benchmarks/pretraining.py`. Each engine does the same work as a
sweep, noise included: scaling of pixels, then updates, on chunks of 100 made beforehand. Each round
times the same number of supervised updates of the whole pack and of pre-training updates of each
of its hidden layers in turn, and what counts are the ratios of one round, and their median.

"Equal size" means the same pack, the same batch: the ratio is the time of one supervised update of
all layers over the time of one pre-training update of one layer, averaged over the layers, since
each of them gets as many. A network of depth d is pre-trained by d times as many updates as each
layer has, so the time that pre-training adds is d x updates of a layer / ratio. The ratio of each
layer alone is printed too: the first, which is the widest, is the slowest.
"""

import argparse
import json
import statistics
import time
from dataclasses import replace
from pathlib import Path

from workload import BATCH, Pool, Size, pack_trials, surroundings

from glorot_sweep.data.datamodule import CHUNK_UPDATES, Chunk
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import NATIVE, TORCH, PackSpec, Pretraining
from glorot_sweep.training.module import PackModule

LIMITS = {NATIVE: 1.0, TORCH: 0.6}
TRIALS = {"1024-100x5-9": 20, "784-100x5-10": 20, "1024-1000x5-9": 4}
UPDATES = {"1024-100x5-9": 200, "784-100x5-10": 200, "1024-1000x5-9": 20}  # of a round
EACH = Pretraining(CHUNK_UPDATES, 0.003, 0.25)


class Pair:
    """A pack, pre-trained and trained on the same chunk again and again."""

    def __init__(self, engine: str, size: Size, trials: int, updates: int) -> None:
        specs = pack_trials(size, trials, mixed=False)
        specs = tuple(
            replace(s, variant=VARIANTS["tanh_pretrained"], pretraining=EACH) for s in specs
        )
        self.module = PackModule(PackSpec(specs), size.inputs, size.classes, engine=engine)
        self.depth, self.repeats = size.depth, max(1, updates // CHUNK_UPDATES)
        part = Pool(size).training(0, 0, min(updates, CHUNK_UPDATES) * BATCH)
        images, labels = part.images.unsqueeze(0), part.labels.unsqueeze(0)
        self.chunk = Chunk(0, len(part) // BATCH, images, labels)

    def seconds(self, layer: int | None) -> float:
        """Return the time of a round's updates; buffers are made before the clock starts."""
        first = 0 if layer is None else layer * EACH.updates
        chunk = replace(self.chunk, layer=layer, first_update=first)
        images, labels = chunk.images[:, :BATCH], chunk.labels[:, :BATCH]
        once = replace(chunk, updates=1, images=images, labels=labels)
        self.module.training_step(once, 0)
        started = time.perf_counter()
        for _ in range(self.repeats):
            self.module.training_step(chunk, 0)
        return time.perf_counter() - started


def measure(engine: str, name: str, rounds: int) -> list[dict[str, list[float]]]:
    """Return the seconds of every round: of training, and of each layer's pre-training."""
    pair = Pair(engine, Size.parse(name), TRIALS[name], UPDATES[name])
    found = []
    for _ in range(rounds):
        training = pair.seconds(None)
        layers = [pair.seconds(layer) for layer in range(pair.depth)]
        found.append({"training": [training], "layers": layers})
    return found


def ratio(one: dict[str, list[float]]) -> float:
    """Return the speed of pre-training updates in one round, as a share of supervised ones'."""
    return one["training"][0] / statistics.fmean(one["layers"])


def main() -> None:
    """Measure some rounds; print the ratios; write the JSON file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sizes", nargs="+", choices=list(TRIALS), default=list(TRIALS))
    parser.add_argument("--json", type=Path, help="write everything that was measured")
    arguments = parser.parse_args()
    measured = {
        engine: {name: measure(engine, name, arguments.rounds) for name in arguments.sizes}
        for engine in LIMITS
    }
    for engine, sizes in measured.items():
        for name, rounds in sizes.items():
            print(f"{engine}, {name}: {_line(rounds, LIMITS[engine])}")
    if arguments.json:
        result = {**surroundings(), "limits": LIMITS, "seconds": measured}
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _line(rounds: list[dict[str, list[float]]], limit: float) -> str:
    ratios = [ratio(one) for one in rounds]
    middle = statistics.median(ratios)
    layers = [
        statistics.median(one["training"][0] / one["layers"][layer] for one in rounds)
        for layer in range(len(rounds[0]["layers"]))
    ]
    verdict = "at least" if middle >= limit else "NOT at least"
    return (
        f"pre-training updates at {middle:.2f} of the speed of supervised ones "
        f"({min(ratios):.2f} .. {max(ratios):.2f}), {verdict} {limit}; layer by layer "
        + ", ".join(f"{share:.2f}" for share in layers)
    )


if __name__ == "__main__":
    main()
