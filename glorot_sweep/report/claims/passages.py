"""When a statistic of a layer first passes a bound, in the looks at one run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.diagnostics.layer_statistics import Quantity
from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.evidence import LookedAtRun


@dataclass(frozen=True)
class Course:
    """A statistic of every hidden layer along a run.

    Attributes:
        updates: of the looks [looks], rising.
        values: [looks, depth].
    """

    updates: NDArray[np.float64]
    values: NDArray[np.float64]

    def passages(self, bound: float) -> NDArray[np.float64]:
        """Return when each layer first lies above a bound [depth], linear between looks.

        Infinite if it never does; 0 if it did at the first look, that is before or then.

        Example:
            >>> values = np.array([[0.5, 0.1], [0.9, 0.2], [1.0, 0.2]])
            >>> course = Course(np.array([0.0, 10.0, 20.0]), values)
            >>> course.passages(0.7).round(6).tolist()
            [5.0, inf]
        """
        above = self.values > bound
        first = above.argmax(axis=0)
        layers = np.arange(self.values.shape[1])
        before = np.maximum(first - 1, 0)
        low, high = self.values[before, layers], self.values[first, layers]
        step = np.where(high > low, high - low, 1.0)
        part = np.where(first > 0, (bound - low) / step, 0.0)
        when = self.updates[before] + part * (self.updates[first] - self.updates[before])
        when = np.where(first > 0, when, 0.0)
        return np.where(above.any(axis=0), when, np.inf)

    def at(self, update: float) -> NDArray[np.float64]:
        """Return the values of all layers at an update [depth], linear between looks."""
        columns = [np.interp(update, self.updates, column) for column in self.values.T]
        return np.array(columns)


def course(run: LookedAtRun, quantity: Quantity, column: str) -> Course:
    """Return a column of a quantity along a run.

    Raises:
        MissingRunsError: the run was not looked into, or a layer has no such number.
    """
    rows = run.statistics
    if rows.empty:
        raise MissingRunsError(
            f"the run {run.name} has no layer statistics; it must be run with them"
        )
    layer = rows["layer"].to_numpy()
    own = (rows["quantity"] == quantity).to_numpy() & (layer >= 1) & (layer <= run.depth)
    updates, index = np.unique(rows["update"].to_numpy()[own], return_inverse=True)
    values = np.full((len(updates), run.depth), np.nan)
    values[index, layer[own].astype(int) - 1] = rows[column].to_numpy(dtype=np.float64)[own]
    if not updates.size or not np.isfinite(values).all():
        raise MissingRunsError(
            f"no finite `{column}` of the {quantity} of every layer at every look in {run.name}; "
            "that run must be looked into again"
        )
    return Course(updates.astype(np.float64), values)
