"""What a worker does with a pack: train it, and write its runs. Knows no Optuna."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import StopRequested, SweepHeldError
from glorot_sweep.host.processor import device_type
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.contents.pruning import Limits, Pruning
from glorot_sweep.sweep.execution.flushing import Flushing
from glorot_sweep.sweep.records.recording import RunPlan, close_run, open_run, points_of
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.ending import abandon_runs
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import describe, is_outage, writing
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.trained import Placed
from glorot_sweep.training.callbacks import Advance
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.results import Evaluation, PackResult, Trained


@dataclass(frozen=True)
class PackJob:
    """A pack with all that a worker needs besides: plain data.

    Attributes:
        spec: the pack.
        plans: how each trial's run is written, by key.
        limits: where each trial is dropped, by key.
        note: the data set, as the runs record it.
        checkpoint: where the pack is saved.
        resume_from: the checkpoint to go on from while there is none of its own: that of a pack
            of which this one is a part.
        restored: model-updates that are in that checkpoint, and are counted as done.
    """

    spec: PackSpec
    plans: Mapping[str, RunPlan]
    note: DatasetNote
    limits: Mapping[str, Limits] = field(default_factory=dict)
    checkpoint: CheckpointFile | None = None
    resume_from: CheckpointFile | None = None
    restored: int = 0


def run_job(job: PackJob, runs: RunStore, dataset: ImageDataset, advance: Advance) -> PackResult:
    """Train a pack and write its runs; on any end, however bad, their statuses are true."""
    writers: dict[str, RunWriter] = {}
    device, size = job.spec.device.partition(":")[0], len(job.spec.trials)
    placed = tags_of(
        Placed(device=device, device_type=device_type(job.spec.device), pack_size=size)
    )
    try:
        with writing():
            for trial in job.spec.trials:
                plan = job.plans[trial.key]
                plan = replace(plan, tags={**plan.tags, **placed})
                writers[trial.key] = open_run(runs, trial, plan, job.note)
        reporter = _Reporter(job, writers)
        result = fit_pack(job.spec, dataset, reporter, advance, job.checkpoint, job.resume_from)
        trained = reporter.trained()
        labels = dataset.test.labels.byte().numpy()
        with writing():
            reporter.flushing.finish()
            for ended in result.trials:
                close_run(writers[ended.key], ended, labels)
                del writers[ended.key]
    except SweepHeldError:
        raise  # the runs are another driver's
    except StopRequested as stop:
        abandon_runs(writers.values(), State.KILLED, str(stop))
        raise
    except BaseException as error:
        if not is_outage(error):
            abandon_runs(writers.values(), State.FAILED, describe(error))
        raise
    trials = tuple(replace(one, trained=trained[one.key]) for one in result.trials)
    return replace(result, trials=trials)


class _Reporter:
    """Called at rungs: writes the points, decides who is dropped, notes when."""

    def __init__(self, job: PackJob, writers: Mapping[str, RunWriter]) -> None:
        self.writers = writers
        self.left: dict[str, float] = {}
        self.pruning = Pruning(job.limits)
        self.flushing = Flushing()

    def __call__(self, update: int, measured: dict[str, Evaluation]) -> Collection[str]:
        for key, one in measured.items():
            self.writers[key].add(points_of(one))
        with writing():
            self.flushing.flush(self.writers.values())
        errors = {key: one.validation_error for key, one in measured.items()}
        dropped = self.pruning.dropped(update, errors)
        for key in {*dropped, *self.writers.keys() - measured.keys()}:
            self.left.setdefault(key, time.time())
        return dropped

    def trained(self) -> dict[str, Trained]:
        """Return when each trial was trained, now that all have ended; from its first attempt."""
        now = time.time()
        return {
            key: Trained(run.run_id, run.started / 1000, self.left.get(key, now))
            for key, run in self.writers.items()
        }
