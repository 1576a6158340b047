"""Which differences are tested whatever the table shows: those that were named beforehand."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from glorot_sweep.config.factors import Value, value_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.column_tests import (
    can_be_tested,
    measured_cells,
    named_test,
    with_first,
)
from glorot_sweep.report.final_value import is_at_last
from glorot_sweep.report.paper import Paper
from glorot_sweep.significance import (
    Comparison,
    Decision,
    Equivalence,
    NamedPair,
    Outcome,
    equivalence,
    named_pairs,
)
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.until_decided import stopped

IN_THE_FILE: Final = "in the sweep file"

Pairs = tuple[tuple[str, str], ...]
"""(a, b) variants: a positive difference says that b has the lower error."""

UNCORRECTED: Final = 0.05  # level of the interval of a pair that was looked at several times


@dataclass(frozen=True)
class Pair:
    """A difference that was named beforehand, tested on one data set.

    Attributes:
        dataset: the data set.
        first, second: variants.
        labels: how tables write them.
        comparison: first minus second, by the sweep's test.
        adjusted_p_value: by Holm over the pairs of this data set, at all values of the sweep's
            factor.
        significant: at the sweep's level.
        level: at which Holm's method tested it, so that the interval of confidence 1 minus that
            leaves out 0 where the pair is significant; 0.05 where seeds were added until it was
            decided, and no interval is corrected for the looks.
        value: of the sweep's factor; None without one.
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
    level: float
    value: Value | None = None
    alike: Equivalence | None = None
    is_at_last: bool = False
    stopped: str = ""
    look: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """Interval of the difference, first minus second, at confidence 1 - `level`, in points."""
        return self.comparison.interval_at(self.level)


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
    return f"Named beforehand: {paper.compared}" if named_beforehand(config, paper) else ""


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
    """Return the differences named beforehand, wherever both variants were measured.

    Of a sweep with a factor those at each of its values, a pair's from the lowest value up. All of
    a data set are one family, over which p is corrected.
    """
    config, test = collected.config, collected.config.significance.test
    if collected.reached.design is not None:
        return _until_decided(collected)
    return [
        Pair(
            dataset, a, b, (config.rows[a].label, config.rows[b].label), found.comparison,
            found.adjusted_p_value, found.significant, found.level, value,
            _alike(config, found.comparison), is_at_last(config, test),
        )
        for dataset in config.datasets
        for (a, b, value), found in family(collected, dataset, paper, test).items()
    ]  # fmt: skip


def family(
    collected: Collected, dataset: str, paper: Paper, test: str
) -> dict[tuple[str, str, Value | None], NamedPair]:
    """Return the named pairs of a data set at all values of the factor, corrected together.

    By a test that is not the sweep's own, none at values whose cells do not allow it.

    Args:
        collected: the sweep.
        dataset: of it.
        paper: whose pairs are tested if the file names none.
        test: as sweep files name it.
    """
    compared: dict[tuple[str, str, Value | None], Comparison] = {}
    for one in collected.at_values:
        column, present = named_column(one, dataset, paper)
        is_own = test == collected.config.significance.test
        if present and (is_own or can_be_tested(test, column)):
            values, compare = named_test(test, column)
            compared |= {(a, b, one.value): compare(values[a], values[b]) for a, b in present}
    named = named_beforehand(collected.config, paper)
    order = sorted(compared, key=lambda key: named.index(key[:2]))  # stable: values still rise
    return named_pairs({key: compared[key] for key in order}, collected.config.significance.level)


def at_the_table(found: Collection[Pair], config: SweepConfig) -> list[Pair]:
    """Return the pairs at the value of the sweep's table; without a factor all."""
    return [pair for pair in found if pair.value == value_of(config)]


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
                dataset, a, b, (cells[a].label, cells[b].label), test(values[a], values[b]),
                one.adjusted_p_value, one.outcome is Outcome.DECIDED, UNCORRECTED,
                stopped=stopped(one), look=look_text(collected, one),
            )
        )  # fmt: skip
    return found


def look_text(collected: Collected, found: Decision) -> str:
    """Return what the adjusted p is made of: a look's p, exact or the test's, over its share."""
    design, best = collected.reached.design, found.best
    if design is None or best is None:
        return ""
    share = design.shares[best.look - 1]
    return f": p {best.p_value:.4g} at {best.seeds} seeds, of which the share is {share:.4g}"


def on_the_design(collected: Collected) -> list[str]:
    """Return what must be said of seeds that were added, before what they have decided."""
    design = collected.reached.design
    if design is None:
        return []
    *earlier, last = map(str, design.looks)
    return [
        f"Seeds were added until each comparison was decided or futile, or had the most: looks at "
        f"{', '.join(earlier)} and {last} seeds. p is over all looks and {_all(design.pairs)}, at "
        f"a level of {design.level} for any false decision, and never smaller than the exact one. "
        "Comparisons that are not named here are not corrected for the looks.",
    ]


def _all(pairs: Collection[object]) -> str:
    return "the comparison" if len(pairs) == 1 else f"all {len(pairs)} comparisons"


def named_column(collected: Collected, dataset: str, paper: Paper) -> tuple[dict[str, Cell], Pairs]:
    """Return the cells of the named pairs that have a mean, and the pairs that have both."""
    named = named_beforehand(collected.config, paper)
    variants = dict.fromkeys(variant for pair in named for variant in pair)
    column = measured_cells(collected, Role.TABLE_DEPTH, dataset, variants)
    return column, tuple(pair for pair in named if set(pair) <= column.keys())


def _alike(config: SweepConfig, found: Comparison) -> Equivalence | None:
    wanted = config.significance.equivalence
    return equivalence(found, wanted.margin, config.significance.level) if wanted else None
