"""What a report compares a sweep with: a paper's rows, numbers, claims and figures, or nothing.

A report is given its `Paper` and knows none by name; `papers/` has a folder for each.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from glorot_sweep.config.papers import NO_PAPER
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.parts.variants import VARIANTS, Variant
from glorot_sweep.report.claims.claim import Claim, Scale
from glorot_sweep.report.figures.figure import PlannedFigure
from glorot_sweep.report.figures.question import QUESTION_FIGURES
from glorot_sweep.report.headings import UNNAMED


class Beside(StrEnum):
    """What stands beside a cell: a paper's value, a difference, p against the best, its winner."""

    PAPER = "paper"
    BASE = "base"
    P = "p"
    WINNER = "winner"


@dataclass(frozen=True)
class Citation:
    """Where a paper is found: authors, title and venue as a sentence names them."""

    authors: str
    title: str
    venue: str


@dataclass(frozen=True)
class SvmReference:
    """A support vector machine and a network that were given the same examples.

    Attributes:
        examples: how many.
        variant: of the network.
        svm_error, network_error: test errors, percent.
    """

    examples: int
    variant: str
    svm_error: float
    network_error: float


@dataclass(frozen=True)
class Paper:
    """Everything that a report takes from a paper; what it lacks is left out of the report.

    Attributes:
        name: what sweep files call it: its folder in `papers/`.
        question: what it asks, a sentence.
        title: the same in a few words, for the head of a page; empty: the question is short.
        citation: where it is found.
        scale: size and length of its networks, for captions.
        size: units and number of its networks' hidden layers.
        table: what its table is called, as `Table 1`.
        rows: variants of that table, in its order; empty: all variants of a sweep.
        references: its errors by (variant, column), percent.
        bold: entries of `references` that are not distinguishable from their column's best.
        test: the test that says so, as sweep files name it.
        column_of: returns the column that a data set stands beside.
        comparisons: pairs of variants named beforehand; a positive difference says that the
            second one has the lower error.
        compared: what those pairs compare, for a heading.
        scales: of its claims, in the order in which the page has them.
        claims, figures: in its order.
        svm: its support vector machine.
    """

    name: str
    question: str
    citation: Citation | None = None
    title: str = ""
    scale: str = ""
    size: tuple[int, int] | None = None
    table: str = "Results"
    rows: tuple[str, ...] = ()
    references: Mapping[tuple[str, str], float] = field(default_factory=dict)
    bold: frozenset[tuple[str, str]] = frozenset()
    test: str = ""
    column_of: Callable[[str], str] = str
    comparisons: tuple[tuple[str, str], ...] = ()
    compared: str = ""
    scales: tuple[Scale, ...] = ()
    claims: tuple[Claim, ...] = ()
    figures: tuple[PlannedFigure, ...] = QUESTION_FIGURES
    svm: SvmReference | None = None

    @property
    def stem(self) -> str:
        """The name of the table's files, of its metrics, and of its place on the page.

        Example:
            >>> Paper("toy", "Why?", table="Table 1").stem
            'table1'
        """
        return self.table.lower().replace(" ", "")

    @property
    def is_none(self) -> bool:
        """Whether it is none: the report is of a question of one's own."""
        return self.name == NO_PAPER

    def beside(self, config: SweepConfig) -> Beside:
        """Return what stands beside the cells of the table.

        Where there are the paper's values, those; in a question of one's own the difference to the
        base that the file names; else p against the best.
        """
        if self.references:
            return Beside.PAPER
        return Beside.BASE if self.is_none and config.base else Beside.P

    def is_row(self, variant: str) -> bool:
        """Return whether a variant is in the table; others stand beneath it."""
        return not self.rows or variant in self.rows

    def reference(self, variant: str, dataset: str) -> float | None:
        """Return the paper's error of a cell, percent, if it has one."""
        return self.references.get((variant, self.column_of(dataset)))

    def bold_in(self, dataset: str) -> set[str]:
        """Return the variants that are not distinguishable from the best in the paper."""
        return {variant for variant, column in self.bold if column == self.column_of(dataset)}

    def best_in(self, dataset: str) -> set[str]:
        """Return the variants with the lowest error in the paper: several where it is the same."""
        here = self.column_of(dataset)
        errors = {row: error for (row, column), error in self.references.items() if column == here}
        return {row for row, error in errors.items() if error == min(errors.values())}

    def base_of(self, variant: Variant) -> str | None:
        """Return the row that a variant differs from by neither activation nor initialization."""
        return base_among(self.rows, variant)


def base_among(rows: Iterable[str], variant: Variant) -> str | None:
    """Return the first of some variants of the package that is like another one.

    Alike are those with one activation and one initialization.

    Example:
        >>> rows = ("tanh", "tanh_n")
        >>> base_among(rows, VARIANTS["tanh_n_growing"]), base_among(rows, VARIANTS["relu"])
        ('tanh_n', None)
    """
    for name in rows:
        row = VARIANTS[name]
        alike = (row.activation, row.initialization)
        if alike == (variant.activation, variant.initialization):
            return name
    return None


QUESTION: Final = Paper(NO_PAPER, UNNAMED)
"""What a report has that is about no paper: all variants in one table, each against the best."""
