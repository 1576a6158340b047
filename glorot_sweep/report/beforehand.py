"""Which differences are tested whatever the table shows: those that were named beforehand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.column_tests import measured_cells, named_test, with_first
from glorot_sweep.report.final_value import is_at_last
from glorot_sweep.report.paper import Paper
from glorot_sweep.significance import (
    Comparison,
    Decision,
    Equivalence,
    Outcome,
    equivalence,
    named_pairs,
)
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.until_decided import sentence, stopped

IN_THE_FILE: Final = "in the sweep file"

Pairs = tuple[tuple[str, str], ...]
"""(a, b) variants: a positive difference says that b has the lower error."""


@dataclass(frozen=True)
class Pair:
    """A difference that was named beforehand, tested on one data set.

    Attributes:
        dataset: the data set.
        first, second: variants.
        labels: how tables write them.
        comparison: first minus second, by the sweep's test.
        adjusted_p_value: by Holm over the pairs of this data set.
        significant: at the sweep's level.
        alike: whether the two are within the margin of the sweep file, if it names one.
        is_at_last: the errors compared are those of the last evaluation, and the table shows
            means of several.
        stopped: why no further seed was trained for it, and with how many, if seeds were added
            until it was decided; `adjusted_p_value` is then over all looks and comparisons.
        look: then, what that one is made of.
    """

    dataset: str
    first: str
    second: str
    labels: tuple[str, str]
    comparison: Comparison
    adjusted_p_value: float
    significant: bool
    alike: Equivalence | None = None
    is_at_last: bool = False
    stopped: str = ""
    look: str = ""


def named_beforehand(config: SweepConfig, paper: Paper) -> Pairs:
    """Return the pairs that the sweep file names, else those of the paper that it has.

    A file says which variant is compared with which, so the second of its pairs comes first here.
    """
    if config.all_comparisons:
        return tuple((base, compared) for compared, base in config.all_comparisons)
    return tuple(pair for pair in paper.comparisons if set(pair) <= set(config.variants))


def heading(config: SweepConfig, paper: Paper) -> str:
    """Return who named the pairs or what they compare, for a heading; empty without any."""
    if config.all_comparisons:
        return f"Named beforehand {IN_THE_FILE}"
    return f"Named beforehand: {paper.compared}" if paper.comparisons else ""


def registration(config: SweepConfig) -> str:
    """Return whether the file says that it is older than its results; nobody checks that here."""
    if config.preregistered:
        return (
            f"The sweep file says that commit {config.preregistered} held it before any of its "
            "results was seen."
        )
    return (
        "The sweep file does not say that it was written before any of its results was seen (key "
        "preregistered): ranges, lengths and tests may have been chosen with results in view."
    )


def pairs(collected: Collected, paper: Paper) -> list[Pair]:
    """Return the differences named beforehand, wherever both variants were measured."""
    config, found = collected.config, []
    if collected.reached.design is not None:
        return _until_decided(collected)
    for dataset in config.datasets:
        column, present = named_column(collected, dataset, paper)
        if present:
            values, test = named_test(config.significance.test, column)
            results = named_pairs(values, test, present, config.significance.level)
            found += [
                Pair(
                    dataset, a, b, _labels(column, a, b), result.comparison,
                    result.adjusted_p_value, result.significant, _alike(config, result.comparison),
                    is_at_last(config, config.significance.test),
                )
                for (a, b), result in results.items()
            ]  # fmt: skip
    return found


def _until_decided(collected: Collected) -> list[Pair]:
    """Return the differences, each at the look at which it was decided or given up."""
    config, found = collected.config, []
    for ((dataset, a), (_, b)), one in collected.reached.decisions.items():
        cells = measured_cells(collected, Role.TABLE_DEPTH, dataset, (a, b))
        if len(cells) < 2:
            continue
        seeds = one.deciding.seeds
        looked_at = {variant: with_first(cell, seeds) for variant, cell in cells.items()}
        values, test = named_test(config.significance.test, looked_at)
        found.append(
            Pair(
                dataset, a, b, _labels(cells, a, b), test(values[a], values[b]),
                one.adjusted_p_value, one.outcome is Outcome.DECIDED, stopped=stopped(one),
                look=_look(collected, one),
            )
        )  # fmt: skip
    return found


def _look(collected: Collected, found: Decision) -> str:
    """Return what the adjusted p is made of: a look's p, exact or the test's, over its share."""
    design, best = collected.reached.design, found.best
    if design is None or best is None:
        return ""
    share = design.shares[best.look - 1]
    return f": p {best.p_value:.4g} at {best.seeds} seeds, of which the share is {share:.4g}"


def on_the_design(collected: Collected) -> list[str]:
    """Return what must be said of seeds that were added, before what they have decided.

    With a sentence for each comparison of a cell without a mean, which has none of its own.
    """
    design = collected.reached.design
    if design is None:
        return []
    *earlier, last = map(str, design.looks)
    shown = {(pair.dataset, pair.first, pair.second) for pair in _until_decided(collected)}
    return [
        f"Seeds were added until each comparison was decided or futile, or had the most: looks at "
        f"{', '.join(earlier)} and {last} seeds. p is over all looks and {_all(design.pairs)}, at "
        f"a level of {design.level} for any false decision, and never smaller than the exact one. "
        "Comparisons that are not named here are not corrected for the looks.",
        *(
            sentence(pair, one)
            for pair, one in collected.reached.decisions.items()
            if (*pair[0], pair[1][1]) not in shown
        ),
    ]


def _all(pairs: Collection[object]) -> str:
    return "the comparison" if len(pairs) == 1 else f"all {len(pairs)} comparisons"


def named_column(collected: Collected, dataset: str, paper: Paper) -> tuple[dict[str, Cell], Pairs]:
    """Return the cells of the named pairs that have a mean, and the pairs that have both."""
    named = named_beforehand(collected.config, paper)
    variants = dict.fromkeys(variant for pair in named for variant in pair)
    column = measured_cells(collected, Role.TABLE_DEPTH, dataset, variants)
    return column, tuple(pair for pair in named if set(pair) <= column.keys())


def _labels(cells: Mapping[str, Cell], first: str, second: str) -> tuple[str, str]:
    return cells[first].label, cells[second].label


def _alike(config: SweepConfig, found: Comparison) -> Equivalence | None:
    wanted = config.significance.equivalence
    return equivalence(found, wanted.margin, config.significance.level) if wanted else None
