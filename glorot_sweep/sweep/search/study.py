"""One Optuna study: learning rate and depth of one variant on one data set, of one group.

Trials are asked in generations and told in trial order. Each trial is drawn with a seed of its
own, and stored with all its parameters at once, so the list of trials depends on the sweep's seed
and on what was told before, and on nothing else: not on the number of workers, not on how often
the sweep was stopped, and not on outages of the storage: every public method may be called again
after it failed anywhere.
"""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import optuna
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from glorot_sweep.config.factors import value_names, value_of, value_words
from glorot_sweep.config.section import RateRange
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.keys import key_text
from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.contents.groups import Group, group_names, group_words
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.parts import Part
from glorot_sweep.sweep.contents.pruning import CompleteTrial, trial_limits
from glorot_sweep.sweep.contents.replicates import Candidate
from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.contents.trials import study_key, trial_key, trial_task
from glorot_sweep.sweep.search.attributes import PageOf, no_page, of_run, of_study
from glorot_sweep.sweep.search.learning_rates import fixed_rates, range_of
from glorot_sweep.sweep.search.names import study_name
from glorot_sweep.sweep.search.outcomes import best_trial, complete_trials
from glorot_sweep.sweep.search.proposals import Proposals, store
from glorot_sweep.sweep.search.ranges import Edge, edge_of
from glorot_sweep.sweep.search.space import search_space
from glorot_sweep.sweep.search.telling import tell
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.training.results import TrialResult

ROUNDING = 1e-9  # points: a mean of equal errors can differ from them in its last bit


