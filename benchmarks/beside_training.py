"""What evaluation, layer statistics and logging take at the paper's schedule, beside training.

One pack of replicates of `sweeps/table1.yaml` goes through `run_job` with MLflow on a new SQLite
store, with every look of the schedule but few updates between them. All the time that is not that
of clean chunks of updates (`meters.py`) is counted: looks at the validation and test sets, at the
layers, logging, and starting Lightning; then training is scaled to 5 million updates.
"""

import time
from dataclasses import replace
from pathlib import Path

from meters import ChunkTimes, Meter
from workload import BATCH, LEARNING_RATE

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.host.provenance import provenance
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import PackSpec, StatisticsSpec, TrialSpec
from glorot_sweep.sweep.contents.engines import settle
from glorot_sweep.sweep.contents.statistics import statistics_spec
from glorot_sweep.sweep.execution.worker import PackJob, run_job
from glorot_sweep.sweep.records.opening import open_sweep
from glorot_sweep.sweep.records.recording import RunPlan
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import open_place

GAP = 300  # updates between looks: three chunks, of which the first two have nothing after them


def dense_schedule(trial: TrialSpec, evaluations: int, statistics: StatisticsSpec) -> TrialSpec:
    """Return a short trial with as many looks, at every `GAP` updates from the last one down."""
    looks = len(statistics.updates) - 1  # besides the one at the start
    steps = max(evaluations, looks)
    places = tuple(GAP * (step + 1) for step in range(steps))
    seen = (0, *places[steps - looks :])
    detailed = tuple(seen[statistics.updates.index(update)] for update in statistics.detailed_at)
    return replace(
        trial,
        updates=places[-1],
        evaluate_at=places[steps - evaluations :],
        statistics=replace(statistics, updates=seen, detailed_at=detailed),
    )


def replicates(config: SweepConfig, trials: int, width: int, device: str) -> PackSpec:
    """Return a pack of replicates of all variants with a dense schedule."""
    full = config.replicates.updates
    looks = statistics_spec(config.statistics, full, "replicate")
    evaluations = len({*config.replicates.evaluations, full})
    return PackSpec(
        tuple(
            dense_schedule(
                TrialSpec(
                    key=f"t{number}", dataset="shapeset",
                    variant=VARIANTS[config.variants[number % len(config.variants)]],
                    depth=5, width=width,
                    learning_rate=LEARNING_RATE, batch_size=BATCH, updates=full,
                    weight_seed=number, data_seed=0, evaluate_at=(full,), purpose="replicate",
                ),
                evaluations,
                looks,
            )
            for number in range(trials)
        ),
        device=device,
    )  # fmt: skip


def measure_beside(
    config: SweepConfig, dataset: ImageDataset, spec: PackSpec, folder: Path
) -> dict[str, float]:
    """Return what a pack takes besides its updates, scaled to the schedule of the sweep file.

    Returns:
        Seconds of a model-update, seconds besides updates, those of them inside MLflow calls,
        seconds of training at full size, and the share of the second in the whole.
    """
    place = open_place(f"sqlite:///{folder / 'mlflow.db'}", "benchmark", create=True)
    engines, meter, first = settle(config, spec.device, None), Meter(), spec.first
    chunks = ChunkTimes({*first.evaluate_at, *first.statistics.updates})
    plans = {trial.key: RunPlan(None, {}) for trial in spec.trials}
    note = DatasetNote(dataset.name, dataset.digest(), "benchmark")
    with Lease(config.name) as lease:
        sweep = open_sweep(config, "", {}, place, provenance(), engines, lease)
        with meter.installed():
            started = time.perf_counter()
            result = run_job(PackJob(spec, plans, note), sweep.runs, dataset, chunks)
            taken = time.perf_counter() - started
    per_update = chunks.seconds / chunks.model_updates
    beside = taken - per_update * result.model_updates
    training = per_update * len(spec.trials) * config.replicates.updates
    return {
        "seconds_of_a_model_update": per_update,
        "seconds_beside_updates": beside,
        "seconds_in_mlflow": sum(sum(calls.values()) for calls in meter.seconds.values()),
        "seconds_of_training": training,
        "share": beside / (beside + training),
    }
