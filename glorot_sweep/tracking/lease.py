"""One driver per sweep: a lease on the sweep's own run, in the store that all drivers share.

Whoever takes the lease writes a token of its own, waits a moment, and reads it back: whoever's
token stands has it. The holder gives a sign of life every other second. Observers do not compare
clocks: each watches, by its own, whether that sign changes. MLflow has no compare-and-swap; what
that leaves open is said in docs/faults.md.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from mlflow import MlflowClient

from glorot_sweep.errors import ServiceLostError, SweepHeldError
from glorot_sweep.host.process import this_process
from glorot_sweep.tracking.belonging import sweep_runs
from glorot_sweep.tracking.heartbeat import Heartbeat
from glorot_sweep.tracking.lease_tags import LeaseTags
from glorot_sweep.tracking.schema.driving import Holder, Leased
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.runs import SweepRun

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # between two looks of an observer
LEASE_SECONDS = 30.0  # of silence, after which a holder counts as dead
SILENCE_SECONDS = 4.0  # of silence, after which the one who waits is told why
SETTLE_SECONDS = 0.5  # between writing and reading back; longer than from looking to writing
FIRST_BEAT = "0"  # of a holder that has not read its token back yet
TRIES = 3


class Lease:
    """The lease of this process on one sweep; to be used by `with`, which gives it back.

    Args:
        sweep: its name.
        check: called while another holder is watched; may raise to stop.
        note: told why it takes long.
        clock: seconds that never go back.
        pause: waits for seconds.
    """

    def __init__(
        self,
        sweep: str,
        check: Callable[[], None] = lambda: None,
        note: Callable[[str], None] = lambda _: None,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.sweep, self.holder = sweep, _new_holder()
        self._stop, self._note, self._clock, self._pause = check, note, clock, pause
        self._tags: LeaseTags | None = None
        self._heart: Heartbeat | None = None

    def __enter__(self) -> Self:
        """Hold nothing yet: a sweep that has not begun has no run."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the lease back, if it is held."""
        tags, self._tags = self._tags, None
        if self._heart is not None:
            self._heart.stop()
        if tags is not None:
            _give_back(tags, self.holder)

    @property
    def tags(self) -> dict[str, str]:
        """The tags of a run that is created with this lease on it."""
        return tags_of(Leased(holder=self.holder, beat=FIRST_BEAT))

    def look(self, client: MlflowClient, run_id: str) -> None:
        """Return once nobody holds the sweep of this run.

        A holder that has ended, as a process of this machine, or that gives no sign of life, is
        nobody. A look that took long says nothing of the holder: both may have waited for the
        store.

        Raises:
            SweepHeldError: names a holder that lives.
        """
        tags = LeaseTags(client, run_id)
        seen, silence, looked = tags.read(), 0.0, self._clock()
        told = False
        while not self._may_take(seen.holder) and silence < LEASE_SECONDS:
            if silence >= SILENCE_SECONDS and not told:
                self._note(_waiting(self.sweep, seen.holder))
                told = True
            self._stop()
            self._pause(LOOK_SECONDS)
            before, seen = seen, tags.read()
            if seen != before and not self._may_take(seen.holder):
                raise held_by(self.sweep, seen.holder)
            now = self._clock()
            silence += min(now - looked, 2 * LOOK_SECONDS)
            looked = now

    def take(self, client: MlflowClient, run_id: str) -> None:
        """Take the lease on a sweep's own run, unless it is held already.

        Raises:
            SweepHeldError: names who holds it.
        """
        if self._tags is not None and self._tags.run_id == run_id:
            return
        self.look(client, run_id)
        tags = LeaseTags(client, run_id)
        self._write(tags)
        self._keep(tags)

    def begin(
        self, client: MlflowClient, run_id: str, rivals: Callable[[], Iterable[SweepRun]]
    ) -> None:
        """Hold a sweep whose own run was just made with `tags`.

        Of several drivers that begin a sweep at the same moment, each by a run of its own, one
        that gives signs of life is the first, else the one whose run is the oldest.

        Args:
            client: of the store.
            run_id: the sweep's own run.
            rivals: asked after a moment: the own runs of sweeps of this name.

        Raises:
            SweepHeldError: names the first.
        """
        tags = LeaseTags(client, run_id)
        self._settle(tags)
        found = list(rivals())
        ours = next((_age(run) for run in found if run.run_id == run_id), (0, ""))
        for run in found:
            is_first = run.beat not in {None, FIRST_BEAT} or _age(run) < ours
            if not self._may_take(run.holder) and is_first:
                raise held_by(self.sweep, run.holder)
        self._keep(tags)

    def check(self) -> None:
        """Check that the token stands; before each step that another driver would make too.

        An outage of the store is waited for. A lease that nobody holds is taken again.

        Raises:
            SweepHeldError: another driver has it.
            ServiceLostError: the sweep's own run was deleted, and nobody has begun it anew.
        """
        self.refuse_lost()
        if self._tags is None:
            return
        seen = self._tags.read()
        if seen.is_deleted:
            raise self._deleted(self._tags)
        if seen.holder.is_free:
            self._write(self._tags)
        elif seen.holder.token != self.holder.token:
            raise held_by(self.sweep, seen.holder)

    def refuse_lost(self) -> None:
        """Check without any request what the last sign of life has met with.

        Raises:
            SweepHeldError: another driver has it.
        """
        if self._heart is not None and self._heart.lost_to is not None:
            raise held_by(self.sweep, self._heart.lost_to)

    def _keep(self, tags: LeaseTags) -> None:
        self._tags, self._heart = tags, Heartbeat(tags, self.holder)
        self._heart.start()

    def _may_take(self, holder: Holder) -> bool:
        return holder.is_free or holder.token == self.holder.token or holder.is_gone

    def _write(self, tags: LeaseTags) -> None:
        """Write the token until it, or another one, stands."""
        for _ in range(TRIES):
            tags.write(Leased(holder=self.holder, beat=FIRST_BEAT))
            if self._settle(tags):
                return
        raise ServiceLostError(
            f"the lease of the sweep {self.sweep!r} is taken away as often as it is written to the "
            f"run {tags.run_id}. Nothing is lost; the same command continues."
        )

    def _settle(self, tags: LeaseTags) -> bool:
        """Return whether our token stands; False: nobody's does."""
        self._pause(SETTLE_SECONDS)
        standing = tags.read().holder
        if not standing.is_free and standing.token != self.holder.token:
            raise held_by(self.sweep, standing)
        return not standing.is_free

    def _deleted(self, tags: LeaseTags) -> Exception:
        """Return what it means that the run is gone: another driver began at the same moment."""
        experiment = tags.client.get_run(tags.run_id).info.experiment_id
        for run in sweep_runs(tags.client, experiment, self.sweep):
            if not self._may_take(run.holder):
                return held_by(self.sweep, run.holder)
        return ServiceLostError(
            f"the run {tags.run_id} of the sweep {self.sweep!r} was deleted in MLflow while the "
            "sweep was at work. The same command begins it anew; `mlflow runs restore` brings the "
            "run back, and then the same command continues."
        )


