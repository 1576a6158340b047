"""A sweep's state and start in words."""

from datetime import datetime

from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.runs import StoredRun, SweepRun

LEFT = "left"  # RUNNING in MLflow, and the driver that worked on it has ended


def state_of_sweep(sweep: SweepRun) -> str:
    """Return a sweep's state in words: one that a dead driver left is not running."""
    if sweep.deletion is not None:
        return "being deleted"
    if sweep.importing is not None:
        return "being imported"
    return LEFT if sweep.state is State.RUNNING and sweep.holder.is_gone else sweep.state.word


def begun_at(run: StoredRun) -> str:
    """Return when a run was begun, in this machine's time."""
    return f"{datetime.fromtimestamp(run.started / 1000):%Y-%m-%d %H:%M}"
