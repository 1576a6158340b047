"""A comparison as text: what stands in its tables, the same in Markdown, on the page and elsewhere.

Every table is a head and rows of text.
"""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from glorot_sweep.compare.cells import ComparedCells, Difference, SideCell
from glorot_sweep.compare.compared import Compared
from glorot_sweep.compare.settings import Setting
from glorot_sweep.compare.shared import NOT_COMPARED, OTHER, SAME, VERDICTS, SharedRun
from glorot_sweep.compare.side import Side
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.report.coverage import groups_text, seeds_text
from glorot_sweep.report.labels import label
from glorot_sweep.report.render import interval_text
from glorot_sweep.report.winners import depths_text, rates_text
from glorot_sweep.significance import p_text, signed

SWEEPS_HEAD = (
    "sweep", "state", "seed", "networks", "searches", "replicates", "experiment and store", "run",
)  # fmt: skip
DIFFERENCES_HEAD = (
    "data set", "type", "difference", "points [95 % interval]", "p", "adjusted p", "remark",
)  # fmt: skip
BITS_HEAD = ("sweeps", "kind", "shared", *VERDICTS)
OTHER_BITS_HEAD = ("network", "sweeps", "runs", "what differs")
MADE_WITH = ("code", "libraries", "machine")
ROLE_TITLES = {
    "table_depth": "Cells at the table's depth", "best_depth": "Cells at each variant's best depth",
}  # fmt: skip


def title(compared: Compared) -> str:
    """Return what is compared: `a, b and c compared`."""
    *others, last = compared.labels
    return f"{', '.join(others)} and {last} compared"


def sweep_rows(compared: Compared) -> list[tuple[str, ...]]:
    """Return a row for each sweep: what it is, and where."""
    return [_sweep_row(side) for side in compared.sides]


def _sweep_row(side: Side) -> tuple[str, ...]:
    config, sweep = side.config, side.collected.sweep
    search, replicates = config.search, config.replicates
    groups = groups_text(config)
    searches = "1 search" if groups == "1" else f"{groups} searches"
    return (
        side.label,
        sweep.state.word,
        str(config.seed),
        f"{search.table_depth} hidden layers of {config.network.units}",
        f"{searches} of {search.group_trials} trials of {search.updates:,} updates",
        f"{seeds_text(config)}, {replicates.updates:,} updates",
        f"{side.place.experiment} in {side.place.shown_uri}",
        sweep.run_id,
    )


def cells_head(compared: Compared) -> tuple[str, ...]:
    """Return the head of a table of cells: a column for each sweep."""
    return ("data set", "type", *compared.labels)


def cell_rows(compared: Compared, table: ComparedCells) -> list[tuple[str, ...]]:
    """Return the cells side by side, each with its interval and what it is the mean of."""
    return [
        (
            label(dataset),
            compared.label_of(variant),
            *(
                _cell_text(side, cell, dataset, variant)
                for side, cell in zip(compared.sides, cells, strict=True)
            ),
        )
        for (dataset, variant), cells in table.rows.items()
    ]


def _cell_text(side: Side, shown: SideCell | None, dataset: str, variant: str) -> str:
    if shown is None:
        return "no replicate yet" if side.asks_for(dataset, variant) else "–"
    if shown.mean is None:
        return shown.cell.instead
    if shown.interval is None:
        return f"{shown.mean:.2f} (no interval: {observed(shown)})"
    low, high = shown.interval.low, shown.interval.high
    return f"{interval_text(shown.cell, shown.mean, low, high)} ({observed(shown)})"


def observed(shown: SideCell) -> str:
    """Return what a cell's mean is over: `5 seeds`, or `3 groups, 6 seeds`."""
    seeds, groups = len(shown.cell.errors), len(shown.observations)
    counted = f"{seeds} seed{'s' if seeds != 1 else ''}"
    return counted if groups in {0, seeds} else f"{groups} groups, {counted}"


def difference_rows(compared: Compared, table: ComparedCells) -> list[tuple[str, ...]]:
    """Return the differences of a table with intervals and tests."""
    return [_difference_row(compared, one) for one in table.differences]


def _difference_row(compared: Compared, one: Difference) -> tuple[str, ...]:
    p, adjusted = "–", "–"
    points = "–" if one.points is None else signed(one.points)
    if one.test is not None and one.adjusted_p_value is not None:
        low, high = one.test.shown_interval
        points = f"{points} [{signed(low)}, {signed(high)}]"
        p = p_text(one.test.p_value, compared.level)
        adjusted = p_text(one.adjusted_p_value, compared.level)
    where = (label(one.dataset), compared.label_of(one.variant))
    return (*where, f"{one.second} − {one.first}", points, p, adjusted, one.remark)


def is_marked(one: Difference, level: float) -> bool:
    """Return whether a difference is significant at a level."""
    return one.adjusted_p_value is not None and one.adjusted_p_value <= level


