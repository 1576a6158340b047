"""Named comparisons that could not be tested, and why: a cell without a mean has no test.

Where seeds were added until it was decided, the seeds that both variants have may have decided it
although others failed: then that is told. Numbers that are not believed decide nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from glorot_sweep.config.factors import Value
from glorot_sweep.report.beforehand import named_beforehand
from glorot_sweep.report.collect import Cell, Collected
from glorot_sweep.report.labels import label
from glorot_sweep.report.paper import Paper
from glorot_sweep.significance import Decision, Outcome
from glorot_sweep.tracking.schema.names import Role
from glorot_sweep.tracking.until_decided import outcome


@dataclass(frozen=True)
class Untested:
    """A difference that was named beforehand and has no test on one data set.

    Attributes:
        dataset: the data set.
        first, second: variants, as in `Pair`.
        labels: how tables write the two.
        why: which cell has no mean, and why, in words.
        level: the sweep's.
        value: of the sweep's factor; None without one.
        decision: what has become of it, where seeds were added until it was decided; None if a
            replicate is not believed, or they were not made by the same things.
    """

    dataset: str
    first: str
    second: str
    labels: tuple[str, str]
    why: str
    level: float
    value: Value | None = None
    decision: Decision | None = None

    @property
    def sentence(self) -> str:
        """Say it."""
        first, second = self.labels
        at = f", {self.value}" if self.value else ""
        what = f"{label(self.dataset)}{at}: {second} against {first}"
        if self.decision is None:
            return f"{what} was not tested: {self.why}"
        found = outcome(self.decision, self.labels, self.level)
        return f"{what}: {found}; the table does not compare them: {self.why}"

    @property
    def names(self) -> str:
        """The two."""
        return f"{self.labels[1]} and {self.labels[0]}"

    @property
    def difference(self) -> float | None:
        """First minus second at the look that decided it, in points; None if there is no such."""
        return None if self.decision is None else self.decision.deciding.difference

    @property
    def beats(self) -> str:
        """Which is better than which, and by how much; empty if that is not decided."""
        found, difference = self.decision, self.difference
        if found is None or found.outcome is not Outcome.DECIDED or difference is None:
            return ""
        better, worse = reversed(self.labels) if difference > 0 else self.labels
        return f"{better} beats {worse} by {abs(difference):.2f} points"


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
            config.significance.level,
            one.value,
            _decision(one, dataset, first, second),
        )
        for dataset in config.datasets
        for first, second in named_beforehand(config, paper)
        for one in collected.at_values
        if (reasons := list(_reasons(one, dataset, (second, first))))
    ]


def _decision(collected: Collected, dataset: str, first: str, second: str) -> Decision | None:
    cells = [collected.cells[Role.TABLE_DEPTH, dataset, v] for v in (first, second)]
    if any(cell.is_doubtful or cell.disagreements for cell in cells):
        return None
    return collected.reached.decisions.get(((dataset, first), (dataset, second)))


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
