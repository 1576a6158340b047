"""The Optuna study of a support vector machine: C and gamma.

As in `study`, each trial is drawn with a seed of its own, so the list of trials does not
depend on how often the search was stopped, and every public method may be called again.
"""

from dataclasses import dataclass
from functools import partial

import optuna
from optuna.distributions import FloatDistribution
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.hyperparameters import Space
from glorot_sweep.sweep.patience import Patience
from glorot_sweep.sweep.proposals import Proposals, store

# The ends of the grid C in {1, 10, 100, 1000}, gamma in {0.001, 0.01, 0.1} for pixels in [0, 1];
# the paper names none. On 3,000 and on 10,000 examples the best pairs lie well inside.
SPACE: Space = {
    "c": FloatDistribution(1.0, 1000.0, log=True),
    "gamma": FloatDistribution(0.001, 0.1, log=True),
}
RANDOM_TRIALS = 5  # before TPE has something to go by


@dataclass(frozen=True)
class SvmTrial:
    """A trial of the search.

    Attributes:
        number: within the study.
        c, gamma: its parameters.
        error: on the validation examples, percent; None as long as it is not known.
    """

    number: int
    c: float
    gamma: float
    error: float | None = None


class SvmSearch:
    """The study of one support vector machine.

    Args:
        storage: Optuna's.
        name: of the study.
        seed: every sampler's seed is derived from it.
        patience: with a storage that is away.
    """

    def __init__(self, storage: BaseStorage, name: str, seed: int, patience: Patience) -> None:
        self.name, self.seed, self._patience = name, seed, patience
        self._study = patience(
            lambda: optuna.create_study(
                storage=storage, study_name=name, direction="minimize", load_if_exists=True
            )
        )

    def finished(self) -> list[SvmTrial]:
        """Return the trials whose error is known, in their order."""
        trials = self._patience(self._trials)
        return [_plain(trial) for trial in trials if trial.state == TrialState.COMPLETE]

    def best(self) -> SvmTrial:
        """Return the finished trial of lowest error; of equals the earlier one."""
        return min(self.finished(), key=lambda trial: (trial.error, trial.number))

    def ask(self, number: int) -> SvmTrial:
        """Return trial `number`, the first that is not finished.

        If an earlier process asked it and never told, it is the same trial.
        """
        return self._patience(partial(self._ask, number))

    def tell(self, number: int, error: float) -> None:
        """Tell a trial's error; told twice it counts once."""
        self._patience(partial(self._study.tell, number, error, skip_if_finished=True))

    def _trials(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def _ask(self, number: int) -> SvmTrial:
        trials = self._trials()
        if number > len(trials):
            raise RuntimeError(
                f"study {self.name}: asked for trial {number}, but {len(trials)} comes next"
            )
        if number == len(trials):
            seed = derive_seed(self.seed, "svm", "sampler", number)
            drawn = Proposals(self._study, SPACE, trials, RANDOM_TRIALS).propose(number, seed, {})
            store(self._study, SPACE, drawn)
            trials = self._trials()
        return _plain(trials[number])


def _plain(trial: FrozenTrial) -> SvmTrial:
    return SvmTrial(trial.number, trial.params["c"], trial.params["gamma"], trial.value)