def caption(compared: Compared, table: ComparedCells) -> str:
    """Return what a reader must know to read the differences of a table."""
    tests = sum(one.test is not None for one in table.differences)
    read = (
        "Test error in percent, mean [95 % interval]; a difference below zero says that the sweep "
        "named first has the lower error."
    )
    if not tests:
        return f"{read} No difference of this table can be tested."
    return (
        f"{read} Bold: p at most {compared.level:g} by Welch's t-test over seeds, of searches with "
        f"several seeds over their means, with Holm's correction over the {tests} "
        f"test{'s' if tests != 1 else ''} of this table. A difference without that mark does not "
        "show that the sweeps are alike."
    )


def winner_rows(compared: Compared, table: ComparedCells) -> list[tuple[str, ...]]:
    """Return depth and learning rate of the winners behind each cell, and its runs."""
    return [
        (
            label(cell.dataset), cell.label, side.label,
            depths_text(cell.winners), rates_text(cell.winners), " ".join(cell.runs),
        )
        for cells in table.rows.values()
        for side, shown in zip(compared.sides, cells, strict=True)
        if shown is not None
        for cell in [shown.cell]
    ]  # fmt: skip


WINNERS_HEAD = ("data set", "type", "sweep", "depth", "learning rate", "runs, seed by seed")


def settings_head(compared: Compared) -> tuple[str, ...]:
    """Return the head of a table of settings."""
    return ("part", "key", *compared.labels)


def settings_rows(found: Sequence[Setting], *, differing: bool) -> list[tuple[str, ...]]:
    """Return the keys in which the sweeps differ, or those in which they agree."""
    return [(one.part, one.key, *one.shown) for one in found if one.differs == differing]


def bits_rows(shared: Sequence[SharedRun]) -> list[tuple[str, ...]]:
    """Return, for every two sweeps and kind of run, how many networks gave the same bits."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for run in shared:
        key = (f"{run.first} and {run.second}", run.kind)
        counts.setdefault(key, Counter())[run.verdict] += 1
    return [
        (*key, f"{found.total():,}", *(f"{found[verdict]:,}" for verdict in VERDICTS))
        for key, found in counts.items()
    ]


def other_bits_rows(shared: Sequence[SharedRun]) -> list[tuple[str, ...]]:
    """Return the networks that did not give the same bits, or were not compared, by run id."""
    return [
        (
            run.name, f"{run.first} and {run.second}", f"{run.first_run} {run.second_run}",
            "; ".join(run.differing) or "nothing that both have recorded",
        )
        for run in sorted(shared, key=lambda one: VERDICTS.index(one.verdict))
        if run.verdict != SAME
    ]  # fmt: skip


def bits_sentence(compared: Compared) -> str:
    """Say in one sentence whether the sweeps agree to the bit."""
    shared = compared.shared
    if not shared:
        return (
            "No two of these sweeps have trained a network of the same specification (settings, "
            "seeds, data and engine): whether they agree to the bit cannot be said."
        )
    found = Counter(run.verdict for run in shared)
    kept = sorted({what for run in shared for what in run.compared})
    lacking = found[NOT_COMPARED]
    left = f", and {lacking:,} {'was' if lacking == 1 else 'were'} not compared" * bool(lacking)
    return (
        f"Of {len(shared):,} networks that two of these sweeps have both trained, "
        f"{found[SAME]:,} gave the same bits in all that both have recorded "
        f"({', '.join(kept) or 'nothing'}), {found[OTHER]:,} did not{left}.{_may_differ(compared)}"
    )


def _may_differ(compared: Compared) -> str:
    """Say why networks need not agree to the bit, where some do not."""
    others = [one.part for one in compared.settings if one.differs and one.part in MADE_WITH]
    if not others or all(run.verdict != OTHER for run in compared.shared):
        return ""
    parts = " and ".join(dict.fromkeys(others))
    return (
        f" The sweeps differ in {parts}: of the torch engine other digits are to be expected then; "
        "the native one gives the same bits on every processor."
    )


def terminal_table(
    title: str, head: Sequence[str], rows: Sequence[Sequence[str]], marked: Sequence[bool] = ()
) -> Table:
    """Return a table for the terminal; marked rows are bold and have a star.

    Args:
        title: above it.
        head: of its columns.
        rows: texts.
        marked: whether each row is; nothing: none.
    """
    bold = [bool(marked) and marked[number] for number, _ in enumerate(rows)]
    starred = [
        (f"* {first}" if is_bold else first, *rest)
        for is_bold, (first, *rest) in zip(bold, rows, strict=True)
    ]
    table = narrow_table(head, (), starred, title)
    for row, is_bold in zip(table.rows, bold, strict=True):
        row.style = "bold" if is_bold else ""
    return table
