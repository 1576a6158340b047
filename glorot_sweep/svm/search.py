"""The search of a support vector machine: C and gamma."""

from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.seeds import derive_seed
from glorot_sweep.sweep.search.sequential import SequentialStudy, SequentialTrial
from glorot_sweep.sweep.storage.database import AnyStorage
from glorot_sweep.sweep.storage.patience import Patience

# The ends of the grid C in {1, 10, 100, 1000}, gamma in {0.001, 0.01, 0.1} for pixels in [0, 1];
# the paper names none. On 3,000 and on 10,000 examples the best pairs lie well inside.
BOUNDS = {"c": (1.0, 1000.0), "gamma": (0.001, 0.1)}
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
        seed: every trial's seed is derived from it.
        patience: with outages of the storage.
    """

    def __init__(self, storage: AnyStorage, name: str, seed: int, patience: Patience) -> None:
        self._study = SequentialStudy(
            storage,
            name,
            BOUNDS,
            RANDOM_TRIALS,
            lambda number: derive_seed(seed, "svm", "sampler", number),
            patience,
        )

    def finished(self) -> list[SvmTrial]:
        """Return the trials whose error is known, in their order."""
        return [_plain(trial) for trial in self._study.finished()]

    def best(self) -> SvmTrial:
        """Return the finished trial of lowest error; of equals the earlier one."""
        return min(self.finished(), key=lambda trial: (trial.error, trial.number))

    def ask(self, number: int) -> SvmTrial:
        """Return trial `number`, the first that is not finished; asked again it is the same."""
        return _plain(self._study.ask(number))

    def tell(self, number: int, error: float, attributes: Mapping[str, str]) -> None:
        """Tell a trial's error and its attributes; told twice it counts once."""
        self._study.tell(number, error, attributes)


def _plain(trial: SequentialTrial) -> SvmTrial:
    return SvmTrial(trial.number, trial.parameters["c"], trial.parameters["gamma"], trial.error)
