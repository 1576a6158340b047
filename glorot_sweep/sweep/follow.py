"""The command `status --follow`: a sweep while it runs, seen by its tracking server alone."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.sweep.followed import Followed, FollowedStudy, followed
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.lease import LEASE_SECONDS
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.schema.runs import SweepRun, read
from glorot_sweep.tracking.sweep_words import state_of_sweep
from glorot_sweep.tracking.sweeps import find_sweep, read_config
from glorot_sweep.tracking.watched import WatchedRuns

WORDS, NUMBERS = ("data set", "variant"), ("trials", "best so far", "replicates", "in work")
BESIDE_STUDIES = 12  # lines of a terminal: a prompt, and what stands around the studies


class Silence:
    """How long the driver's sign of life has not changed, by this machine's clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._sign, self._since = clock, "", clock()

    def seconds(self, sweep: SweepRun) -> float:
        """Return for how many seconds there was no new sign."""
        sign = f"{sweep.holder.token} {sweep.beat}"
        if sign != self._sign:
            self._sign, self._since = sign, self._clock()
        return self._clock() - self._since


def follow(
    name: str,
    uri: str | None,
    experiment: str | None,
    console: Console,
    every: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Show how far a sweep is until it is complete: in a terminal in one place, else line by line.

    Args:
        name: of the sweep.
        uri: of the tracking store.
        experiment: its name.
        console: where to write.
        every: seconds between two looks.
        clock: seconds that never go back.
        pause: waits for seconds.

    Raises:
        UserError: there is no such sweep, or its configuration cannot be read.
        ServiceLostError: no process drives it, and it is not complete; or it was deleted.
    """
    place = open_place(uri, experiment, create=False)
    sweep = find_sweep(place, name)
    config = read_config(place, sweep)
    watched = WatchedRuns(place.client, place.experiment_id, own_run(sweep))
    silence, live = Silence(clock), Live(console=console, auto_refresh=False)
    with live if console.is_terminal else nullcontext():
        while True:
            sweep = _again(place, sweep)
            now = followed(config, watched.look())
            shown = _shown(sweep, now, console)
            if console.is_terminal:
                live.update(shown, refresh=True)
            else:
                _say(console, f"{datetime.now():%H:%M:%S} {now.line}")
            if sweep.state is State.COMPLETE or (ended := why_ended(sweep, silence.seconds(sweep))):
                break
            pause(every)
    if not console.is_terminal:
        console.print(shown, markup=False)
    if sweep.state is not State.COMPLETE:
        raise ServiceLostError(ended)
    shows = f"glorot-sweep report {name}{place_options(place)}"
    _say(console, f"the sweep {name!r} is complete: {shows}")


def why_ended(sweep: SweepRun, silence: float) -> str:
    """Return why nothing more is to be expected of a sweep that is not complete; empty: it may be.

    Args:
        sweep: its own run.
        silence: seconds without a sign of life of its driver.
    """
    holder, continues = sweep.holder, "The command that started it continues it."
    if holder.is_free:
        return f"no process drives the sweep {sweep.sweep!r} ({state_of_sweep(sweep)}). {continues}"
    if holder.is_gone or silence >= LEASE_SECONDS:
        how = "has ended" if holder.is_gone else f"has given no sign of life for {silence:.0f} s"
        return f"the driver of the sweep {sweep.sweep!r}, {holder}, {how}. {continues}"
    return ""


def _again(place: Place, sweep: SweepRun) -> SweepRun:
    found = get_run(place.client, sweep.run_id)
    if found is None:
        raise ServiceLostError(
            f"the run {sweep.run_id} of the sweep {sweep.sweep!r} was deleted in MLflow."
        )
    return read(SweepRun, found)


def _shown(sweep: SweepRun, now: Followed, console: Console) -> RenderableType:
    driven = "" if sweep.holder.is_free else f", driven by {sweep.holder}"
    head = f"sweep {sweep.sweep!r}: {state_of_sweep(sweep)}{driven}"
    totals = [f"{kind}: {share}" for kind, share in now.totals.items() if share.most]
    room = max(console.height - BESIDE_STUDIES, 1) if console.is_terminal else len(now.studies)
    shown = _first(now.studies, room)
    if left_out := len(now.studies) - len(shown):
        totals.append(f"{left_out} more studies")
    return Group(head, _table(shown), ", ".join(totals), now.work, now.pace)


def _first(studies: tuple[FollowedStudy, ...], count: int) -> list[FollowedStudy]:
    """Return so many studies in their order: those in work first, then those that are not done."""
    urgent = sorted(studies, key=lambda one: (not one.in_work, one.is_done))[:count]
    return [one for one in studies if one in urgent]


def _table(studies: list[FollowedStudy]) -> Table:
    return narrow_table(WORDS, NUMBERS, map(_cells, studies))


def _cells(one: FollowedStudy) -> tuple[str, ...]:
    best = "" if one.best is None else f"{one.best.objective:.2f} % at {one.best.learning_rate}"
    return (
        one.dataset, one.variant, str(one.trials), best, str(one.replicates), str(one.in_work),
    )  # fmt: skip


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)
