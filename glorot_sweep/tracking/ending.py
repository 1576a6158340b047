"""True ends of runs whose work did not reach its own."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from glorot_sweep.errors import StopRequested
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import describe, impatient, is_outage
from glorot_sweep.tracking.runs import RunWriter

logger = logging.getLogger(__name__)


def abandon_runs(writers: Iterable[RunWriter], state: State, reason: str) -> None:
    """Give runs that did not reach their end a true status: killed or failed.

    A run that a later attempt has opened is not this one's any more, and one that has ended, by
    whomever, has its status. What cannot be written is
    mended by the sweep's next start; a store that is away is not waited for.
    """
    with impatient():
        for writer in list(writers):
            try:
                if writer.is_open():
                    writer.finish(state, reason)
            except Exception as error:
                logger.warning("run %s could not be marked as %s", writer.run_id, state.word)
                if is_outage(error):
                    return


@contextmanager
def true_statuses(*runs: RunWriter) -> Iterator[None]:
    """Mark the runs as killed or failed if the work on them ends early; it finishes them itself."""
    try:
        yield
    except BaseException as error:
        killed = isinstance(error, (StopRequested, KeyboardInterrupt))
        reason = str(error) if killed else describe(error)
        abandon_runs(runs, State.KILLED if killed else State.FAILED, reason)
        raise
