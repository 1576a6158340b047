"""A study of a few numbers whose trials are asked and told one after another.

As in `study`, each trial is drawn with a seed of its own, so the list of trials does not depend on
how often the search was stopped, and every public method may be called again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import optuna
from optuna.distributions import FloatDistribution
from optuna.trial import FrozenTrial, TrialState

from glorot_sweep.sweep.search.proposals import Proposals, store
from glorot_sweep.sweep.search.space import Space
from glorot_sweep.sweep.storage.database import AnyStorage
from glorot_sweep.sweep.storage.patience import Patience


@dataclass(frozen=True)
class SequentialTrial:
    """A trial of the search.

    Attributes:
        number: within the study.
        parameters: by name.
        error: what it was told; None as long as it is not known.
    """

    number: int
    parameters: Mapping[str, float]
    error: float | None = None


class SequentialStudy:
    """A study that minimizes an error over numbers drawn log-uniformly, by TPE.

    Args:
        storage: Optuna's.
        name: of the study.
        bounds: lowest and highest value of each number.
        random_trials: drawn at random before TPE has something to go by.
        seed: the seed of a trial's draw, by its number.
        patience: with outages of the storage.
    """

    def __init__(
        self,
        storage: AnyStorage,
        name: str,
        bounds: Mapping[str, tuple[float, float]],
        random_trials: int,
        seed: Callable[[int], int],
        patience: Patience,
    ) -> None:
        self.name, self._seed, self._patience = name, seed, patience
        self._random_trials = random_trials
        self._space: Space = {
            key: FloatDistribution(low, high, log=True) for key, (low, high) in bounds.items()
        }
        self._study = patience(
            lambda: optuna.create_study(
                storage=storage, study_name=name, direction="minimize", load_if_exists=True
            )
        )

    def finished(self) -> list[SequentialTrial]:
        """Return the trials whose error is known, in their order."""
        trials = self._patience(self._trials)
        return [_plain(trial) for trial in trials if trial.state == TrialState.COMPLETE]

    def ask(self, number: int) -> SequentialTrial:
        """Return trial `number`, the first that is not finished.

        If an earlier process asked it and never told, it is the same trial.
        """
        return self._patience(partial(self._ask, number))

    def tell(self, number: int, error: float, attributes: Mapping[str, str]) -> None:
        """Tell a trial's error and its attributes; told twice it counts once."""
        self._patience(partial(self._tell, number, error, attributes))

    def _tell(self, number: int, error: float, attributes: Mapping[str, str]) -> None:
        trial = self._trials()[number]
        if not trial.state.is_finished():
            for name, value in attributes.items():
                self._study._storage.set_trial_user_attr(trial._trial_id, name, value)
        self._study.tell(number, error, skip_if_finished=True)

    def _trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def _ask(self, number: int) -> SequentialTrial:
        trials = self._trials()
        if number > len(trials):
            raise RuntimeError(
                f"study {self.name}: asked for trial {number}, but {len(trials)} comes next"
            )
        if number == len(trials):
            proposals = Proposals(self._study, self._space, trials, self._random_trials)
            store(self._study, self._space, proposals.propose(number, self._seed(number), {}))
            trials = self._trials()
        return _plain(trials[number])


def _plain(trial: FrozenTrial) -> SequentialTrial:
    return SequentialTrial(trial.number, dict(trial.params), trial.value)
