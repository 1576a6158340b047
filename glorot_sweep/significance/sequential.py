"""Seeds until it is decided: a design that looks at the differences more than once.

Whoever looks after 5, 10, 15 and 20 seeds and stops at the first small p-value errs more often
than the level says. Here each look has a *share* of the level, in proportion to the seeds that are
new. The p-value of a look, divided by its share, is one that allows for the other looks (by
Bonferroni's bound: one look or another errs no more often than all of them together); the smallest
of these so far is a comparison's, and Holm's correction over all comparisons decides. Nothing but
each look's own p-value has to be right for that, so the level is kept whatever looks and
comparisons have to do with one another, and however it is stopped.

The p-value of a look is the larger one of two: that of the deciding test, and the exact one from
`exact_seeds`. A t-test promises its level for normal errors however unequal their spreads are, the
exact one for any errors where nothing distinguishes the two: together they err no more often than
they promise in either case.

A look with so few seeds that even the smallest exact p could decide nothing has no share: see
`glorot_sweep.config.looks`.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final, Generic, TypeVar

from scipy import special

from glorot_sweep.config.limits import MOST_SEEDS_LOOKED_AT as MOST
from glorot_sweep.config.looks import SMALLEST_P, shares_of
from glorot_sweep.significance.across_seeds import welch
from glorot_sweep.significance.corrections import holm
from glorot_sweep.significance.exact_seeds import dealt_p, swapped_p
from glorot_sweep.significance.paired_seeds import paired_seeds

FUTILE: Final = 0.01
"""Chance that the last look decides a comparison, below which it is given up."""

Cell = TypeVar("Cell", bound=Hashable)
Pair = tuple[Cell, Cell]
Values = Mapping[Cell, Mapping[int, float]]
"""Test error in percent by seed, of every cell: of those seeds that were measured."""
LookP = Callable[[Mapping[int, float], Mapping[int, float]], float]
"""p-value of a look from the errors of two cells on their common seeds."""


class Outcome(StrEnum):
    """What has become of a comparison."""

    OPEN = "open"
    DECIDED = "decided"
    FUTILE = "futile"
    SPENT = "not decided"


@dataclass(frozen=True)
class SequentialDesign(Generic[Cell]):
    """What is looked at and when, settled before the first seed.

    Attributes:
        pairs: the comparisons, each of two cells.
        looks: seeds of each cell at each look, rising.
        test: the deciding test.
        level: chance of any false decision, over all looks and comparisons.
        futile: chance that the last look decides, below which a comparison is given up; 0: none is.

    Raises:
        ValueError: no comparison, or one that is there twice; looks that do not rise, begin below
            two seeds or end above what exact p-values can be had for; an unknown test; a level
            outside (0, 1); or a last look with so few seeds that nothing could be decided.

    Example:
        >>> design = SequentialDesign((("tanh_n", "tanh"),), (5, 10, 15, 20), "welch", 0.005)
        >>> design.shares
        (0.0, 0.5, 0.25, 0.25)
    """

    pairs: tuple[Pair[Cell], ...]
    looks: tuple[int, ...]
    test: str
    level: float
    futile: float = FUTILE

    def __post_init__(self) -> None:
        looks = self.looks
        if not self.pairs or len({frozenset(pair) for pair in self.pairs}) < len(self.pairs):
            raise ValueError(f"pairs must be there, each once; got {list(self.pairs)}.")
        if not looks or looks[0] < 2 or list(looks) != sorted(set(looks)) or looks[-1] > MOST:
            raise ValueError(f"looks must rise from 2 seeds or more to {MOST}; got {list(looks)}.")
        if self.test not in _TESTS:
            raise ValueError(f"test must be one of {', '.join(_TESTS)}; got {self.test!r}.")
        if not 0 < self.level < 1:
            raise ValueError(f"level must lie strictly between 0 and 1; got {self.level}.")
        if not self.shares[-1]:
            raise ValueError(
                f"with {looks[-1]} seeds even the smallest p of the exact test beside {self.test} "
                f"is {SMALLEST_P[self.test](looks[-1]):.2g}, too large to decide one of "
                f"{len(self.pairs)} comparisons at the level {self.level}. Look at more seeds."
            )

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """The share of each look in the level."""
        return shares_of(self.looks, self.test, self.level, len(self.pairs))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that are compared, each once."""
        return tuple(dict.fromkeys(cell for pair in self.pairs for cell in pair))


@dataclass(frozen=True)
class Decision:
    """What is known of a comparison after so many looks.

    Attributes:
        outcome: `OPEN` where it goes on.
        look: the last one at it, counted from 1.
        seeds: of both cells at that look.
        common: seeds that were measured in both of them.
        difference: mean error of the first cell minus that of the second on those, in percentage
            points; None for fewer than two.
        p_value: of that look alone, uncorrected.
        adjusted_p_value: over looks and comparisons; decided if it is at most the level.
        best: the comparison at the look whose p-value over its share is the smallest, which the
            adjusted one is of. It may be an earlier one: a comparison that is left alone needs
            less. None: no look had a share.
    """

    outcome: Outcome
    look: int = 0
    seeds: int = 0
    common: int = 0
    difference: float | None = None
    p_value: float = 1.0
    adjusted_p_value: float = 1.0
    best: "Decision | None" = None

    @property
    def deciding(self) -> "Decision":
        """The look that speaks: the one that decided; the last one where nothing is decided."""
        return self.best if self.best and self.outcome is Outcome.DECIDED else self


def look_p(test: str) -> LookP:
    """Return how a look's p-value comes about: the larger one of the test's own and the exact."""
    own, exact = _TESTS[test]

    def larger(a: Mapping[int, float], b: Mapping[int, float]) -> float:
        return max(own(a, b), exact(list(a.values()), [b[seed] for seed in a]))

    return larger


