"""The driver: the one process that asks Optuna, hands out packs, tells, and picks winners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.contents.monitored import monitored_specs
from glorot_sweep.sweep.execution.dispatch import Dispatch, Order
from glorot_sweep.sweep.progress import SweepProgress
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.records.reconcile import close_orphan
from glorot_sweep.sweep.records.recording import RunPlan
from glorot_sweep.sweep.search.study import Asked, Study
from glorot_sweep.sweep.search.winners import Winner, find_winners, replicate_specs
from glorot_sweep.sweep.storage.lock import Held
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.training.results import TrialResult, failed


@dataclass
class _Generation:
    """A generation in work: what was asked, and what has come back."""

    asked: list[Asked]
    results: dict[str, TrialResult] = field(default_factory=dict)


class Driver:
    """Runs a sweep to its end.

    Args:
        sweep: the open sweep.
        studies: one for each data set and variant.
        study_runs: MLflow run of each study, by study name.
        dispatch: gets trials their results.
        progress: what a person sees.
        held: the lock that makes this the one driver.
    """

    def __init__(
        self,
        sweep: OpenSweep,
        studies: list[Study],
        study_runs: Mapping[str, RunWriter],
        dispatch: Dispatch,
        progress: SweepProgress,
        held: Held,
    ) -> None:
        self.sweep, self.studies, self.study_runs = sweep, studies, study_runs
        self.dispatch, self.progress, self.held = dispatch, progress, held
        self._told: set[str] = set()

    @property
    def config(self) -> SweepConfig:
        """The sweep's configuration."""
        return self.sweep.config

    def search(self) -> None:
        """Spend every study's budget. Studies advance independently of one another."""
        search = self.config.search
        left = sum(search.trials - study.finished() for study in self.studies)
        if not left:
            return
        unit = f"trials of {len(self.studies)} studies"
        self.progress.start("search", unit, left, left * search.updates)
        generations: dict[str, _Generation] = {}
        ready: list[Asked] = []
        while True:
            self.held.still_held()
            for study in self.studies:
                if study.name not in generations and (asked := study.next_generation()):
                    generations[study.name] = _Generation(asked)
                    ready.extend(asked)
                    self.progress.expect(sum(one.spec.pretraining_updates for one in asked))
            if lost := [one for one in ready if self._was_given_up(one.spec)]:
                ready = [one for one in ready if one not in lost]
                self._collect([failed(one.spec.key) for one in lost], generations)
                continue
            if ready and self.dispatch.has_place:
                self.dispatch.submit([self._order(one) for one in ready])
                ready = []
            results = self.dispatch.wait()
            if results is None:
                return
            self._collect(results, generations)

    def replicate(self) -> list[Winner]:
        """Retrain the winners with every seed; return them."""
        winners = find_winners(self.studies, self.config.search.table_depth)
        wanted = replicate_specs(self.config, winners)
        plans = {spec.key: self._replicate_plan(winner, spec) for winner, spec in wanted}
        self._train("replicates", "replicates", [spec for _, spec in wanted], plans)
        return winners

    def monitor(self) -> None:
        """Train the monitored runs."""
        specs = monitored_specs(self.config)
        self._train(
            "monitoring", "monitored runs", specs, {s.key: self._monitored_plan(s) for s in specs}
        )

    def _train(
        self, phase: str, unit: str, specs: Sequence[TrialSpec], plans: Mapping[str, RunPlan]
    ) -> None:
        """Train what an earlier attempt has not finished."""
        missing = [spec for spec in specs if not self._is_done(spec)]
        if not missing:
            return
        self.progress.start(phase, unit, len(missing), sum(spec.all_updates for spec in missing))
        self.dispatch.submit([Order(spec, plans[spec.key], {}) for spec in missing])
        while (results := self.dispatch.wait()) is not None:
            self.held.still_held()
            self.dispatch.checkpoints.forget({result.key for result in results})

    def _order(self, one: Asked) -> Order:
        return Order(one.spec, self._trial_plan(one), one.limits)

    def _collect(self, results: Sequence[TrialResult], generations: dict[str, _Generation]) -> None:
        """Take in results; tell every generation that is now whole."""
        by_key = {result.key: result for result in results}
        for study in self.studies:
            generation = generations.get(study.name)
            if generation is None:
                continue
            for one in generation.asked:
                if one.spec.key in by_key:
                    generation.results[one.spec.key] = by_key[one.spec.key]
            if len(generation.results) == len(generation.asked):
                study.tell(generation.asked, generation.results)
                self._told |= generation.results.keys()
                del generations[study.name]
        self.dispatch.checkpoints.forget(self._told)

    def _trial_plan(self, one: Asked) -> RunPlan:
        study = f"{one.spec.variant.name}-{one.spec.dataset}"
        tags = {**self.sweep.tags, "trial": str(one.number), "study": study}
        return self._plan(one.spec, tags)

    def _replicate_plan(self, winner: Winner, spec: TrialSpec) -> RunPlan:
        tags = {
            **self.sweep.tags,
            "study": f"{spec.variant.name}-{spec.dataset}",
            "seed": spec.key.rpartition("seed")[2],
            "role": winner.role,
            "winner": f"t{winner.candidate.number:03d}",
        }
        return self._plan(spec, tags)

    def _monitored_plan(self, spec: TrialSpec) -> RunPlan:
        seed = spec.key.rpartition("seed")[2]
        return self._plan(spec, {**self.sweep.tags, "seed": seed})

    def _plan(self, spec: TrialSpec, tags: dict[str, str]) -> RunPlan:
        study = next(
            s for s in self.studies if (s.dataset, s.variant) == (spec.dataset, spec.variant.name)
        )
        existing = self.sweep.existing.get(spec.key)
        return RunPlan(
            self.study_runs[study.name].run_id, tags, existing.run_id if existing else None
        )

    def _was_given_up(self, spec: TrialSpec) -> bool:
        """Whether an earlier start has; if it was killed before the status, that is set now."""
        record = self.sweep.existing.get(spec.key)
        if record is None or "given_up" not in record.tags:
            return False
        if record.status == "RUNNING":
            close_orphan(self.sweep.runs, record)
        return True

    def _is_done(self, spec: TrialSpec) -> bool:
        if self._was_given_up(spec):
            return True
        record = self.sweep.existing.get(spec.key)
        return (
            record is not None
            and record.status == "FINISHED"
            and record.tags.get("state") in {"complete", "diverged"}
            and "updates_done" in record.metrics
        )
