"""How fast a sweep's networks are trained, by the times that stand on their runs."""

from collections.abc import Sequence

from glorot_sweep.tracking.schema.names import Metric
from glorot_sweep.tracking.watched import SeenRun

WINDOW_SECONDS = 300.0  # before the last thing that is known


def recent_rate(runs: Sequence[SeenRun]) -> float | None:
    """Return model-updates per second of the last minutes in which anything is known to be done.

    The updates of a run's present attempt are spread evenly over the time from its beginning to its
    end, or to its latest evaluation; what is written between two packs counts as time, so that what
    is left can be told.

    Returns:
        None: no run has been evaluated yet.
    """
    spans = [(one.since, one.until, _updates(one)) for one in runs if one.until > one.since]
    if not any(updates for *_, updates in spans):
        return None
    now, first = max(until for _, until, _ in spans), min(since for since, *_ in spans)
    begin = max(now - 1000 * WINDOW_SECONDS, first)
    done = sum(
        updates * max(0.0, until - max(since, begin)) / (until - since)
        for since, until, updates in spans
    )
    return 1000 * done / (now - begin)


def _updates(one: SeenRun) -> float:
    return max(one.record.metrics.get(Metric.UPDATES_DONE, one.update) - one.before, 0)
