"""What a report leaves on the run of its sweep: the answer, links to all else, and numbers."""

import math
import time
from collections.abc import Mapping

from glorot_sweep.report.beforehand import at_the_table
from glorot_sweep.report.beyond import BeyondEntry
from glorot_sweep.report.compiled import Compiled
from glorot_sweep.report.tables import Entry
from glorot_sweep.report.whereabouts import PAGE_TAB
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import Point, RunWriter
from glorot_sweep.tracking.schema.fields import metrics_of, stored_fields, tags_of
from glorot_sweep.tracking.schema.headline import Headline
from glorot_sweep.tracking.schema.names import cell_name, pair_name
from glorot_sweep.tracking.schema.runs import Note
from glorot_sweep.tracking.views.keeping import view_links

DECIMALS = 4  # of percent


def headline(report: Compiled) -> Headline:
    """Return the numbers; a cell without a mean has none, nor has a comparison with one.

    Of a sweep with a factor those at the table's value.
    """
    entries: list[Entry | BeyondEntry] = [*report.table, *report.beyond]
    here = at_the_table(report.pairs, report.collected.config)
    pairs = {pair_name(pair.dataset, pair.first, pair.second): pair for pair in here}
    return Headline(
        mean_test_error={
            cell_name(entry.cell.dataset, entry.cell.variant): round(entry.mean, DECIMALS)
            for entry in entries
            if entry.mean is not None
        },
        difference={
            name: round(pair.comparison.difference, DECIMALS) for name, pair in pairs.items()
        },
        adjusted_p_value={name: pair.adjusted_p_value for name, pair in pairs.items()},
        decided={name: float(pair.significant) for name, pair in pairs.items()},
    )


def with_links(place: Place, note: str, sweep_run: str, report_run: str | None = None) -> str:
    """Return a description with links to views and report behind its first sentence.

    MLflow folds a description after some three lines: what stands below is behind *Show more*.

    Args:
        place: of the runs.
        note: begins with the answer.
        sweep_run: id of the sweep's run.
        report_run: of the report's; None in its own description.
    """
    links = view_links(place, sweep_run)
    if report_run:
        page = place.run_page(report_run, PAGE_TAB)
        links.append(f"[report with figures and tables]({page})")
    answer, gap, rest = note.partition("\n\n")
    return "\n\n".join([answer, " · ".join(links), rest]) if links and gap else note


def leave_headline(place: Place, report: Compiled, note: str) -> None:
    """Write description and numbers into the run of the sweep; a number that is there stays.

    One that is there and was not found again is NaN from now on.

    Args:
        place: of the sweep.
        report: of it.
        note: the description.
    """
    sweep = report.collected.sweep
    writer = RunWriter(place.client, sweep.run_id, time.time_ns() // 1_000_000)
    run = get_run(place.client, sweep.run_id)
    there: Mapping[str, float] = {} if run is None else run.metrics
    found = metrics_of(headline(report))
    lost = dict.fromkeys(_numbers(there) - found.keys(), math.nan)
    growths = len(sweep.growths)  # of several values MLflow shows that of the highest step
    writer.add(
        Point(name, value, growths)
        for name, value in (found | lost).items()
        if there.get(name) != value
    )
    writer.flush(tags_of(Note(note=note)))


def _numbers(metrics: Mapping[str, float]) -> set[str]:
    """Return which metrics of a sweep's run are numbers of a report, and are not lost already."""
    families = tuple(name for _, where in stored_fields(Headline) for name in where.names)
    return {
        name
        for name, value in metrics.items()
        if name.startswith(families) and not math.isnan(value)
    }
