"""The table of a base: every variant of the sweep, each against the one that its file names."""

from dataclasses import replace
from itertools import product

from glorot_sweep.config.factors import factor_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.answer_to_pair import percent_of
from glorot_sweep.report.beforehand import Pair, at_the_table
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.coverage import coverage, mean_over
from glorot_sweep.report.final_value import AT_LAST, is_at_last, shown_error
from glorot_sweep.report.paper import Paper
from glorot_sweep.report.tables import Entry
from glorot_sweep.significance import percent_interval
from glorot_sweep.tracking.schema.names import Role


def base_entries(collected: Collected, pairs: list[Pair], paper: Paper) -> list[Entry]:
    """Return a cell for each variant and data set, row by row; none without a base.

    Args:
        collected: the sweep.
        pairs: all that were named beforehand: difference and p of a cell are those of its pair.
        paper: whose values stand beside cells elsewhere.
    """
    config = collected.config
    if config.base is None:
        return []
    here = at_the_table(pairs, config)
    tested = {(pair.dataset, frozenset((pair.first, pair.second))): pair for pair in here}
    return [
        _entry(
            collected.cells[Role.TABLE_DEPTH, dataset, variant],
            tested.get((dataset, frozenset((variant, config.base)))),
            paper,
            config.significance.level,
        )
        for variant, dataset in product(config.variants, config.datasets)
    ]


def _entry(cell: Cell, pair: Pair | None, paper: Paper, level: float) -> Entry:
    reference = paper.reference(cell.variant, cell.dataset)
    if not cell.has_mean:
        return Entry(cell, None, None, None, False, reference, None)
    found = percent_interval(cell.observations)
    shown = (cell, found.mean, found.low, found.high)
    if pair is None:  # the base itself, or that one has no mean
        return Entry(*shown, False, reference, None)
    against = pair.comparison if pair.first == cell.variant else pair.comparison.reversed
    p, differs = pair.adjusted_p_value, pair.significant
    return Entry(
        *shown, False, reference, p, against=against, differs=differs, level=pair.level,
        p_level=level,
    )  # fmt: skip


def unmarked(shown: list[Entry]) -> list[Entry]:
    """Return entries without bold marks, which would be of a test that the base's table lacks."""
    return [replace(entry, bold=False) for entry in shown]


def base_label(config: SweepConfig) -> str:
    """Return the base as tables write it; empty without one."""
    return config.rows[config.base].label if config.base else ""


def base_caption(config: SweepConfig, test: str) -> str:
    """Return what a reader must know to read the table.

    Args:
        config: the sweep.
        test: its test, in words.
    """
    at_last = f" {AT_LAST}" if is_at_last(config, config.significance.test) else ""
    factor, significance = factor_of(config), config.significance
    looked = ""
    if config.replicates.until_decided:
        how, interval = "over all looks and comparisons", "its uncorrected 95 % interval"
        looked = (
            " Seeds were added as long as a named comparison was open: a difference is over the "
            "seeds of the look that decided it, which may be fewer than its means are over, and "
            "intervals of means are not corrected for that."
        )
    else:
        each = f", at each {factor}" if factor else ""
        how = f"Holm's correction over all comparisons that the file names on the data set{each}"
        confidence = f"{percent_of(significance.level)} %"
        interval = (
            f"its interval at the level of its own step of that correction, so of {confidence} "
            "confidence or more"
        )
    return (
        f"{shown_error(config)}: {mean_over(config)} [95 % interval], networks of "
        f"{config.search.table_depth} hidden layers of {config.network.units} after "
        f"{config.replicates.updates:,} updates. {coverage(config)} Beside it the difference to "
        f"{base_label(config)} in points{at_last} (negative: lower error) with {interval}, and p. "
        f"Star: differs from {base_label(config)} at p = {significance.level} "
        f"({test}, {how}), as the file named beforehand.{looked}"
    )
