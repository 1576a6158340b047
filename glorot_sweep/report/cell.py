"""A cell of a table: the replicates behind one mean, and whether it may have one."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.report.belief import Doubt
from glorot_sweep.report.winners import GroupWinner
from glorot_sweep.significance.groups import independent_values, places_of


@dataclass(frozen=True)
class Cell:
    """One cell of a table: the replicates of one winner, or of the winner of each group.

    Attributes:
        dataset, variant: column and row.
        label: how tables write the variant.
        depth, learning_rate: the winner's; of several the usual depth and the middle rate.
        errors: final test errors [seeds], percent: means over the sweep's window.
        wrong: whether each test example is misclassified at the last evaluation [seeds, examples].
        labels: of the test examples [examples].
        diverged: replicates that diverged and count at the majority class's error.
        failed: replicates that failed for good; a cell with any is shown as failed.
        runs: ids of the replicates, in the order of their seeds.
        disagreements: what its replicates were not made by the same of, in words; a cell with
            any is named and has no mean.
        doubts: what does not fit in its runs, or beside them. A cell with a replicate that is
            not believed has no mean.
        groups: searches that its replicates repeat the winners of.
        streams: data seeds of the measured replicates [seeds]: the training examples of each.
        numbers: of the measured replicates [seeds], which say whose winner each repeats; left out:
            0, 1, ...
        group_winners: one for each of `groups`.
    """

    dataset: str
    variant: str
    label: str = field(kw_only=True)
    depth: int
    learning_rate: float
    errors: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    labels: NDArray[np.uint8]
    diverged: int
    failed: int
    runs: tuple[str, ...]
    disagreements: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    groups: int = 1
    streams: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    group_winners: tuple[GroupWinner, ...] = ()

    @property
    def winners(self) -> tuple[GroupWinner, ...]:
        """Whose replicates it has."""
        return self.group_winners or (GroupWinner(self.depth, self.learning_rate),)

    @property
    def observations(self) -> NDArray[np.float64]:
        """Test errors that are independent of each other, percent: of replicates or of groups."""
        return independent_values(self.errors, self.groups, self.numbers)

    @property
    def standard_deviation(self) -> float | None:
        """Return that of `observations`, in points of error; None of a cell without a mean."""
        return float(np.std(self.observations, ddof=1)) if self.has_mean else None

    @property
    def by_stream(self) -> dict[Hashable, float]:
        """`observations` by number and by the training examples that each rests on."""
        places = places_of(len(self.errors), self.groups, self.numbers)
        return {
            (number, *(self.streams[one] for one in place if self.streams)): float(error)
            for number, (place, error) in enumerate(zip(places, self.observations, strict=True))
        }

    @property
    def last_errors(self) -> NDArray[np.float64]:
        """As `observations`, of the last evaluation alone."""
        errors = 100 * self.wrong.sum(axis=1) / self.wrong.shape[1]
        return independent_values(errors, self.groups, self.numbers)

    @property
    def last_wrong(self) -> NDArray[np.float64]:
        """`wrong` of replicates, or the share of a group's replicates that is, by example."""
        return independent_values(self.wrong, self.groups, self.numbers)

    @property
    def has_mean(self) -> bool:
        """Whether all replicates were measured, made by the same things, and are believed."""
        return not (self.failed or self.disagreements or self.is_doubtful)

    @property
    def is_doubtful(self) -> bool:
        """Whether a replicate that it would be the mean of is not believed."""
        return any(doubt.run_id in self.runs for doubt in self.doubts)

    @property
    def instead(self) -> str:
        """What stands where a mean would."""
        if self.failed:
            return "failed"
        return "doubtful" if self.is_doubtful else "mixed"