def sign_of_life(
    client: MlflowClient,
    run_id: str,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Holder, bool]:
    """Return who holds a sweep, or held it when he ended, and whether he was seen to live.

    Nothing is written. A holder is watched for as long as two signs of life take.

    Args:
        client: of the store.
        run_id: the sweep's own run.
        clock: seconds that never go back.
        pause: waits for seconds.
    """
    tags = LeaseTags(client, run_id)
    first = seen = tags.read()
    end = clock() + SILENCE_SECONDS
    while not (seen.holder.is_free or seen.holder.is_gone):
        if seen != first or clock() >= end:
            return seen.holder, seen != first
        pause(LOOK_SECONDS)
        seen = tags.read()
    return seen.holder, False


def held_by(sweep: str, holder: Holder) -> SweepHeldError:
    """Return the refusal of a sweep that somebody else drives."""
    return SweepHeldError(
        f"the sweep {sweep!r} is being driven by {holder}. One driver works on a sweep; wait for "
        "it, or stop it."
    )


def _new_holder() -> Holder:
    return Holder(secrets.token_hex(8), this_process(), time.time_ns() // 1_000_000)


def _age(run: SweepRun) -> tuple[int, str]:
    return run.started, run.run_id


def _waiting(sweep: str, holder: Holder) -> str:
    return (
        f"the sweep {sweep!r} is held by {holder}, which has given no sign of life for "
        f"{SILENCE_SECONDS:g} s. After {LEASE_SECONDS:g} s of silence it counts as dead, and the "
        "sweep is taken over."
    )


def _give_back(tags: LeaseTags, holder: Holder) -> None:
    """Say that the sweep is free, unless it is another's; a store that is away is not waited for.

    Then the next driver finds that this process has ended, or waits for a sign of life.
    """
    try:
        seen = tags.read_briefly()
        if seen.holder.token == holder.token and not seen.is_deleted:
            tags.free()
    except Exception as error:
        logger.debug("the lease of run %s could not be given back: %s", tags.run_id, error)
