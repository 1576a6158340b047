"""The order of a group's trials: one stage for the file that began a sweep, one for each growth.

A growth adds trials behind those that are there, so that what an earlier trial was asked for never
changes. Of each stage the trials at the table's depth are spread evenly, and a search that is
extended has its rounds at the end of each.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

ROUNDS = 2  # of further trials, where a search is extended

GRID_IS_WHOLE: Final = "a grid of more rates has others, not those of a smaller one and more"

Budget = tuple[int, int]
"""`trials` and `depth_trials` of a group."""


@dataclass(frozen=True)
class Stage:
    """Trials of a group that were asked for by one file.

    Attributes:
        start: number of the first.
        trials: those at the table's depth; in the old way all.
        depth_trials: those whose depth is searched too.
        generation: trials asked together.
        extend: whether two rounds follow.
        share: of the trials, at the table's depth, in the old way; None: the new way.
    """

    start: int
    trials: int
    depth_trials: int
    generation: int
    extend: bool = False
    share: float | None = None

    @property
    def first_trials(self) -> int:
        """Trials before the rounds."""
        return self.trials + self.depth_trials

    @property
    def round_trials(self) -> int:
        """Trials of each round."""
        return -(-self.trials // 4) if self.extend else 0

    @property
    def stop(self) -> int:
        """Number of the trial after the last."""
        return self.start + self.first_trials + ROUNDS * self.round_trials

    @property
    def round_starts(self) -> tuple[int, ...]:
        """Number of the first trial of each round; none where these have no trials."""
        first = self.start + self.first_trials
        rounds = ROUNDS if self.round_trials else 0
        return tuple(first + each * self.round_trials for each in range(rounds))

    def round_of(self, number: int) -> int | None:
        """Return in which round, counted from 0, a trial of the stage is; None: before them."""
        found = [each for each, start in enumerate(self.round_starts) if start <= number]
        return found[-1] if found else None

    def at_table_depth_before(self, number: int) -> int:
        """Return how many trials of the stage before a number have the table's depth."""
        within = min(max(number, self.start), self.stop) - self.start
        first = min(within, self.first_trials)
        if self.share is None:
            spread = first * self.trials // self.first_trials
        else:
            spread = int(first * self.share + 1e-9)
        return spread + within - first

    def generation_of(self, number: int) -> range:
        """Return the trials of the stage that are asked together with one of them."""
        starts = [self.start, *self.round_starts]
        stops = [*self.round_starts, self.stop]
        start, stop = next(
            part for part in reversed(list(zip(starts, stops, strict=True))) if part[0] <= number
        )
        start += (number - start) // self.generation * self.generation
        return range(start, min(start + self.generation, stop))


def stages_of(
    budgets: Iterable[Budget], generation: int, *, extend: bool, share: float | None
) -> Iterator[Stage]:
    """Yield the stages of a group.

    Args:
        budgets: of the group: before each growth, the oldest first, and today.
        generation: see `Stage`, as the others.
        extend: likewise.
        share: likewise.

    Example:
        >>> [(one.start, one.stop) for one in
        ...  stages_of([(4, 2), (6, 2)], 2, extend=True, share=None)]
        [(0, 8), (8, 12)]
    """
    start = trials = depth_trials = 0
    for all_trials, all_depth_trials in budgets:
        more, more_depth = all_trials - trials, all_depth_trials - depth_trials
        stage = Stage(start, more, more_depth, generation, extend, share)
        yield stage
        start, trials, depth_trials = stage.stop, all_trials, all_depth_trials


def check_growth(budgets: Sequence[Budget], sampler: str) -> None:
    """Refuse numbers of trials that have not grown from one another.

    Args:
        budgets: of a group: before each growth, the oldest first, and today.
        sampler: of the search.

    Raises:
        ValueError: they have not, or the sampler is one of which no part is one itself.
    """
    if len(budgets) > 1 and sampler == "grid":
        raise ValueError(
            f"grown_from is for samplers that go on, got sampler grid; {GRID_IS_WHOLE}"
        )
    for earlier, later in itertools.pairwise(budgets):
        if earlier == later or earlier[0] > later[0] or earlier[1] > later[1]:
            raise ValueError(
                "grown_from must rise to [trials, depth_trials], got "
                f"{[list(budget) for budget in budgets]}"
            )
