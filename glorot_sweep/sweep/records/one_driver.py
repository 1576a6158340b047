"""A sweep that has begun, held by one process alone, whatever it does with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from glorot_sweep.sweep.records.own_runs import look_at_lease, take_lease
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.sweep.storage.same import refuse_other_storage
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.place import Place


@contextmanager
def one_driver(
    place: Place, sweep: str, storage: str, *, is_other: bool = False
) -> Iterator[Lease]:
    """Be the one driver of a sweep that has begun: by its lease, and by the storage's lock.

    Whoever drives it is named before another storage is; a refusal writes nothing.

    Args:
        place: where the sweep's runs are.
        sweep: its name.
        storage: URI of Optuna's database.
        is_other: it may be another one than that with which the sweep was begun.

    Raises:
        SweepHeldError: somebody else drives it.
        UserError: the storage is another one.
    """
    with Lease(sweep) as lease:
        look_at_lease(place, sweep, lease)
        if not is_other:
            refuse_other_storage(place, sweep, storage)
        with hold(storage, sweep, scope=place.scope):
            take_lease(place, sweep, lease)
            yield lease
