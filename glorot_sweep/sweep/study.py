"""One Optuna study: learning rate and depth of one variant on one data set.

Trials are asked in generations and told in trial order. The sampler of each trial has a seed of
its own, so the list of trials depends on the sweep's seed and on what was told before, and on
nothing else: not on the number of workers, and not on how often the sweep was stopped.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial, TrialState

from glorot_sweep.config import SweepConfig
from glorot_sweep.seeds import derive_seed
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.looks import statistics_spec
from glorot_sweep.sweep.pruning import pruning_limits
from glorot_sweep.training.results import TrialResult


@dataclass(frozen=True)
class Asked:
    """A trial that Optuna has proposed.

    Attributes:
        spec: what to train.
        limits: where it is dropped.
        trial: Optuna's own object, for `Study.tell`.
    """

    spec: TrialSpec
    limits: Mapping[int, float]
    trial: Trial

    @property
    def number(self) -> int:
        """Trial number within the study."""
        return self.trial.number


@dataclass(frozen=True)
class Candidate:
    """A complete trial that may become the winner.

    Attributes:
        number: trial number.
        learning_rate, depth: its parameters.
        validation_error: at its end, percent.
    """

    number: int
    learning_rate: float
    depth: int
    validation_error: float


class Study:
    """The study of one data set and variant.

    Args:
        storage: Optuna's.
        config: the sweep.
        scope: makes the study's name unique to one run of the sweep.
        dataset, variant: what is studied.
    """

    def __init__(
        self, storage: BaseStorage, config: SweepConfig, scope: str, dataset: str, variant: str
    ) -> None:
        self.config, self.dataset, self.variant = config, dataset, variant
        self.name = f"{config.name}/{scope}/{dataset}/{variant}"
        self._study = optuna.create_study(
            storage=storage, study_name=self.name, direction="minimize", load_if_exists=True
        )

    def next_generation(self) -> list[Asked]:
        """Return the unfinished trials of the current generation; none if the budget is spent.

        Trials that an earlier process asked and never told come first, with the same numbers and
        parameters.
        """
        search = self.config.search
        trials = self._study.get_trials(deepcopy=False)
        finished = sum(trial.state.is_finished() for trial in trials)
        start = finished // search.generation * search.generation
        numbers = range(start, min(start + search.generation, search.trials))
        unfinished = [
            number
            for number in numbers
            if number >= len(trials) or not trials[number].state.is_finished()
        ]
        limits = self._limits(trials[:start])
        return [self._ask(number, trials, limits) for number in unfinished]

    def tell(self, asked: list[Asked], results: Mapping[str, TrialResult]) -> None:
        """Tell a whole generation in trial order, with what was measured at the rungs."""
        for one in sorted(asked, key=lambda one: one.number):
            result = results[one.spec.key]
            reported = self._study.get_trials(deepcopy=False)[one.number].intermediate_values
            for look in result.curve:
                if look.update not in reported:  # by a process that died before it could tell
                    one.trial.report(look.validation_error, look.update)
            one.trial.set_user_attr("state", result.state)
            pruned = result.state == "pruned"
            self._study.tell(
                one.trial,
                None if pruned else result.validation_error,
                state=TrialState.PRUNED if pruned else TrialState.COMPLETE,
                skip_if_finished=True,
            )

    def finished(self) -> int:
        """Return how many trials are complete or pruned."""
        return sum(t.state.is_finished() for t in self._study.get_trials(deepcopy=False))

    def best(self, depth: int | None = None) -> Candidate:
        """Return the complete trial with the lowest validation error, at one depth or at any.

        Of equals the earlier one wins.

        Raises:
            LookupError: no trial is complete (at this depth).
        """
        candidates = [
            Candidate(t.number, t.params["learning_rate"], t.params["depth"], t.value)
            for t in self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
            if t.value is not None and depth in {None, t.params["depth"]}
        ]
        if not candidates:
            raise LookupError(f"study {self.name} has no complete trial at depth {depth}")
        return min(candidates, key=lambda one: (one.validation_error, one.number))

    def _limits(self, earlier: list[FrozenTrial]) -> dict[int, float]:
        complete = [t.intermediate_values for t in earlier if t.state == TrialState.COMPLETE]
        return pruning_limits(self.config.search.pruner, self.config.search.rungs, complete)

    def _ask(self, number: int, trials: list[FrozenTrial], limits: dict[int, float]) -> Asked:
        search = self.config.search
        self._study.sampler = self._sampler(number)
        state = trials[number].state if number < len(trials) else None
        if state == TrialState.RUNNING:
            trial = Trial(self._study, trials[number]._trial_id)
            self._repeat_draws(trials[number])
        else:
            if state is None and search.is_at_table_depth(number):
                self._study.enqueue_trial({"depth": search.table_depth})
            trial = self._study.ask()
        space = search.learning_rate
        learning_rate = trial.suggest_float("learning_rate", space.low, space.high, log=True)
        depth = trial.suggest_int("depth", search.depth.low, search.depth.high)
        if trial.number != number:
            raise RuntimeError(f"study {self.name}: asked for trial {number}, got {trial.number}")
        return Asked(self._spec(number, learning_rate, depth), limits, trial)

    def _repeat_draws(self, trial: FrozenTrial) -> None:
        """Bring the sampler to where it was when a process died between two proposals.

        Without this the depth of such a trial would come from the learning rate's random number.
        """
        if "learning_rate" in trial.params:
            drawn = trial.distributions["learning_rate"]
            self._study.sampler.sample_independent(self._study, trial, "learning_rate", drawn)

    def _sampler(self, number: int) -> BaseSampler:
        seed = derive_seed(self.config.seed, self.dataset, self.variant, "sampler", number)
        if self.config.search.sampler == "random":
            return RandomSampler(seed=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return TPESampler(
                seed=seed,
                n_startup_trials=self.config.search.generation,
                multivariate=True,
                constant_liar=True,
            )

    def _spec(self, number: int, learning_rate: float, depth: int) -> TrialSpec:
        config, search = self.config, self.config.search
        return TrialSpec(
            key=f"{self.variant}-{self.dataset}-t{number:03d}",
            dataset=self.dataset,
            variant=self.variant,
            depth=depth,
            width=config.network.width,
            learning_rate=learning_rate,
            batch_size=config.network.batch_size,
            input_scaling=config.network.input_scaling,
            updates=search.updates,
            weight_seed=derive_seed(config.seed, self.dataset, self.variant, "trial", number),
            data_seed=derive_seed(config.seed, self.dataset, "tuning"),
            evaluate_at=(*search.rungs, search.updates),
            statistics=statistics_spec(config.statistics, search.updates, "trial"),
        )
