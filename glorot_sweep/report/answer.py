"""The answer to what a sweep asks: the first sentences of its page, its output and its runs."""

from collections.abc import Iterator, Sequence
from typing import Final

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.beforehand import Pair
from glorot_sweep.report.coverage import observations
from glorot_sweep.report.labels import label
from glorot_sweep.report.tables import Entry, by_dataset
from glorot_sweep.report.untested import Untested

MOST_SENTENCES: Final = 6
"""Comparisons that are told one by one; of more the page has a list beneath its table."""

MOST_NAMES: Final = 8  # of variants in a sentence


def answers(
    config: SweepConfig,
    pairs: Sequence[Pair],
    missing: Sequence[Untested],
    table: Sequence[Entry],
) -> list[str]:
    """Return what was found, a sentence for each comparison on each data set, or for each column.

    Args:
        config: the sweep.
        pairs: tested, named beforehand.
        missing: named beforehand and not tested.
        table: read where nothing was named.
    """
    if not pairs and not missing:
        return [_of_column(column, config) for column in by_dataset(list(table))]
    named = len(pairs) + len(missing)
    if named <= MOST_SENTENCES:
        return [*(_of_pair(pair, config) for pair in pairs), *(f"{m.sentence}." for m in missing)]
    decided = [pair for pair in pairs if pair.significant]
    shown = [_of_pair(pair, config) for pair in decided[: MOST_SENTENCES - 1]]
    rest = len(decided) - len(shown)
    more = [f"So are {rest} more; all stand beneath the table."] if rest else []
    said = f"Of {named} comparisons that were named beforehand, {len(decided)} are decided."
    return [said, *shown, *more]


def _of_pair(pair: Pair, config: SweepConfig) -> str:
    first, second = pair.labels
    points, (low, high) = pair.comparison.difference, pair.comparison.shown_interval
    better, worse = (second, first) if points >= 0 else (first, second)
    ends = (low, high) if points >= 0 else (-high, -low)
    numbers = (
        f"{abs(points):.2f} points [{ends[0]:.2f}, {ends[1]:.2f}], p = "
        f"{pair.adjusted_p_value:.2g}, {pair.stopped or observations(config)}; {_depth(config)}."
    )
    where = f"On {label(pair.dataset)}, "
    if pair.significant:
        return f"{where}{better} beats {worse} by {numbers}"
    if pair.alike and pair.alike.equivalent:
        margin = f"{pair.alike.margin:g} points"
        return (
            f"{where}{second} and {first} are alike within {margin}: {better} is lower by {numbers}"
        )
    return f"{where}{second} and {first} are not told apart: {better} is lower by {numbers}"


def _of_column(column: Sequence[Entry], config: SweepConfig) -> str:
    best = next((entry for entry in column if entry.is_best), None)
    where = f"On {label(column[0].cell.dataset)}, "
    if best is None:
        return f"{where}no variant has a mean test error."
    what = "has the lowest test error," if len(column) > 1 else "has a test error of"
    return " ".join(
        [
            f"{where}{_name(best)} {what} {best.mean:.2f} % [{best.low:.2f}, {best.high:.2f}], "
            f"{observations(config)}; {_depth(config)}.",
            *_others(column, config.significance.level),
        ]
    )


def _others(column: Sequence[Entry], level: float) -> Iterator[str]:
    """Yield what is said of the cells that are not the best."""
    others = [entry for entry in column if not entry.is_best]
    alike = [_name(entry) for entry in others if entry.bold]
    if alike:
        yield f"Not distinguishable from it at p = {level:g}: {_listed(alike)}."
    elif any(entry.mean is not None for entry in others):
        yield f"All others are worse at p = {level:g}."
    if without := [f"{_name(e)} ({e.cell.instead})" for e in others if e.mean is None]:
        yield f"Without a mean: {_listed(without)}."


def _name(entry: Entry) -> str:
    return entry.cell.label


def _listed(names: Sequence[str]) -> str:
    """Return names with semicolons, since names have commas."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return "; ".join(names[:MOST_NAMES]) + more


def _depth(config: SweepConfig) -> str:
    return f"at depth {config.search.table_depth}"
