"""The driver: the one process that asks Optuna, hands out packs, tells, and picks winners."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.contents.monitored import monitored_tasks
from glorot_sweep.sweep.contents.replicates import Winner, replicate_tasks
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.execution.dispatch import Dispatch
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.records.reconcile import close_orphan, result_in, trained_in
from glorot_sweep.sweep.records.recording import trial_params
from glorot_sweep.sweep.records.superseding import supersede
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.sweep.search.winners import find_winners, search_remarks
from glorot_sweep.sweep.storage.lock import Held
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.same_params import lacking_params
from glorot_sweep.tracking.schema.trained import MemberRun
from glorot_sweep.training.results import TrialResult, given_up

Further = Callable[[list[Study]], list[Study]]


@dataclass
class _Generation:
    """A generation in work: its trials, and what has come back of them."""

    trials: list[Task]
    results: dict[str, TrialResult] = field(default_factory=dict)

    @property
    def has_failed(self) -> bool:
        """Whether a trial of it was given up."""
        return any(result.state is State.GIVEN_UP for result in self.results.values())


class Driver:
    """Runs a sweep to its end.

    Args:
        sweep: the open sweep.
        studies: one for each data set, variant, group and value, to begin with.
        dispatch: gets tasks their results.
        progress: what a person sees.
        held: the lock that makes this the one driver.
        further: returns the studies that are needed once all replicates of those so far have
            ended, and none after the last look.
    """

    def __init__(
        self,
        sweep: OpenSweep,
        studies: list[Study],
        dispatch: Dispatch,
        progress: SweepProgress,
        held: Held,
        further: Further,
    ) -> None:
        self.sweep, self.studies, self.dispatch = sweep, studies, dispatch
        self.progress, self.held, self.further = progress, held, further
        self._told: set[str] = set()
        self._trained: set[str] = set()
        self._remarks: set[str] = set()

    @property
    def config(self) -> SweepConfig:
        """The sweep's configuration."""
        return self.sweep.config

    def run(self, check: Callable[[], None]) -> list[Winner]:
        """Do all phases; return the winners.

        Args:
            check: called after each phase; may raise to stop.
        """
        winners = self.to_winners(check)
        while more := self._looked_further():
            self.studies = [*self.studies, *more]
            winners = self.to_winners(check)
        self.monitor()
        check()
        return winners

    def _looked_further(self) -> list[Study]:
        """Return the studies that a look asks for; what it was made without stays given up."""
        more = self.further(self.studies)
        if self.config.replicates.until_decided is not None:
            self.dispatch.settle(self._trained)
        return more

    def to_winners(self, check: Callable[[], None]) -> list[Winner]:
        """Search, and train what was found; what earlier looks have done is left as it is."""
        self.search()
        check()
        self.restore()
        winners = self.replicate()
        check()
        return winners

    def search(self) -> None:
        """Spend every study's budget. Studies advance independently of one another.

        What an earlier start has ended and not told is told from its run, and not trained again.
        A study with a trial that was given up waits until nothing else is in work: what fails by
        then may end the sweep, and what Optuna was not told of is tried again.
        """
        search = self.config.search
        left = sum(search.group_trials - study.finished() for study in self.studies)
        if not left:
            return
        unit = f"trials of {len(self.studies)} studies"
        self.progress.start("search", unit, left, left * search.updates)
        generations: dict[str, _Generation] = {}
        going = list(self.studies)
        ready: list[Task] = []
        while True:
            self.held.still_held()
            for study in [one for one in going if one.key not in generations]:
                if trials := study.next_generation():
                    generations[study.key] = _Generation(trials)
                    ready.extend(trials)
                    self.progress.expect(sum(one.spec.pretraining_updates for one in trials))
                else:
                    going.remove(study)
            if ended := [one for one in ready if self._has_ended(one)]:
                ready = [one for one in ready if one not in ended]
                self.progress.save(sum(one.spec.all_updates for one in ended))
                self.progress.finish_units(len(ended))
                self._take_in([self._found(one) for one in ended], generations)
                continue
            if ready and self.dispatch.wants_more:
                self.dispatch.submit(ready)
                ready = []
            results = self.dispatch.wait()
            if results is None and not generations:
                return
            self._take_in(results or [], generations, are_last=results is None)

    def restore(self) -> None:
        """Train trials again that Optuna has finished and MLflow has lost; nothing is told."""
        lost = [task for study in self.studies for task in study.lost(self._is_kept)]
        self._train("search", "lost trials", lost)

    def replicate(self) -> list[Winner]:
        """Retrain the winners with every seed; return them."""
        winners = find_winners(self.studies)
        for line in search_remarks(self.studies):
            if line not in self._remarks:
                self.progress.note(line)
                self._remarks.add(line)
        tasks = replicate_tasks(self.config.at_look(-1), winners)
        if self._may_supersede and (gone := supersede(self.sweep, tasks)):
            self.dispatch.begin_anew(gone)
            self.progress.note(
                f"  {len(gone)} replicate(s) of earlier winners are superseded: kept, in no table"
            )
        self._train("replicates", "replicates", tasks)
        return winners

    @property
    def _may_supersede(self) -> bool:
        """Whether a growth may have changed who is repeated: none changes a design's looks."""
        return self.sweep.growths > 0 and self.config.replicates.until_decided is None

    def monitor(self) -> None:
        """Train the monitored runs."""
        self._train("monitoring", "monitored runs", monitored_tasks(self.config))

    def _train(self, phase: str, unit: str, tasks: Sequence[Task]) -> None:
        """Train what neither this start nor an earlier one has finished."""
        missing = [task for task in tasks if not self._is_done(task)]
        if not missing:
            return
        updates = sum(task.spec.all_updates for task in missing)
        self.progress.start(phase, unit, len(missing), updates)
        self.dispatch.submit(missing)
        while (results := self.dispatch.wait()) is not None:
            self.held.still_held()
            keys = {result.key for result in results}
            self._trained |= keys
            self.dispatch.checkpoints.forget(keys)

    def _take_in(
        self,
        results: Sequence[TrialResult],
        generations: dict[str, _Generation],
        *,
        are_last: bool = False,
    ) -> None:
        """Take in results; tell every generation that is now whole, of failures at last."""
        by_key = {result.key: result for result in results}
        for study in self.studies:
            generation = generations.get(study.key)
            if generation is None:
                continue
            for one in generation.trials:
                if one.key in by_key:
                    generation.results[one.key] = by_key[one.key]
            is_whole = len(generation.results) == len(generation.trials)
            if is_whole and (are_last or not generation.has_failed):
                self.dispatch.settle(generation.results)
                study.tell(generation.results)
                self._told |= generation.results.keys()
                del generations[study.key]
        self.dispatch.checkpoints.forget(self._told)

    def _earlier(self, task: Task) -> MemberRun | None:
        """Return the run that earlier starts have made of a task.

        Raises:
            StoredRunError: it has other params than the task.
        """
        record = self.sweep.existing.get(task.key)
        if record is not None:
            lacking_params(record.run_id, record.name, record.params, trial_params(task.spec))
        return record

    def _has_ended(self, task: Task) -> bool:
        """Whether an earlier start has ended a task; if it died before the status, set that."""
        record = self._earlier(task)
        if record is None or not (record.given_up or record.is_whole):
            return False
        if record.status is Status.RUNNING:
            close_orphan(self.sweep.runs, record)
        return True

    def _found(self, task: Task) -> TrialResult:
        record = self.sweep.existing[task.key]
        if record.given_up:
            return given_up(task.key, trained_in(self.sweep.runs, record))
        return result_in(self.sweep.runs, record)

    def _is_kept(self, task: Task) -> bool:
        """Whether a trial's run is whole, or was made in this start."""
        record = self._earlier(task)
        whole = record is not None and (record.given_up or record.is_whole)
        return whole or task.key in self._told

    def _is_done(self, task: Task) -> bool:
        return task.key in self._trained or self._has_ended(task)
