"""What it would take to decide what is not decided: so many seeds more, or too many to name."""

from collections.abc import Sequence
from dataclasses import dataclass

from glorot_sweep.config.factors import Value
from glorot_sweep.report.beforehand import Pair, named_beforehand
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.labels import label
from glorot_sweep.report.paper import Paper
from glorot_sweep.report.tables import Entry
from glorot_sweep.significance import MOST, POWER, seeds_for_pairs, seeds_for_welch
from glorot_sweep.tracking.schema.names import Role

LEAD = (
    "So many seeds would decide a difference of the size that was seen, with the spread that was "
    f"seen, with a chance of {100 * POWER:.0f} %. Both are estimates from the seeds that there "
    "are: the true difference may be smaller, or none at all."
)


@dataclass(frozen=True)
class WouldTake:
    """An undecided difference, and what would decide one of its size.

    Attributes:
        dataset: the data set.
        first, second: variants.
        labels: how tables write the two.
        points: size of the difference that was seen.
        there: seeds, or searches, that each of the two has.
        needed: that each would need; None: more than `MOST`.
        level: of the test then, corrected for all comparisons of the data set.
        unit: seeds or searches.
        value: of the sweep's factor; None without one.
    """

    dataset: str
    first: str
    second: str
    labels: tuple[str, str]
    points: float
    there: int
    needed: int | None
    level: float
    unit: str
    value: Value | None = None

    @property
    def sentence(self) -> str:
        """Say it."""
        first, second = self.labels
        at = f", {self.value}" if self.value else ""
        who = f"{label(self.dataset)}{at}: {second} against {first}"
        if not self.points:
            return f"{who}: no difference was seen, so no number of {self.unit} would decide it"
        size = f"{who}: a difference of {self.points:.2f} points at the level {self.level:.3g}"
        if self.needed is None:
            return f"{size} would take more than {MOST} {self.unit} of each variant"
        return (
            f"{size} would take {self.needed} {self.unit} of each variant, "
            f"{max(self.needed - self.there, 1)} more than there are"
        )


def would_take(
    collected: Collected, paper: Paper, pairs: Sequence[Pair], table: Sequence[Entry]
) -> list[WouldTake]:
    """Return what each undecided comparison would take.

    Those that were named beforehand; without any, those with the best of each column. Nothing of
    a sweep that adds seeds until it is decided, which says itself why it has stopped, and nothing
    of tests across examples. The level is that of Holm's first step: the strictest one that the
    correction may ask for.

    Args:
        collected: the sweep.
        paper: that names pairs, if the file names none.
        pairs: named beforehand and tested.
        table: whose bold cells are open where nothing was named.
    """
    chosen = collected.config.significance
    if collected.reached.design is not None or chosen.test not in ("welch", "paired_seeds"):
        return []
    at = {one.value: one for one in collected.at_values}
    found = []
    for dataset in collected.config.datasets:
        named = [pair for pair in pairs if pair.dataset == dataset]
        open_ones = [(p.first, p.second, p.value) for p in named if not p.significant]
        count = len(named)
        if not named_beforehand(collected.config, paper):
            both, count = _with_best([entry for entry in table if entry.cell.dataset == dataset])
            open_ones = [(*pair, collected.value) for pair in both]
        found += [_of(at[value], dataset, a, b, chosen.level / count) for a, b, value in open_ones]
    return found


def _with_best(column: Sequence[Entry]) -> tuple[list[tuple[str, str]], int]:
    """Return the bold cells of a column with its best, and how many are compared with that."""
    others = [entry for entry in column if entry.mean is not None and not entry.is_best]
    pairs = [
        (other.cell.variant, best.cell.variant)
        for best in column
        if best.is_best
        for other in others
        if other.bold
    ]
    return pairs, len(others)


def _of(collected: Collected, dataset: str, first: str, second: str, level: float) -> WouldTake:
    one, other = (collected.cells[Role.TABLE_DEPTH, dataset, v] for v in (first, second))
    paired = collected.config.significance.test == "paired_seeds"
    needs = seeds_for_pairs if paired else seeds_for_welch
    points = abs(float(one.observations.mean() - other.observations.mean()))
    return WouldTake(
        dataset, first, second, (one.label, other.label), points, len(one.observations),
        needs(one.observations, other.observations, level), level, _unit(one),
        collected.value,
    )  # fmt: skip


def _unit(cell: Cell) -> str:
    return "seeds" if cell.groups in (1, len(cell.errors)) else "searches"
