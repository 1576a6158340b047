"""Validation and test errors of two variants at a grid of rates, on many training streams.

Run from the repository: `OMP_NUM_THREADS=1 python benchmarks/error_grid.py`. It trains tanh and
tanh_n, 1024-100x5-9, at twelve learning rates on each of twenty streams: 480 networks of 80,000
updates, about an hour of one CPU core. `results/error_grid.jsonl` grows by the 24 networks of a
stream at a time, so a run that was cut off goes on where it stopped. `level_and_power.py` draws
searches and replicates from it.

A stream is shared by all networks trained on it, as variants share it in a sweep; initial weights
are each network's own. Every error of the two windows is kept: the ten evaluations of the last
tenth before 80,000 updates, and before 40,000.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from workload import surroundings

from glorot_sweep.data.shapeset_dataset import ShapesetDataset
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.seeds import derive_seed
from glorot_sweep.specs import NATIVE, PackSpec, TrialSpec
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import TrialResult

RESULTS = Path(__file__).parent / "results" / "error_grid.jsonl"
NAMES: Final = ("tanh", "tanh_n")
RATES: Final = tuple(float(f"{rate:.3g}") for rate in np.geomspace(0.01, 0.16, 12))
STREAMS: Final = 20
LENGTHS: Final = (40_000, 80_000)
WINDOW: Final = 10


def window(length: int) -> tuple[int, ...]:
    """Return the updates of a window: evenly over the last tenth, the last one included.

    Example:
        >>> window(40_000)[:2], window(40_000)[-1], len(window(40_000))
        ((36400, 36800), 40000, 10)
    """
    step = length // 10 // WINDOW
    return tuple(range(length - (WINDOW - 1) * step, length + 1, step))


EVALUATIONS: Final = tuple(update for length in LENGTHS for update in window(length))


def networks(stream: int) -> tuple[TrialSpec, ...]:
    """Return the networks of a stream: each variant at each rate."""
    return tuple(
        TrialSpec(
            key=f"{name}-{rate:g}-{stream}", dataset="shapeset", variant=VARIANTS[name],
            depth=5, width=100, learning_rate=rate, batch_size=10, updates=EVALUATIONS[-1],
            weight_seed=derive_seed("error_grid", name, f"{rate:g}", stream),
            data_seed=derive_seed("error_grid", "stream", stream),
            evaluate_at=EVALUATIONS, purpose="replicate", engine=NATIVE,
        )
        for name in NAMES
        for rate in RATES
    )  # fmt: skip


def line(spec: TrialSpec, stream: int, result: TrialResult) -> str:
    """Return what is kept of a network: a line of JSON, errors in percent by evaluation.

    A diverged network counts at the majority class's error from there on, as in a sweep.
    """
    missing = len(EVALUATIONS) - len(result.curve)
    assert result.test_error is not None, "a replicate has a test error"
    tested = [point.test_error for point in result.curve if point.test_error is not None]
    assert len(tested) == len(result.curve), "a replicate has one at each evaluation"
    return json.dumps(
        {
            "variant": spec.variant.name,
            "rate": spec.learning_rate,
            "stream": stream,
            "state": str(result.state),
            "validation": [
                *(round(point.validation_error, 2) for point in result.curve),
                *[round(result.validation_error, 2)] * missing,
            ],
            "test": [
                *(round(float(error), 2) for error in tested),
                *[round(result.test_error, 2)] * missing,
            ],
        }
    )


def measure(path: Path) -> None:
    """Train what the file lacks, stream by stream, each appended whole."""
    if not path.exists():
        head = {**surroundings(), "rates": RATES, "evaluations": EVALUATIONS}
        path.write_text(json.dumps(head) + "\n", encoding="utf-8")
    done = {row["stream"] for row in _rows(path)}
    dataset = ShapesetDataset()
    for stream in sorted(set(range(STREAMS)) - done):
        specs = networks(stream)
        found = fit_pack(PackSpec(specs), dataset)
        lines = [
            line(spec, stream, result) for spec, result in zip(specs, found.trials, strict=True)
        ]
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{row}\n" for row in lines))
        rate = found.model_updates / found.seconds
        print(f"stream {stream}: {found.seconds:.0f} s, {rate:,.0f} model-updates/s", flush=True)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()[1:]]


def main() -> None:
    """Bring the file of results up to its number of streams."""
    measure(RESULTS)


if __name__ == "__main__":
    main()