class Study:
    """The study of one data set, variant and group.

    Args:
        storage: Optuna's.
        config: the sweep, at the study's value if it has a factor.
        scope: makes the study's name unique to one run of the sweep.
        dataset, variant: what is studied.
        patience: with outages of the storage.
        group: which part of the search it is.
        chance: validation error of always answering the majority class, percent: a trial that is
            no better has learned nothing.
        page_of: the address of a run's page by its id, if a server shows it.

    Attributes:
        name: of the study in the storage.
        run_key: of the run that it shares with the other groups.
        key: its own.
    """

    def __init__(
        self,
        storage: BaseStorage,
        config: SweepConfig,
        scope: str,
        dataset: str,
        variant: str,
        patience: Patience | None = None,
        *,
        group: Group = None,
        chance: float = math.inf,
        page_of: PageOf = no_page,
    ) -> None:
        self.config, self.dataset, self.variant = config, dataset, variant
        self.group, self.chance, self.page_of = group, chance, page_of
        self.value = value_of(config)
        self.run_key = study_key(dataset, variant, self.value)
        self.key = key_text(variant, dataset, *value_names(self.value), *group_names(group))
        self.name = study_name(config.name, scope, self.part)
        self._row = config.rows[variant]
        self._patience = patience or Patience()
        self._study = self._patience(
            lambda: optuna.create_study(
                storage=storage, study_name=self.name, direction="minimize", load_if_exists=True
            )
        )

    @property
    def part(self) -> Part:
        """What it is of."""
        return Part(self.dataset, self.variant, self.group, self.value)

    @property
    def table_depth(self) -> int:
        """Depth of the winner that feeds the table: with depth as a factor its own."""
        return self.config.search.table_depth

    def describe(self, run_id: str) -> None:
        """Let the study say of what it is, and which run it has: see `attributes.Attribute`.

        Args:
            run_id: of its run.
        """
        # The dashboard shows five at once.
        wanted = {**of_run(run_id, self.page_of), **of_study(self.config.name, self.part)}
        have = self._patience(lambda: self._study.user_attrs)
        for name, value in wanted.items():
            if have.get(name) != value:
                self._patience(partial(self._study.set_user_attr, name, value))

    def next_generation(self) -> list[Task]:
        """Return the unfinished trials of the current generation; none if the budget is spent.

        Trials that an earlier process asked and never told come first, with the same numbers and
        parameters.

        Raises:
            ServiceLostError: an outage of the storage has lasted too long, here as in every other
                method.
        """
        return self._patience(self._next_generation)

    def _next_generation(self) -> list[Task]:
        trials = self._trials()
        finished = sum(trial.state.is_finished() for trial in trials)
        if finished >= self.config.search.group_trials:
            return []
        numbers = self.config.search.generation_of(finished)
        unfinished = [
            number
            for number in numbers
            if number >= len(trials) or not trials[number].state.is_finished()
        ]
        earlier = complete_trials(trials[: numbers.start])
        trials = self._with_new_ones(trials, numbers.stop)
        return [self._task(trials[number], earlier) for number in unfinished]

    def _with_new_ones(self, trials: list[FrozenTrial], stop: int) -> list[FrozenTrial]:
        """Return the trials up to a number; propose and store those that are missing."""
        missing = range(len(trials), stop)
        if not missing:
            return trials
        search = self.config.search
        rates = self._rates(trials, missing.start)
        space = search_space(search, self._row, rates)
        startup = search.generation if search.sampler == "tpe" else None
        proposals = Proposals(self._study, space, trials, startup)
        proposed = {}
        for number in missing:
            fixed = {"depth": search.table_depth} if search.is_at_table_depth(number) else {}
            given = {**fixed, **fixed_rates(search, number, rates)}
            proposed[number] = proposals.propose(number, self._seed(number), given)
            store(self._study, space, proposed[number])
        trials = self._trials()
        if [trial.params for trial in trials[missing.start :]] != list(proposed.values()):
            # Optuna stores a trial again by itself if it has lost the reply to a commit.
            logging.getLogger(__name__).warning(
                "study %s: the storage kept a proposal twice; its trials from %d on are not "
                "those of an undisturbed sweep", self.name, missing.start,
            )  # fmt: skip
        return trials

    def tell(self, results: Mapping[str, TrialResult]) -> None:
        """Tell trials in the order of their numbers, with what was measured at the rungs.

        Args:
            results: by trial key; a whole generation's, unless a process has died.

        Raises:
            KeyError: a result is of no trial of this study.
        """
        trials = {self.trial_key(t.number): t for t in self._patience(self._trials)}
        for trial in sorted((trials[key] for key in results), key=lambda one: one.number):
            result = results[self.trial_key(trial.number)]
            storage = self._study._storage
            self._patience(partial(tell, storage, trial._trial_id, result, self.page_of))

    def lost(self, is_kept: Callable[[Task], bool]) -> list[Task]:
        """Return the trials that have been told and whose runs are lost, as they were asked.

        With which trials each one was compared is looked up of these alone.

        Args:
            is_kept: whether a trial's run is kept; it is asked without limits.
        """
        trials, generation_of = self._patience(self._trials), self.config.search.generation_of
        return [
            self._task(trial, complete_trials(trials[: generation_of(trial.number).start]))
            for trial in trials
            if trial.state.is_finished() and not is_kept(self._task(trial, ()))
        ]

    def finished(self) -> int:
        """Return how many trials are complete, pruned or given up."""
        return sum(trial.state.is_finished() for trial in self._patience(self._trials))

    def best(self, depth: int | None = None) -> Candidate:
        """Return the complete trial with the lowest validation error, at one depth or at any.

        Of equals the earlier one wins. At the table's depth those trials count that were asked for
        it, equally many of each variant; what the search of the depth has come upon does not.

        Raises:
            UserError: no trial is complete (at this depth).
        """
        best = self._best(self._patience(self._trials), depth)
        if best is None:
            where = "" if depth is None else f" at depth {depth}"
            raise UserError(
                f"the study {self.name} has no complete trial{where}: all were pruned or failed. "
                "See its runs. Ask for more trials in the same file (not with the sampler grid), "
                "or give a sweep with other learning rates another name."
            )
        return best

    def has_learned(self, candidate: Candidate) -> bool:
        """Return whether a trial is better than always answering the majority class."""
        return candidate.validation_error < self.chance - ROUNDING

    def range_searched(self) -> RateRange:
        """Return the range of the learning rate, with all by which it has grown."""
        trials = self._patience(self._trials)
        return self._rates(trials, self.config.search.group_trials - 1)

    def range_around(self, candidate: Candidate) -> RateRange:
        """Return the range searched around a trial.

        Of those at the table's depth it is all of it, as it has grown; another trial was drawn
        from what the range was by then: after a growth by trials more than it had been at first.
        """
        if candidate.chosen.depth == self.table_depth and self.config.search.may_win_at_table_depth(
            candidate.number
        ):
            return self.range_searched()
        return self._rates(self._patience(self._trials), candidate.number)

    def edge(self, candidate: Candidate) -> Edge | None:
        """Return in which outer tenth of its range a trial's rate lies, if it has learned."""
        if not self.has_learned(candidate):
            return None
        return edge_of(self.range_around(candidate), candidate.chosen.learning_rate)

    def trial_key(self, number: int) -> str:
        """Return the key of a trial's run."""
        return trial_key(self.dataset, self.variant, number, self.group, self.value)

    def states(self) -> dict[int, bool]:
        """Return whether each trial is finished, by number."""
        return {trial.number: trial.state.is_finished() for trial in self._patience(self._trials)}

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

    def _best(self, trials: Sequence[FrozenTrial], depth: int | None) -> Candidate | None:
        search = self.config.search
        if depth == search.table_depth:
            trials = [trial for trial in trials if search.may_win_at_table_depth(trial.number)]
        return best_trial(trials, depth)

    def _rates(self, trials: Sequence[FrozenTrial], number: int) -> RateRange:
        """Return the range from which the rate of trial `number` is drawn."""

        def best_before(start: int) -> float | None:
            best = self._best(trials[:start], self.config.search.table_depth)
            learned = best is not None and self.has_learned(best)
            return best.chosen.learning_rate if best is not None and learned else None

        return range_of(self.config.search, self._row, number, best_before)

    def _task(self, trial: FrozenTrial, earlier: Sequence[CompleteTrial]) -> Task:
        if trial.state == TrialState.WAITING:  # queued again
            self._study._storage.set_trial_state_values(trial._trial_id, TrialState.RUNNING)
        config, number, chosen = self.config, trial.number, Hyperparameters(**trial.params)
        limits = trial_limits(config.search, number, chosen.depth, earlier)
        return trial_task(config, self.dataset, self.variant, number, chosen, limits, self.group)

    def _seed(self, number: int) -> int:
        own = (*value_words(self.value), *group_words(self.group), "sampler", number)
        return derive_seed(self.config.seed, self.dataset, self.variant, *own)
