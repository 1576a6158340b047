"""The answer to what a sweep asks: the first sentences of its page, its output and its runs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from glorot_sweep.config.factors import factor_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.answer_to_pair import Question, at_values, place, questions
from glorot_sweep.report.beforehand import Pair
from glorot_sweep.report.beyond import BeyondEntry
from glorot_sweep.report.coverage import observations
from glorot_sweep.report.final_value import AT_LAST, final_value, is_at_last
from glorot_sweep.report.labels import label
from glorot_sweep.report.tables import Entry, by_dataset
from glorot_sweep.report.untested import Untested

MOST_SENTENCES: Final = 2
"""Comparisons, or data sets, that are told one by one; more are told together in as many."""

MOST_NAMES: Final = 4  # of comparisons or variants in a sentence


def answers(
    config: SweepConfig,
    pairs: Sequence[Pair],
    missing: Sequence[Untested],
    table: Sequence[Entry],
    beyond: Sequence[BeyondEntry] = (),
) -> list[str]:
    """Return what was found in a sentence or two, or in one for each data set.

    Of a sweep with a factor a comparison is told with all its values at once.

    Args:
        config: the sweep.
        pairs: tested, named beforehand.
        missing: named beforehand and not tested.
        table: read where nothing was named.
        beyond: variants that are no rows of the paper; read where the table has none either.
    """
    asked = questions(config, pairs)
    if not asked and not missing:
        if not table:
            return [_of_no_row(dataset, beyond, config) for dataset in config.datasets]
        return _of_columns(by_dataset(list(table)), config)
    if len(asked) + len(missing) <= MOST_SENTENCES:
        return [*(one.sentence for one in asked), *(f"{one.sentence}." for one in missing)]
    return list(_together(config, asked, missing))


def _together(
    config: SweepConfig, asked: Sequence[Question], missing: Sequence[Untested]
) -> Iterator[str]:
    """Yield how many comparisons are decided and which, then what became of the others."""
    by_design = [one for one in missing if one.beats]
    decided = [*(one for one in asked if one.decided), *by_design]
    names = _listed(
        [text for one in asked if one.decided for text in one.short]
        + [f"{one.beats}{place(config, one.dataset)}" for one in by_design]
    )
    tested = {(one.pairs[0].dataset, one.pairs[0].first, one.pairs[0].second) for one in asked}
    named = len(tested | {(one.dataset, one.first, one.second) for one in missing})
    said = f"{_how_many(len(decided), named)} decided"
    yield f"{said}: {names}." if decided else f"{said}."
    rest = [
        (
            "Not told apart",
            [one.names for one in asked if not one.decided and not one.alike]
            + _names(config, (one for one in missing if one.decision and not one.beats)),
        ),
        ("Alike", [one.names for one in asked if not one.decided and one.alike]),
        ("Not tested", _names(config, (one for one in missing if one.decision is None))),
    ]
    if told := [f"{what}: {_listed(which)}." for what, which in rest if which]:
        yield " ".join(told)


def _how_many(decided: int, named: int) -> str:
    if named == 1:
        return f"The comparison that was named beforehand is{'' if decided else ' not'}"
    is_are = "are" if decided > 1 else "is"
    return f"Of {named} comparisons that were named beforehand, {decided or 'none'} {is_are}"


def _names(config: SweepConfig, missing: Iterable[Untested]) -> list[str]:
    """Return each comparison once, with the values of the factor and the data set."""
    found: dict[tuple[str, str, str], list[Untested]] = {}
    for one in missing:
        found.setdefault((one.dataset, one.first, one.second), []).append(one)
    return [
        f"{same[0].names}{at_values(config, [one.value for one in same])}{place(config, dataset)}"
        for (dataset, *_), same in found.items()
    ]


def _of_columns(columns: Sequence[Sequence[Entry]], config: SweepConfig) -> list[str]:
    if len(columns) <= MOST_SENTENCES:
        return [_of_column(column, config) for column in columns]
    best = [
        f"{entry.cell.label} on {label(entry.cell.dataset)}, {entry.mean:.2f} %"
        for column in columns
        for entry in column
        if entry.is_best
    ]
    without = [
        label(column[0].cell.dataset)
        for column in columns
        if not any(entry.is_best for entry in column)
    ]
    lacking = f"no variant has a mean test error on {_listed(without)}" if without else ""
    if not best:
        return [f"At {_depth(config)} {lacking}."]
    what = f"Lowest test error at {_depth(config)}"
    if is_at_last(config, config.significance.test):
        what = f"{what} {AT_LAST}, with the {final_value(config)}"
    said = f"{what}: {'; '.join(best)}"
    return [f"{said}; {lacking}." if lacking else f"{said}."]


def _of_no_row(dataset: str, beyond: Sequence[BeyondEntry], config: SweepConfig) -> str:
    """Say which mean is the lowest of variants that the paper's table lacks."""
    found = [
        (one.mean, one) for one in beyond if one.cell.dataset == dataset and one.mean is not None
    ]
    where = f"On {label(dataset)}, where no variant is in the paper's table, "
    if not found:
        return f"{where}none has a mean test error."
    mean, best = min(found, key=lambda one: one[0])
    return (
        f"{where}{best.cell.label} has the lowest test error, {mean:.2f} % "
        f"[{best.low:.2f}, {best.high:.2f}], {observations(config)}, {_depth(config)}; it was "
        "tested against none of the others."
    )


def _of_column(column: Sequence[Entry], config: SweepConfig) -> str:
    best = next((entry for entry in column if entry.is_best), None)
    where = f"On {label(column[0].cell.dataset)}, "
    if best is None:
        return f"{where}no variant has a mean test error."
    what = "has the lowest test error," if len(column) > 1 else "has a test error of"
    if len(column) > 1 and is_at_last(config, config.significance.test):
        what = f"has the lowest test error {AT_LAST}; its {final_value(config)} is"
    return " ".join(
        [
            f"{where}{best.cell.label} {what} {best.mean:.2f} % [{best.low:.2f}, {best.high:.2f}], "
            f"{observations(config)}, {_depth(config)}.",
            *_others(column, config.significance.level),
        ]
    )


def _others(column: Sequence[Entry], level: float) -> Iterator[str]:
    """Yield what is said of the cells that are not the best."""
    others = [entry for entry in column if not entry.is_best]
    alike = [entry.cell.label for entry in others if entry.bold]
    if alike:
        yield f"Not distinguishable from it at p = {level:g}: {_listed(alike)}."
    elif any(entry.mean is not None for entry in others):
        yield f"All others are worse at p = {level:g}."
    if without := [f"{e.cell.label} ({e.cell.instead})" for e in others if e.mean is None]:
        yield f"Without a mean: {_listed(without)}."


def _listed(names: Sequence[str]) -> str:
    """Return names with semicolons, since names have commas."""
    more = f"; and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return "; ".join(names[:MOST_NAMES]) + more


def _depth(config: SweepConfig) -> str:
    """Return at which depth, and of a sweep with the width as a factor at which width too."""
    width = f", {config.network.units}" if factor_of(config) == "width" else ""
    return f"depth {config.search.table_depth}{width}"
