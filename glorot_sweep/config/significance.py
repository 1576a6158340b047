"""What is compared, and by which test: named before the results are seen."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from glorot_sweep.config.limits import MOST_POINTS
from glorot_sweep.config.section import Section
from glorot_sweep.spelling import nearest


class EquivalenceConfig(Section):
    """What counts as alike: a difference that is shown to lie within a margin, at either side.

    Attributes:
        margin: points of test error; two one-sided tests at `significance.level` must both reject.
    """

    margin: Annotated[float, Field(gt=0, le=100)]


class SignificanceConfig(Section):
    """The test that decides what is bold, named before the data are seen.

    Attributes:
        test: `welch`: would other seeds, and another search, change the order? `paired_seeds`: the
            same from the differences of replicates that share their training examples. `paired`:
            would other test examples? All with Holm's correction over a column; `two_proportions`:
            the last question from two error rates alone and uncorrected, as Table 1 of the paper
            is read.
        level: of the p-values; 0.005 stands in the caption of Table 1.
        equivalence: when two variants that were named to be compared are called alike; left out:
            never, since a difference that was not found is not shown to be small.
    """

    test: Literal["welch", "paired_seeds", "paired", "two_proportions"] = "welch"
    level: Annotated[float, Field(gt=0, lt=1)] = 0.005
    equivalence: EquivalenceConfig | None = None

    @model_validator(mode="after")
    def _two_tests_have_a_level(self) -> Self:
        if self.equivalence and self.level >= 0.5:
            raise ValueError(
                "two one-sided tests need a significance.level below 0.5, "
                f"got {self.level} with equivalence; choose a lower one, as 0.005"
            )
        return self


def _as_pairs(value: Any) -> Any:
    """Return lists of names as tuples; what is no pair is refused in words."""
    if not isinstance(value, list | tuple):
        return value
    for pair in value:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError(f"each comparison names two variants, as [tanh_n, tanh], got {pair!r}")
    return tuple(tuple(pair) for pair in value)


Comparisons = Annotated[
    tuple[tuple[str, str], ...], BeforeValidator(_as_pairs), Field(max_length=MOST_POINTS)
]
"""Pairs of variants: the first of each is compared with the second."""


def with_base(comparisons: Comparisons, base: str | None, variants: tuple[str, ...]) -> Comparisons:
    """Return the pairs that a file names: one by one, and every other variant against its base.

    Example:
        >>> with_base((("tanh_n", "tanh"),), "tanh", ("tanh", "tanh_n", "relu_he"))
        (('tanh_n', 'tanh'), ('relu_he', 'tanh'))
    """
    if base is None:
        return comparisons
    named = {frozenset(pair) for pair in comparisons}
    others = ((variant, base) for variant in variants if variant != base)
    return (*comparisons, *(pair for pair in others if frozenset(pair) not in named))


def check_base(base: str | None, variants: tuple[str, ...]) -> None:
    """Refuse a base that no other variant can be compared with.

    Raises:
        ValueError: it is not among the sweep's variants, or is the only one.
    """
    if base is None:
        return
    if base not in variants:
        raise ValueError(f"base is {base!r}, which is not among variants{nearest(base, variants)}")
    if len(variants) == 1:
        raise ValueError(
            f"base is {base!r}, with which every other variant is compared, and there is no other; "
            "name more variants, or leave base out"
        )


def check_comparisons(comparisons: Comparisons, variants: tuple[str, ...]) -> None:
    """Refuse pairs that cannot be compared.

    Raises:
        ValueError: a variant is not among the sweep's, is compared with itself, or two are
            compared twice.
    """
    seen: set[frozenset[str]] = set()
    for pair in comparisons:
        shown = f"[{', '.join(pair)}]"
        for name in pair:
            if name not in variants:
                raise ValueError(
                    f"comparisons has {shown}, but {name!r} is not among variants"
                    f"{nearest(name, variants)}"
                )
        if pair[0] == pair[1]:
            raise ValueError(f"comparisons has {shown}: a variant cannot differ from itself")
        if frozenset(pair) in seen:
            raise ValueError(
                f"comparisons has {shown}, and these two already; a second test of one difference "
                "would count it twice"
            )
        seen.add(frozenset(pair))
