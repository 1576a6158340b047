"""The winners that a cell's replicates repeat: one, or one of each group of the search."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glorot_sweep.tracking.schema.trained import ReplicateRun

NOTHING = "nothing learned"


@dataclass(frozen=True)
class GroupWinner:
    """What a group's winner is.

    Attributes:
        depth, learning_rate: chosen by the search.
        has_learned: it is better than always answering the majority class.
    """

    depth: int
    learning_rate: float
    has_learned: bool = True


def winners_in(runs: Sequence[ReplicateRun]) -> tuple[GroupWinner, ...]:
    """Return the winner of each group, as a cell's replicates have it.

    That it has learned nothing is said if one of its replicates says so: those that an earlier
    version has trained may be silent.
    """
    groups: dict[int | None, list[ReplicateRun]] = {}
    for run in runs:
        groups.setdefault(run.group, []).append(run)
    return tuple(
        GroupWinner(own[0].depth, own[0].learning_rate, all(run.has_learned for run in own))
        for own in groups.values()
    )


def usual_depth(winners: Sequence[GroupWinner]) -> int:
    """Return the depth of most winners; of equally many the smallest."""
    counts = Counter(winner.depth for winner in winners)
    return min(counts, key=lambda depth: (-counts[depth], depth))


def middle_rate(winners: Sequence[GroupWinner]) -> float:
    """Return the middle one of the winners' learning rates; of an even number the lower."""
    rates = sorted(winner.learning_rate for winner in winners)
    return rates[(len(rates) - 1) // 2]


def depths_text(winners: Sequence[GroupWinner]) -> str:
    """Return the depths in words.

    Example:
        >>> depths_text([GroupWinner(5, 0.1), GroupWinner(4, 0.1), GroupWinner(5, 0.1)])
        '4 to 5'
    """
    return from_to(winner.depth for winner in winners)


def rates_text(winners: Sequence[GroupWinner], digits: int = 3) -> str:
    """Return the learning rates in words, to so many significant digits.

    Example:
        >>> rates_text([GroupWinner(5, 0.03171), GroupWinner(5, 0.0289)])
        '0.0289 to 0.0317'
    """
    return from_to((winner.learning_rate for winner in winners), f"{{:.{digits}g}}")


def unlearned_text(winners: Sequence[GroupWinner]) -> str:
    """Say in how many groups nothing was learned, if in any.

    Example:
        >>> unlearned_text([GroupWinner(5, 0.1), GroupWinner(5, 0.1, has_learned=False)])
        'nothing learned in 1 of 2 groups'
        >>> unlearned_text([GroupWinner(5, 0.1, has_learned=False)])
        'nothing learned'
    """
    idle = sum(not winner.has_learned for winner in winners)
    if not idle:
        return ""
    return f"nothing learned in {idle} of {len(winners)} groups" if len(winners) > 1 else NOTHING


def from_to(numbers: Iterable[float], spelling: str = "{}") -> str:
    """Return the smallest and the largest of some numbers in words; once if they are alike.

    Example:
        >>> from_to([20_000, 1_000, 1_000], "{:,}"), from_to([5, 5])
        ('1,000 to 20,000', '5')
    """
    ordered = sorted(numbers)
    ends = (spelling.format(ordered[0]), spelling.format(ordered[-1]))
    return " to ".join(dict.fromkeys(ends))
