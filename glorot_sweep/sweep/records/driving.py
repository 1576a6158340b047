"""Who drives a sweep, seen from outside: its lease and its lock are looked at, nothing is taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.records.reconcile import TRAINED
from glorot_sweep.sweep.records.standing import IN_WORK, outcome_of
from glorot_sweep.sweep.storage.lock import holder
from glorot_sweep.sweep.storage.same import refuse_other_storage
from glorot_sweep.tracking.lease import LEASE_SECONDS, SILENCE_SECONDS, sign_of_life
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.schema.driving import Holder
from glorot_sweep.tracking.schema.runs import StoredRun, SweepRun, kind_of, read
from glorot_sweep.tracking.sweep_words import LEFT


@dataclass(frozen=True)
class Driving:
    """What can be seen of a sweep's driver.

    Attributes:
        line: for a person.
        lives: whether there is one; None: that cannot be known.
    """

    line: str
    lives: bool | None

    @property
    def running(self) -> str:
        """What a run is that is RUNNING in MLflow."""
        return {True: IN_WORK, False: LEFT, None: f"{IN_WORK} or {LEFT}"}[self.lives]


def driving(place: Place, sweep: SweepRun, database: str, runs: Sequence[RunRecord]) -> Driving:
    """Find out who drives a sweep: by the lease, which all drivers share, then by the lock.

    Args:
        place: where its runs are.
        sweep: its own run.
        database: URI of Optuna's storage, as named.
        runs: all of its runs.
    """
    leaseholder, lives = sign_of_life(place.client, sweep.run_id)
    if lives:
        return Driving(f"driven by {leaseholder}", lives=True)
    count = _running(runs)
    if not (leaseholder.is_free or leaseholder.is_gone):
        return Driving(_silent(leaseholder, count), lives=None)
    try:
        refuse_other_storage(place, sweep.sweep, database)
    except UserError as error:
        if not leaseholder.is_gone:
            return Driving(f"whether a process drives it is not known: {error}", lives=None)
    else:
        if found := holder(database, sweep.sweep, place.scope):
            return Driving(f"driven by {found}", lives=True)
    return Driving(_nobody(leaseholder, f"{sweep.sweep}{place_options(place)}", count), lives=False)


def _running(runs: Sequence[RunRecord]) -> int:
    """Count the networks' runs that have not ended."""
    trained = (read(StoredRun, run) for run in runs if kind_of(run) in TRAINED)
    return sum(outcome_of(run) == IN_WORK for run in trained)


def _silent(holder: Holder, count: int) -> str:
    then = f", and continues {_these(count)}" if count else ""
    return (
        f"held by {holder}, which has given no sign of life for {SILENCE_SECONDS:g} s. After "
        f"{LEASE_SECONDS:g} s of silence the command that started the sweep takes it over{then}"
    )


def _nobody(holder: Holder, named: str, count: int) -> str:
    died = f": {holder} has ended without a word" if holder.is_gone else ""
    if not count:
        return f"no process drives it{died}"
    left = f", and has left {_these(count)}" if died else f": one has left {_these(count)}"
    return (
        f"no process drives it{died}{left}. The command that started the sweep trains each of them "
        "again, from where its pack was last saved, else from its beginning; "
        f"`glorot-sweep repair {named}` marks them as KILLED and trains nothing."
    )


def _these(count: int) -> str:
    return f"{count} run{'s' if count > 1 else ''} that MLflow shows as RUNNING"
