"""What became of one comparison that was named beforehand, at all values of the sweep's factor."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from glorot_sweep.config.factors import Value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.beforehand import Pair
from glorot_sweep.report.coverage import observations
from glorot_sweep.report.figures.captions import joined
from glorot_sweep.report.final_value import AT_LAST
from glorot_sweep.report.labels import label
from glorot_sweep.significance import is_tie, p_text


@dataclass(frozen=True)
class Question:
    """A comparison of two variants on a data set.

    Attributes:
        config: the sweep.
        pairs: the two at each value of the factor, from the lowest up; without a factor one.
    """

    config: SweepConfig
    pairs: tuple[Pair, ...]

    @property
    def decided(self) -> bool:
        """Whether the two differ, at any value."""
        return any(pair.significant for pair in self.pairs)

    @property
    def alike(self) -> bool:
        """Whether they are shown to be alike, at every value."""
        return all(map(_is_alike, self.pairs))

    @property
    def names(self) -> str:
        """The two, and the data set if there are several."""
        first, second = self.pairs[0].labels
        return f"{second} and {first}{self._place}"

    @property
    def short(self) -> list[str]:
        """Which is better than which, and by how much, without p; nothing if undecided."""
        return [
            f"{better} beats {worse}{self._at(found)} by {_points(found)}{_ends(found)}"
            f"{self._place}"
            for better, worse, found in self._winners
        ]

    @property
    def verdicts(self) -> list[str]:
        """The words of `sentence` that a reader in a hurry looks for."""
        return [
            *(f"{better} beats {worse}" for better, worse, _ in self._winners),
            "not told apart",
            *(f"alike within {p.alike.margin:g} points" for p in self.pairs[:1] if p.alike),
        ]

    @property
    def sentence(self) -> str:
        """All of it."""
        where = f"On {label(self.pairs[0].dataset)}, "
        if self.pairs[0].value is None:
            return f"{where}{self._single(self.pairs[0])}"
        clauses = [
            f"{better} beats {worse}{self._at(found)} (by {_points(found)}, {self._most(found)})"
            for better, worse, found in self._winners
        ]
        others = [pair for pair in self.pairs if not pair.significant]
        for is_alike in (True, False):
            if found := [pair for pair in others if _is_alike(pair) is is_alike]:
                names = "" if clauses else f"{self._both} are "
                clauses.append(f"{names}{self._open(found)}")
        return f"{where}{'; '.join(clauses)}; {observations(self.config)}."

    @property
    def _both(self) -> str:
        first, second = self.pairs[0].labels
        return f"{second} and {first}"

    @property
    def _place(self) -> str:
        return place(self.config, self.pairs[0].dataset)

    @cached_property
    def _winners(self) -> list[tuple[str, str, list[Pair]]]:
        """Return (better, worse, where) of what is decided."""
        found = [pair for pair in self.pairs if pair.significant]
        ways = [[pair for pair in found if _is_second(pair) == side] for side in (True, False)]
        return [(*_order(way[0]), way) for way in ways if way]

    def _single(self, pair: Pair) -> str:
        better, worse = _order(pair)
        numbers = (
            f"{_points([pair])}{_ends([pair])} ({_confidence(pair)}), "
            f"{_p([pair], pair.adjusted_p_value, '=', self._level)}; "
            f"{pair.stopped or observations(self.config)}, depth "
            f"{self.config.search.table_depth}."
        )
        if pair.significant:
            return f"{better} beats {worse} by {numbers}"
        side = "their means differ" if _is_tie(pair) else f"{better} is lower"
        return f"{self._both} are {_said(pair)}: {side} by {numbers}"

    def _open(self, found: Sequence[Pair]) -> str:
        at = self._at(found)
        numbers = [pair.value.number for pair in found if pair.value]
        is_all = len(numbers) == len(values_of_factor(self.config)) > 2
        if is_all and numbers[-1] - numbers[0] == len(numbers) - 1:  # none between them is left out
            at = f" at any {_factor(found)} from {numbers[0]} to {numbers[-1]}"
        return f"{_said(found[0])}{at} ({_sides(found)}, {self._least(found)})"

    @property
    def _level(self) -> float:
        return self.config.significance.level

    def _most(self, found: Sequence[Pair]) -> str:
        return _p(found, max(pair.adjusted_p_value for pair in found), "≤", self._level)

    def _least(self, found: Sequence[Pair]) -> str:
        return _p(found, min(pair.adjusted_p_value for pair in found), "≥", self._level)

    def _at(self, found: Sequence[Pair]) -> str:
        return at_values(self.config, [pair.value for pair in found])


def questions(config: SweepConfig, pairs: Sequence[Pair]) -> list[Question]:
    """Return the comparisons of pairs, which stand from the lowest value up.

    Args:
        config: the sweep's, with all values of its factor.
        pairs: tested, named beforehand.
    """
    found: dict[tuple[str, str, str], list[Pair]] = {}
    for pair in pairs:
        found.setdefault((pair.dataset, pair.first, pair.second), []).append(pair)
    return [Question(config, tuple(group)) for group in found.values()]


def values_of_factor(config: SweepConfig) -> list[int]:
    """Return the numbers that a sweep's factor takes; none without one."""
    return [value.number for value in values_of(config) if value is not None]


