"""What the entry point `svm` is asked for, checked before any image is loaded."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from glorot_sweep.errors import UserError


@dataclass(frozen=True)
class SvmRequest:
    """What to fit.

    Attributes:
        dataset: `shapeset` (its finite set of so many examples) or a finite data set.
        examples: training examples of the machine.
        tuning_examples: the first so many of them, on which C and gamma are tuned.
        trials: pairs of C and gamma that are tried.
        seed: of the search.
        memory: that may be used beside the program's own, GB.
        data_folder: holds one folder per finite data set.
    """

    dataset: str
    examples: int
    tuning_examples: int
    trials: int
    seed: int
    memory: float
    data_folder: Path | None = None

    def identity(self) -> dict[str, Any]:
        """Everything that decides the numbers but the images themselves."""
        values = asdict(self)
        del values["memory"], values["data_folder"]
        return values

    def check_numbers(self) -> None:
        """Refuse numbers that are out of range, whatever the images are.

        Raises:
            UserError: names the option.
        """
        for option in ("examples", "tuning_examples", "trials"):
            if getattr(self, option) < 1:
                raise UserError(
                    f"--{option.replace('_', '-')} must be at least 1, got {getattr(self, option)}"
                )
        if not 0 < self.memory < math.inf:
            raise UserError(f"--memory must be a positive number of GB, got {self.memory}")