def decisions(
    design: SequentialDesign[Cell],
    values: Values[Cell],
    looks: int,
    p_value: LookP | None = None,
) -> dict[Pair[Cell], Decision]:
    """Return what has become of each comparison after the first so many looks.

    It depends on the design and the values alone. A seed that one of two cells lacks, since its
    run has failed for good, does not count for the other one; the looks stay where they are.

    Args:
        design: what was settled.
        values: of the seeds that were measured; those of later looks are not looked at.
        looks: how many were made. None is made once no comparison is open.
        p_value: of a look; left out: `look_p`.

    Returns:
        A decision for each pair of the design, in its order.

    Example:
        >>> design = SequentialDesign((("tanh", "tanh_n"),), (3, 6, 9), "welch", 0.05)
        >>> tanh = {seed: 65.0 + seed % 3 for seed in range(9)}
        >>> lower = {seed: 55.0 + seed % 4 for seed in range(9)}
        >>> found = decisions(design, {"tanh": tanh, "tanh_n": lower}, 3)["tanh", "tanh_n"]
        >>> found.outcome.value, found.seeds, round(found.difference, 3)
        ('decided', 6, 9.833)
    """
    p_value = p_value or look_p(design.test)
    found = {pair: Decision(Outcome.OPEN) for pair in design.pairs}
    over_looks = dict.fromkeys(design.pairs, 1.0)
    for number in range(looks):
        if not open_pairs(found):
            break
        for pair in open_pairs(found):
            best, now = found[pair].best, _looked(design, values, number, pair, p_value)
            share = design.shares[number]
            if share and (best is None or now.p_value / share < over_looks[pair]):
                best = now
                over_looks[pair] = min(over_looks[pair], now.p_value / share)
            found[pair] = replace(now, best=best)
        _judge(design, found, over_looks, number)
    return found


def open_pairs(found: Mapping[Pair[Cell], Decision]) -> list[Pair[Cell]]:
    """Return the comparisons that go on."""
    return [pair for pair, one in found.items() if one.outcome is Outcome.OPEN]


def seeds_wanted(
    design: SequentialDesign[Cell], found: Mapping[Pair[Cell], Decision]
) -> dict[Cell, int]:
    """Return how many seeds each compared cell must have: no more than an open comparison needs.

    Args:
        design: what was settled.
        found: after all looks so far; a cell without an open comparison keeps what it has.
    """
    wanted = dict.fromkeys(design.cells, design.looks[0])
    for pair, one in found.items():
        further = one.look if one.outcome is Outcome.OPEN else one.look - 1
        for cell in pair:
            wanted[cell] = max(wanted[cell], design.looks[further])
    return wanted


def _looked(
    design: SequentialDesign[Cell],
    values: Values[Cell],
    number: int,
    pair: Pair[Cell],
    p_value: LookP,
) -> Decision:
    """Return a comparison at look `number`, counted from 0, as if it went on."""
    seeds = design.looks[number]
    first, second = (values.get(cell, {}) for cell in pair)
    common = [seed for seed in range(seeds) if seed in first and seed in second]
    if len(common) < 2:
        return Decision(Outcome.OPEN, number + 1, seeds, len(common))
    a, b = ({seed: cell[seed] for seed in common} for cell in (first, second))
    difference = (sum(a.values()) - sum(b.values())) / len(common)
    return Decision(Outcome.OPEN, number + 1, seeds, len(common), difference, p_value(a, b))


def _judge(
    design: SequentialDesign[Cell],
    found: dict[Pair[Cell], Decision],
    over_looks: Mapping[Pair[Cell], float],
    number: int,
) -> None:
    """Set the outcome of every comparison after look `number`, counted from 0."""
    adjusted = dict(zip(over_looks, holm(list(over_looks.values())).tolist(), strict=True))
    undecided = sum(p > design.level for p in adjusted.values())
    for pair, one in found.items():
        if adjusted[pair] <= design.level:
            outcome = Outcome.DECIDED
        elif one.outcome is not Outcome.OPEN:
            outcome = one.outcome
        elif number == len(design.looks) - 1:
            outcome = Outcome.SPENT
        else:
            futile = _chance_at_last(design, one, undecided) < design.futile
            outcome = Outcome.FUTILE if futile else Outcome.OPEN
        found[pair] = replace(one, outcome=outcome, adjusted_p_value=adjusted[pair])


def _chance_at_last(design: SequentialDesign[Cell], one: Decision, undecided: int) -> float:
    """Return the chance that the last look decides, if the difference stays what it is.

    It is reckoned with normal errors, which is good enough to give up by: the level holds whether
    or not anything is given up.

    Source: the conditional power of J. M. Lachin (2005), "A review of methods for futility
    stopping based on conditional power", Statistics in Medicine 24, 2747-2764, under the trend.
    """
    seen = one.seeds / design.looks[-1]
    needed = -special.ndtri(design.level * design.shares[-1] / undecided / 2)
    expected = -special.ndtri(one.p_value / 2) / seen**0.5
    return float(special.ndtr((expected - needed) / (1 - seen) ** 0.5))


def _welch(a: Mapping[int, float], b: Mapping[int, float]) -> float:
    return welch(list(a.values()), list(b.values())).p_value


def _paired(a: Mapping[int, float], b: Mapping[int, float]) -> float:
    return paired_seeds(a, b).p_value


_TESTS: Final = {"welch": (_welch, dealt_p), "paired_seeds": (_paired, swapped_p)}
"""The p-value of each deciding test, and the exact one beside it."""
