"""Runs with a sweep's tags that its configuration does not ask for: each is named and left out."""

from collections import Counter
from collections.abc import Iterable, Sequence

from glorot_sweep.config.factors import Value
from glorot_sweep.config.statistics import monitored_depths
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.belief import Doubt, about
from glorot_sweep.tracking.schema.trained import MonitoredRun, ReplicateRun, TrialRun


def as_stored(value: Value | None) -> tuple[str | None, int | None]:
    """Return a value of the sweep's factor as a run has it."""
    return (None, None) if value is None else (value.factor, value.number)


def at_no_value(
    runs: Iterable[TrialRun | ReplicateRun], values: Sequence[Value | None]
) -> list[Doubt]:
    """Return a doubt about each run at a value that its sweep does not have."""
    known = [as_stored(value) for value in values]
    return [
        about(run, f"is left out: it is at {run.shown_value}, and the sweep is not",
              is_left_out=True)
        for run in runs
        if run.value not in known
    ]  # fmt: skip


def asked_to_monitor(
    runs: Sequence[MonitoredRun], config: SweepConfig
) -> tuple[list[MonitoredRun], list[Doubt]]:
    """Return the monitored runs that the configuration asks for, and a doubt about each other one.

    Of two runs of one network both are left out: nothing says which is the sweep's, and as two
    seeds they would count twice.
    """
    amiss = {run.run_id: _not_asked_for(run, config) for run in runs}
    times = Counter(_network(run) for run in runs if not amiss[run.run_id])
    wanted, doubts = [], []
    for run in runs:
        what = amiss[run.run_id]
        if not what and (count := times[_network(run)]) > 1:
            what = f"it is one of {count} monitored runs of this network and seed"
        if what:
            doubts.append(about(run, f"is left out: {what}", is_left_out=True))
        else:
            wanted.append(run)
    return wanted, doubts


def _network(run: MonitoredRun) -> tuple[str, str, int, float, int]:
    return run.dataset, run.variant, run.depth, run.learning_rate, run.seed


def _not_asked_for(run: MonitoredRun, config: SweepConfig) -> str:
    asked = config.monitored
    if asked is None:
        return "the sweep has no monitored runs"
    if run.dataset != config.datasets[0] or run.variant not in config.variants:
        return "the sweep has no such monitored run"
    wanted = {
        "depth": monitored_depths(config).get(run.variant, ()),
        "width": (asked.width or config.network.middle_width,),
        "learning_rate": asked.learning_rates,
        "updates": (asked.updates,),
    }
    for name, values in wanted.items():
        if (found := getattr(run, name)) not in values:
            known = " or ".join(map(str, values)) or "none of this variant"
            return f"it has {name} {found}, and the file asks for {known}"
    if run.seed >= asked.seeds:
        return f"its seed is {run.seed}, and the seeds of monitored runs are 0 to {asked.seeds - 1}"
    return ""
