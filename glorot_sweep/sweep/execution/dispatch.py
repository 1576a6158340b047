"""From trials to their results, whatever happens on the way: packs, retries, failures."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from glorot_sweep.config.factors import table_value
from glorot_sweep.errors import ServiceLostError, TooManyFailuresError
from glorot_sweep.specs import PackSpec, TrialSpec
from glorot_sweep.sweep.contents.engines import on_its_engine
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.contents.trials import study_key
from glorot_sweep.sweep.execution.checkpoint_folder import CheckpointFolder
from glorot_sweep.sweep.execution.executor import Executor
from glorot_sweep.sweep.execution.outcome import Failure
from glorot_sweep.sweep.execution.pack_sizes import PackSizes
from glorot_sweep.sweep.execution.packing import by_pace, make_packs
from glorot_sweep.sweep.execution.recovery import Group, Recovery
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.records.recording import RunPlan, give_up_run
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.tracking.schema.names import Tag
from glorot_sweep.training.checkpoint import Checkpoint
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.results import PackResult, Trained, TrialResult, given_up

PLURAL = {"trial": "trials", "replicate": "replicates", "monitored": "monitored runs"}


class Dispatch:
    """Hands tasks to an executor as packs, and sees to it that each gets a result.

    Args:
        sweep: the open sweep.
        study_runs: run of each study, by its key; parents of all other runs.
        notes: data sets as runs record them, by name.
        executor: runs packs.
        checkpoints: where packs are saved.
        sizes: of packs.
        progress: what a person sees.
    """

    def __init__(
        self,
        sweep: OpenSweep,
        study_runs: Mapping[str, RunWriter],
        notes: Mapping[str, DatasetNote],
        executor: Executor,
        checkpoints: CheckpointFolder,
        sizes: PackSizes,
        progress: SweepProgress,
    ) -> None:
        self.sweep, self.study_runs = sweep, study_runs
        self.notes, self.executor = notes, executor
        self.checkpoints, self.sizes, self.progress = checkpoints, sizes, progress
        self.recovery = Recovery()
        self._tasks: dict[str, Task] = {}
        self._runs = {key: record.run_id for key, record in sweep.existing.items()}
        self._given_up: dict[str, RunWriter] = {}
        self._for_good: set[str] = set()

    @property
    def wants_more(self) -> bool:
        """Whether another pack would start at once, or nothing else is in work.

        A crew that has lost its last worker has none that is idle, and its next one needs a pack.
        """
        return self.executor.idle_workers > 0 or not self._tasks

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand out tasks, each to its engine; those that were saved together go on together."""
        tasks = [replace(task, spec=on_its_engine(task.spec, self.sweep.engines)) for task in tasks]
        self._tasks |= {task.key: task for task in tasks}
        saved, fresh = self.checkpoints.groups([task.spec for task in tasks])
        for file, known in saved:
            stored = file.read(quiet=True)  # what is wrong with one is said where it is used
            trials, others = _as_stored(stored, known)
            fresh += others
            for pack in make_packs(trials, len(trials)):
                restored = _model_updates_in(stored, pack.trials)
                self.progress.save(restored)
                self._submit_pack(pack, file, restored)
        idle = self.executor.idle_workers  # now that what was saved is in work
        for alike in by_pace(fresh):
            size, share = min(map(self._largest_pack, alike)), idle * len(alike) // len(fresh)
            for pack in make_packs(alike, size, share):
                self._submit_pack(pack)

    def begin_anew(self, keys: Iterable[str]) -> None:
        """Forget the runs of keys: what is trained under them from now on has runs of its own."""
        for key in keys:
            self._runs.pop(key, None)

    def settle(self, keys: Iterable[str]) -> None:
        """Let those of these that were given up stay so: the search goes on from their failure."""
        self._for_good |= self._given_up.keys() & set(keys)

    def wait(self) -> list[TrialResult] | None:
        """Return the results of the next tasks that have one; None if nothing is in work.

        Raises:
            ServiceLostError: tracking server, database or disk failed.
            TooManyFailuresError: more trials have failed for good than the sweep allows.
        """
        while (outcome := self.executor.wait()) is not None:
            if isinstance(outcome.result, PackResult):
                self._show(outcome.job, outcome.result, outcome.counted)
                results = list(outcome.result.trials)
            else:
                results = self._recover(outcome.job, outcome.result, outcome.counted)
            if results:
                for result in results:
                    del self._tasks[result.key]
                return results
        return None

    def _largest_pack(self, spec: TrialSpec) -> int:
        """What fits as far as is known: by reckoning, and by packs that did not."""
        fits = self.sizes.largest(spec)
        return min(fits, self.recovery.largest.get(spec.size, fits))

    def _submit_pack(
        self, pack: PackSpec, resume_from: CheckpointFile | None = None, restored: int = 0
    ) -> None:
        tasks = [self._tasks[trial.key] for trial in pack.trials]
        job = PackJob(
            pack,
            {task.key: self._plan(task) for task in tasks},
            self.notes[pack.first.dataset],
            {task.key: task.limits for task in tasks},
            self.checkpoints.file(pack.trials),
            resume_from,
            restored,
        )
        self.executor.submit(job)

    def _plan(self, task: Task) -> RunPlan:
        """Return how a task's run is written; that of an earlier attempt is opened again."""
        variant = task.spec.variant.name
        # A monitored run belongs to the study of the table's value.
        at_table = study_key(task.spec.dataset, variant, table_value(self.sweep.config))
        study = self.study_runs[task.tags.get(Tag.STUDY, at_table)]
        tags = {**self.sweep.tags_for(variant), **task.tags}
        return RunPlan(study.run_id, tags, self._runs.get(task.key))

    def _recover(self, job: PackJob, failure: Failure, counted: int) -> list[TrialResult]:
        """Let a failed pack go on as it must; return the results of trials that are given up."""
        count, kind = len(job.spec.trials), PLURAL[job.spec.first.purpose]
        if failure.kind == "service":
            raise ServiceLostError(
                f"{failure.reason}. Nothing that was finished is lost; the same command continues "
                "once it is mended."
            )
        self.progress.note(f"  a pack of {count} {kind} failed ({failure.kind}): {failure.reason}")
        self._find_runs(job.spec.trials)
        reached = job.checkpoint.read() if job.checkpoint else None
        done = reached.updates + reached.pretrained if reached else 0
        verdict = self.recovery.after(job.spec.trials, failure, done)
        saved, stored = job.checkpoint, reached
        if reached is None:
            saved = job.resume_from
            stored = saved.read(quiet=True) if saved else None
        kept = 0  # of what was counted when it was trained or restored
        for group in verdict.again:
            restored = _model_updates_in(stored, group)
            self._submit_pack(PackSpec(group), saved, restored)
            kept += restored
        self.progress.save(kept - job.restored - counted)
        return [self._give_up(spec, reason, failure) for spec, reason in verdict.given_up]

    def _find_runs(self, trials: Group) -> None:
        """Learn which runs the worker has made: another attempt re-opens them."""
        place = self.sweep.place
        for trial in trials:
            found = runs_of(place.client, place.experiment_id, self.sweep.own, key=trial.key)
            if found:
                self._runs[trial.key] = found[0].run_id

    def _give_up(self, spec: TrialSpec, reason: str, failure: Failure) -> TrialResult:
        plan = self._plan(self._tasks[spec.key])
        run = give_up_run(
            self.sweep.runs, spec, plan, self.notes[spec.dataset], reason, failure.details
        )
        self.progress.save(spec.all_updates)
        self.progress.finish_units(1)
        self.progress.note(f"  {spec.name} is given up: {reason}")
        self._given_up[spec.key] = run
        if len(self._given_up) > self.sweep.config.execution.max_failed:
            again = self._given_up.keys() - self._for_good
            for key in again:  # so many: something else is wrong than these trials
                self._given_up[key].forget(Tag.GIVEN_UP)
            kept = len(self._for_good)
            raise TooManyFailuresError(
                f"{len(self._given_up)} runs have failed, more than execution.max_failed allows "
                f"({self.sweep.config.execution.max_failed}); the last: {spec.name}: {reason}. "
                f"Its artifact failure.txt has the traceback. The same command tries "
                + (f"{len(again)} of them again ({kept} stay failed: the search has gone on); "
                   if kept else "them again; ")
                + "with a larger max_failed it goes on without those that still fail."
            )  # fmt: skip
        return given_up(spec.key, Trained(run.run_id, run.started / 1000, time.time()))

    def _show(self, job: PackJob, result: PackResult, counted: int) -> None:
        trials, first = result.trials, job.spec.first
        wanted = sum(trial.all_updates for trial in job.spec.trials)
        self.progress.save(wanted - counted - job.restored)
        self.progress.finish_units(len(trials))
        states = [trial.state for trial in trials]
        extra = [
            f"{states.count(s)} {s.word}" for s in (State.PRUNED, State.DIVERGED) if s in states
        ]
        self.progress.note(
            f"  pack of {len(trials)} {PLURAL[first.purpose]} on {first.dataset}: "
            f"{result.seconds:.1f} s, {result.model_updates / result.seconds:,.0f} "
            "model-updates/s" + (f" ({', '.join(extra)})" if extra else "")
        )


def _as_stored(
    stored: Checkpoint | None, trials: Sequence[TrialSpec]
) -> tuple[list[TrialSpec], list[TrialSpec]]:
    """Divide trials into those that were saved as they are now, and those that begin anew.

    A sweep that has grown may repeat another winner under the same key: its neighbours go on.
    """
    if stored is None:
        return list(trials), []
    same = stored.of({trial.key: trial.fingerprint for trial in trials}).fingerprints
    return (
        [trial for trial in trials if trial.key in same],
        [trial for trial in trials if trial.key not in same],
    )


def _model_updates_in(stored: Checkpoint | None, trials: Group) -> int:
    """Return the model-updates of trials that need not be trained again; 0 if it lacks one."""
    ours = stored.of_all(trials) if stored is not None else None
    return ours.model_updates(trials) if ours is not None else 0
