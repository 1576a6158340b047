"""What the own run of a sweep is tagged with when it grows."""

import time

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.records.identity import Change, lines
from glorot_sweep.tracking.belonging import own_run, runs_of
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs
from glorot_sweep.tracking.schema.comparison import ComparisonRun
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.growths import Growths, Seen, StoredGrowth, shortened_lines
from glorot_sweep.tracking.schema.names import NO_SWEEP, Kind
from glorot_sweep.tracking.schema.runs import SweepRun, read

IN_OTHER_WORDS = {"search.grown_from"}  # follows from the numbers of trials


def noted_growth(
    place: Place, sweep: SweepRun, config: SweepConfig, more: Change
) -> dict[str, str]:
    """Return the tags by which a sweep's run says that it has grown; none if it does not.

    Args:
        place: where the sweep is.
        sweep: as it is.
        config: as it is to be.
        more: what it is to have more of.
    """
    if not more:
        return {}
    growth = StoredGrowth(
        at=time.time_ns() // 1_000_000,
        before=sweep.config_hash or "unknown",
        after=config.hash(),
        seen=_seen(place, sweep),
        lines=shortened_lines(told(more)),
    )
    return tags_of(Growths(growths={str(len(sweep.growths) + 1): growth}))


def told(more: Change) -> tuple[str, ...]:
    """Return what a sweep is to have more of, a line for each key."""
    return lines({key: change for key, change in more.items() if key not in IN_OTHER_WORDS})


def _seen(place: Place, sweep: SweepRun) -> Seen:
    """Return which results of a sweep somebody may have looked at: what was seen stays seen."""
    before = {growth.seen for growth in sweep.grown}
    reports = runs_of(place.client, place.experiment_id, own_run(sweep), kind=Kind.REPORT)
    looks = (*reports, *_comparisons(place, sweep))
    if Seen.REPORTED in before or any(run.status == Status.FINISHED for run in looks):
        return Seen.REPORTED
    return Seen.ALL if Seen.ALL in before or sweep.state is State.COMPLETE else Seen.NOTHING


def _comparisons(place: Place, sweep: SweepRun) -> list[RunRecord]:
    """Return the comparisons in the sweep's experiment that have shown its results."""
    found = find_runs(place.client, [place.experiment_id], kind=Kind.REPORT, sweep=NO_SWEEP)
    return [run for run in found if sweep.run_id in read(ComparisonRun, run).compared.values()]
