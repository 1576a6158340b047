"""A claim of a paper: what it says, what must be measured for it, and on which runs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from inspect import cleandoc
from typing import Final

from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.evidence import Evidence

Test = Callable[[Evidence], Measurement]


def file_with(dataset: str, *variants: str) -> str:
    """Say what a sweep file must have so that the runs which are missing are made.

    Example:
        >>> file_with("mnist", "tanh", "tanh_n")
        'run a sweep file that has mnist among its datasets, and tanh and tanh_n among its variants'
    """
    named = " and ".join(variants)
    return f"run a sweep file that has {dataset} among its datasets, and {named} among its variants"


class MissingRunsError(Exception):
    """Runs that a claim needs are not there; the message says which and how to get them."""


class Ground(StrEnum):
    """What a claim rests on; claims of different grounds are never counted together alone."""

    THEOREM = "theorem"
    CODE = "check of the code"
    START = "observation at initialization"
    TRAINING = "observation in training"
    END = "observation at the end of training"

    @property
    def heading(self) -> str:
        """Heading of its claims: several of them.

        Example:
            >>> Ground.THEOREM.heading, Ground.CODE.heading
            ('Theorems', 'Checks of the code')
        """
        first, *rest = self.value.split(" ")
        return " ".join([f"{first.capitalize()}s", *rest])


NOT_OBSERVED: Final = (Ground.THEOREM, Ground.CODE)
"""Grounds whose claims hold if the code is right: no run could have come out otherwise."""


@dataclass(frozen=True)
class Scale:
    """How long networks were trained for a claim.

    Attributes:
        letter: short for it.
        title: one line.
        when: completes the sentence "a claim is judged ...".
    """

    letter: str
    title: str
    when: str


@dataclass(frozen=True)
class Needs:
    """The smallest runs on which a claim may be confirmed or contradicted.

    Attributes:
        scale: letter of a `Scale`.
        depth: hidden layers, exactly.
        width, updates: of every run, at least; None if the claim does not depend on it.
        seeds: of every group of runs that differ in their seed alone, at least; None likewise.
            Of runs that repeat the winners of searches so many searches, since seeds of one are
            no observations of what another would have chosen.
    """

    scale: str
    depth: int | None = None
    width: int | None = None
    updates: int | None = None
    seeds: int | None = None


@dataclass(frozen=True)
class Claim:
    """One statement of a paper.

    Attributes:
        number: by which users ask for it.
        ground: what it rests on.
        statement: what the paper says.
        expected: the comparison and its tolerance, in words.
        needs: what a verdict requires.
        test: measures it; raises `MissingRunsError` if it cannot.
        is_across: whether no single sweep can have all its runs, since monitored runs are on one
            data set; then several sweeps are judged together.
    """

    number: str
    ground: Ground
    statement: str
    expected: str
    needs: Needs
    test: Test
    is_across: bool = False


def claim(
    number: str, ground: Ground, *, expected: str, needs: Needs, is_across: bool = False
) -> Callable[[Test], Claim]:
    """Turn a function into a claim; the first paragraph of its docstring is the statement."""

    def with_test(test: Test) -> Claim:
        paragraph = cleandoc(test.__doc__ or "").split("\n\n", maxsplit=1)[0]
        statement = " ".join(paragraph.split())
        return Claim(number, ground, statement, expected, needs, test, is_across)

    return with_test
