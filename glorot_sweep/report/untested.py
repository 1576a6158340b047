"""Named comparisons that could not be tested, and why: a cell without a mean has no test."""

from collections.abc import Iterator
from dataclasses import dataclass

from glorot_sweep.config.factors import Value
from glorot_sweep.report.beforehand import named_beforehand
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.labels import label
from glorot_sweep.report.paper import Paper
from glorot_sweep.tracking.schema.names import Role


@dataclass(frozen=True)
class Untested:
    """A difference that was named beforehand and has no test on one data set.

    Attributes:
        dataset: the data set.
        first, second: variants, as in `Pair`.
        labels: how tables write the two.
        why: which cell has no mean, and why, in words.
        value: of the sweep's factor; None without one.
    """

    dataset: str
    first: str
    second: str
    labels: tuple[str, str]
    why: str
    value: Value | None = None

    @property
    def sentence(self) -> str:
        """Say it."""
        first, second = self.labels
        at = f", {self.value}" if self.value else ""
        return f"{label(self.dataset)}{at}: {second} against {first} was not tested: {self.why}"


def untested(collected: Collected, paper: Paper) -> list[Untested]:
    """Return the named pairs of which a cell has no mean, data set by data set.

    Of a sweep with a factor at each of its values.
    """
    config = collected.config
    return [
        Untested(
            dataset,
            first,
            second,
            (config.rows[first].label, config.rows[second].label),
            "; ".join(reasons),
            one.value,
        )
        for dataset in config.datasets
        for first, second in named_beforehand(config, paper)
        for one in collected.at_values
        if (reasons := list(_reasons(one, dataset, (second, first))))
    ]


def _reasons(collected: Collected, dataset: str, variants: tuple[str, str]) -> Iterator[str]:
    for variant in variants:
        cell = collected.cells[Role.TABLE_DEPTH, dataset, variant]
        if not cell.has_mean:
            yield _why(cell)


def _why(cell: Cell) -> str:
    name = cell.label
    if cell.failed:
        return f"{cell.failed} of {len(cell.runs)} replicates of {name} failed"
    if cell.is_doubtful:
        return f"a replicate of {name} is not believed"
    return f"the replicates of {name} were not made by the same things"