def place(config: SweepConfig, dataset: str) -> str:
    """Return which data set it is, in words; nothing where a sweep has one alone."""
    return f" on {label(dataset)}" if len(config.datasets) > 1 else ""


def at_values(config: SweepConfig, values: Sequence[Value | None]) -> str:
    """Return at which values of the sweep's factor, in words; nothing without a factor."""
    found = [value for value in values if value is not None]
    if len(found) < 2:
        return "".join(f" at {value}" for value in found)
    return f" at {found[0].factor}s {joined(_runs(config, [one.number for one in found]))}"


def _runs(config: SweepConfig, numbers: Sequence[int]) -> Iterator[str]:
    """Yield numbers, three or more neighbours among the sweep's values as `2 to 6`."""
    places = {number: nth for nth, number in enumerate(values_of_factor(config))}
    for _, grouped in groupby(enumerate(numbers), lambda one: places[one[1]] - one[0]):
        run = [str(number) for _, number in grouped]
        yield from [f"{run[0]} to {run[-1]}"] if len(run) > 2 else run


def _factor(found: Sequence[Pair]) -> str:
    return found[0].value.factor if found[0].value else ""


def _is_alike(pair: Pair) -> bool:
    return pair.alike is not None and pair.alike.equivalent


def _said(pair: Pair) -> str:
    """Say what is known of two that do not differ."""
    if pair.alike is not None and pair.alike.equivalent:
        return f"alike within {pair.alike.margin:g} points"
    return "not told apart"


def _is_tie(pair: Pair) -> bool:
    return is_tie(pair.comparison.difference)


def _is_second(pair: Pair) -> bool:
    return pair.comparison.difference >= 0


def _order(pair: Pair) -> tuple[str, str]:
    first, second = pair.labels
    return (second, first) if _is_second(pair) else (first, second)


def _confidence(pair: Pair) -> str:
    only = ", uncorrected" if pair.stopped else ""
    return f"{percent_of(pair.level)} % interval{only}"


def percent_of(level: float) -> str:
    """Return the confidence that belongs to a level, never rounded up to all of 100 percent.

    Example:
        >>> percent_of(0.005), percent_of(0.005 / 3), percent_of(0.005 / 120)
        ('99.5', '99.83', '99.996')
    """
    places = max(2, -math.floor(math.log10(100 * level)))
    return f"{100 * (1 - level):.{places}f}".rstrip("0").rstrip(".")


def _points(found: Sequence[Pair]) -> str:
    sizes = sorted(abs(pair.comparison.difference) for pair in found)
    lowest = "" if len(found) == 1 else f"{sizes[0]:.2f} to "
    return f"{lowest}{sizes[-1]:.2f} points{_when(found)}"


def _when(found: Sequence[Pair]) -> str:
    """Say of which errors differences are, where they are not those that the table shows."""
    return f" {AT_LAST}" if found[0].is_at_last else ""


def _ends(found: Sequence[Pair]) -> str:
    """Return the interval of a single difference, which counts from the better one."""
    if len(found) > 1:
        return ""
    low, high = found[0].interval
    ends = (low, high) if _is_second(found[0]) else (-high, -low)
    return f" [{ends[0]:.2f}, {ends[1]:.2f}]"


def _sides(found: Sequence[Pair]) -> str:
    if all(map(_is_tie, found)):
        return f"means differ by {_points(found)}"
    first, second = found[0].labels
    ways = {_is_second(pair) for pair in found}
    if len(ways) == 1:
        return f"{second if ways == {True} else first} lower by {_points(found)}"
    differences = [pair.comparison.difference for pair in found]
    return (
        f"{second} from {max(differences):.2f} points lower to {-min(differences):.2f} points "
        f"higher{_when(found)}"
    )


def _p(found: Sequence[Pair], value: float, sign: str, level: float) -> str:
    is_one = len({pair.adjusted_p_value for pair in found}) == 1
    return f"p {'=' if is_one else sign} {p_text(value, level)}"
