"""One Optuna study: learning rate and depth of one variant on one data set.

Trials are asked in generations and told in trial order. The sampler of each trial has a seed of
its own, so the list of trials depends on the sweep's seed and on what was told before, and on
nothing else: not on the number of workers, not on how often the sweep was stopped, and not on how
often the storage was away: every public method may be called again after it failed anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler, RandomSampler
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial, TrialState

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.seeds import derive_seed
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.hyperparameters import Hyperparameters, make_spec, search_space
from glorot_sweep.sweep.looks import statistics_spec
from glorot_sweep.sweep.patience import Patience
from glorot_sweep.sweep.pruning import pruning_limits
from glorot_sweep.sweep.samplers import make_sampler
from glorot_sweep.training.results import TrialResult
from glorot_sweep.variants import VARIANTS

TOLD = {"pruned": TrialState.PRUNED, "failed": TrialState.FAIL}  # the others are complete


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
        chosen: its hyperparameters.
        validation_error: at its end, percent.
    """

    number: int
    chosen: Hyperparameters
    validation_error: float


class Study:
    """The study of one data set and variant.

    Args:
        storage: Optuna's.
        config: the sweep.
        scope: makes the study's name unique to one run of the sweep.
        dataset, variant: what is studied.
        patience: with a storage that is away.
    """

    def __init__(
        self,
        storage: BaseStorage,
        config: SweepConfig,
        scope: str,
        dataset: str,
        variant: str,
        patience: Patience | None = None,
    ) -> None:
        self.config, self.dataset, self.variant = config, dataset, variant
        self.name = f"{config.name}/{scope}/{dataset}/{variant}"
        self._space = search_space(config.search, VARIANTS[variant])
        self._patience = patience or Patience()
        self._study = self._patience(
            lambda: optuna.create_study(
                storage=storage, study_name=self.name, direction="minimize", load_if_exists=True
            )
        )

    def next_generation(self) -> list[Asked]:
        """Return the unfinished trials of the current generation; none if the budget is spent.

        Trials that an earlier process asked and never told come first, with the same numbers and
        parameters.

        Raises:
            StorageAwayError: the storage was away for too long, here as in every other method.
        """
        return self._patience(self._next_generation)

    def _next_generation(self) -> list[Asked]:
        search = self.config.search
        trials = self._trials()
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
            self._patience(partial(self._tell, one, results[one.spec.key]))

    def _tell(self, one: Asked, result: TrialResult) -> None:
        stored = self._study._storage.get_trial(one.trial._trial_id)
        if stored.state.is_finished():  # told before, but the reply was lost
            return
        for look in result.curve:
            if look.update not in stored.intermediate_values:  # those of a process that died
                one.trial.report(look.validation_error, look.update)
        one.trial.set_user_attr("state", result.state)
        state = TOLD.get(result.state, TrialState.COMPLETE)
        value = result.validation_error if state == TrialState.COMPLETE else None
        self._study.tell(one.trial, value, state=state)

    def finished(self) -> int:
        """Return how many trials are complete, pruned or given up."""
        return sum(trial.state.is_finished() for trial in self._patience(self._trials))

    def best(self, depth: int | None = None) -> Candidate:
        """Return the complete trial with the lowest validation error, at one depth or at any.

        Of equals the earlier one wins.

        Raises:
            UserError: no trial is complete (at this depth).
        """
        candidates = [
            Candidate(t.number, Hyperparameters(**t.params), t.value)
            for t in self._patience(self._trials)
            if t.state == TrialState.COMPLETE
            and t.value is not None
            and depth in {None, t.params["depth"]}
        ]
        if not candidates:
            where = "" if depth is None else f" at depth {depth}"
            raise UserError(
                f"the study {self.name} has no complete trial{where}: all were pruned or failed. "
                "See its runs; a sweep with more trials or another learning rate needs a new name."
            )
        return min(candidates, key=lambda one: (one.validation_error, one.number))

    def key(self, number: int) -> str:
        """Return the key of a trial's run."""
        return f"{self.variant}-{self.dataset}-t{number:03d}"

    def states(self) -> dict[int, bool]:
        """Return whether each trial is finished, by number."""
        return {trial.number: trial.state.is_finished() for trial in self._patience(self._trials)}

    def tell_one(self, number: int, result: TrialResult) -> None:
        """Tell a trial that an earlier process has asked."""
        trials = self._patience(self._trials)
        asked = self._patience(lambda: self._ask(number, trials, {}))
        self._patience(lambda: self._tell(asked, result))

    def queue_again(self, number: int) -> bool:
        """Let a running trial wait, with its parameters; return whether it was running."""
        trial = self._patience(self._trials)[number]
        if trial.state != TrialState.RUNNING:
            return False
        storage = self._study._storage
        self._patience(lambda: storage.set_trial_state_values(trial._trial_id, TrialState.WAITING))
        return True

    def _trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def _limits(self, earlier: list[FrozenTrial]) -> dict[int, float]:
        complete = [t.intermediate_values for t in earlier if t.state == TrialState.COMPLETE]
        return pruning_limits(self.config.search.pruner, self.config.search.rungs, complete)

    def _ask(self, number: int, trials: list[FrozenTrial], limits: dict[int, float]) -> Asked:
        search = self.config.search
        self._study.sampler = self._sampler(number)
        state = trials[number].state if number < len(trials) else None
        if state == TrialState.RUNNING:
            if len(trials[number].params) == len(self._space):  # nothing is drawn or noted anew
                self._study.sampler = RandomSampler(seed=0)
            trial = Trial(self._study, trials[number]._trial_id)
            self._repeat_draws(trial, trials[number])
        else:
            if state is None and search.is_at_table_depth(number):
                self._study.enqueue_trial({"depth": search.table_depth})
            trial = self._study.ask()
        drawn = {name: _draw(trial, name, one) for name, one in self._space.items()}
        if trial.number != number:
            raise RuntimeError(f"study {self.name}: asked for trial {number}, got {trial.number}")
        return Asked(self._spec(number, Hyperparameters(**drawn)), limits, trial)

    def _repeat_draws(self, trial: Trial, stored: FrozenTrial) -> None:
        """Bring the sampler to where it was when a process died between two proposals.

        Parameters that are drawn together are drawn first. If the learning rate was drawn on its
        own, without this the depth would come from the learning rate's random number. What was
        enqueued or has one value only was not drawn.
        """
        for name, one in self._space.items():
            given = name in stored.system_attrs.get("fixed_params", {})
            drawn = name in stored.params and name not in trial.relative_params
            if drawn and not given and not one.single():
                self._study.sampler.sample_independent(self._study, stored, name, one)

    def _sampler(self, number: int) -> BaseSampler:
        seed = derive_seed(self.config.seed, self.dataset, self.variant, "sampler", number)
        return make_sampler(self.config.search, self._space, seed)

    def _spec(self, number: int, chosen: Hyperparameters) -> TrialSpec:
        config, search = self.config, self.config.search
        return make_spec(
            config,
            self.dataset,
            self.variant,
            chosen,
            key=self.key(number),
            updates=search.updates,
            weight_seed=derive_seed(config.seed, self.dataset, self.variant, "trial", number),
            data_seed=derive_seed(config.seed, self.dataset, "tuning"),
            evaluate_at=(*search.rungs, search.updates),
            statistics=statistics_spec(config.statistics, search.updates, "trial"),
        )


def _draw(trial: Trial, name: str, one: BaseDistribution) -> Any:
    """Draw a parameter; `suggest_*` gives back what the trial has already."""
    if isinstance(one, FloatDistribution):
        return trial.suggest_float(name, one.low, one.high, log=one.log)
    if isinstance(one, IntDistribution):
        return trial.suggest_int(name, one.low, one.high)
    assert isinstance(one, CategoricalDistribution)
    return trial.suggest_categorical(name, one.choices)
