"""What a worker does with a pack: train it, and write its runs. Knows no Optuna."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.pruning import Limits, Pruning
from glorot_sweep.sweep.recording import RunPlan, abandon_runs, close_run, open_run, points_of
from glorot_sweep.tracking.runs import DatasetNote, RunStore, RunWriter
from glorot_sweep.training.callbacks import Advance
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Measurement, PackResult

FLUSH_SECONDS = 10.0  # how old a point may become before it is seen on the server


@dataclass(frozen=True)
class PackJob:
    """A pack with all that a worker needs besides: plain data.

    Attributes:
        spec: the pack.
        plans: how each trial's run is written, by key.
        limits: where each trial is dropped, by key.
        note: the data set, as the runs record it.
    """

    spec: PackSpec
    plans: Mapping[str, RunPlan]
    note: DatasetNote
    limits: Mapping[str, Limits] = field(default_factory=dict)


def run_job(job: PackJob, runs: RunStore, dataset: ImageDataset, advance: Advance) -> PackResult:
    """Train a pack and write its runs; on any end, however bad, their statuses are true."""
    writers: dict[str, RunWriter] = {}
    try:
        for trial in job.spec.trials:
            writers[trial.key] = open_run(runs, trial, job.plans[trial.key], job.note)
        result = fit_pack(job.spec, dataset, _Reporter(job, writers), advance)
        labels = dataset.test.labels.byte().numpy()
        for ended in result.trials:
            close_run(writers[ended.key], ended, labels)
            del writers[ended.key]
    except StopRequested as stop:
        abandon_runs(writers.values(), "killed", str(stop))
        raise
    except BaseException as error:
        abandon_runs(writers.values(), "failed", f"{type(error).__name__}: {error}")
        raise
    return result


class _Reporter:
    """Called at rungs: writes the points, decides who is dropped."""

    def __init__(self, job: PackJob, writers: Mapping[str, RunWriter]) -> None:
        self.writers = writers
        self.pruning = Pruning(job.limits)
        self.flushed = time.monotonic()

    def __call__(self, update: int, looks: dict[str, Measurement]) -> Collection[str]:
        for key, look in looks.items():
            self.writers[key].add(points_of(look))
        if time.monotonic() - self.flushed > FLUSH_SECONDS:
            for key in looks:
                self.writers[key].flush()
            self.flushed = time.monotonic()
        return self.pruning.dropped(update, {k: look.validation_error for k, look in looks.items()})
