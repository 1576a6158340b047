"""Work in a process that is somebody else's, which is left as it was found."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.host import environment


@contextmanager
def as_guest() -> Iterator[None]:
    """Check and order the environment; tell an outage in one line; put back what was changed.

    That is umask, warnings, variables and the active model of MLflow, and the threads of PyTorch.

    Raises:
        UserError: no command could work in this environment.
        ServiceLostError: a server, a database or a disk fails.
    """
    environment.check()
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    with environment.in_order(), _outages_told(), _threads_kept(), _no_active_model():
        yield


@contextmanager
def importing() -> Iterator[None]:
    """Search for no garbage during the imports inside: that takes a third of their time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


@contextmanager
def _threads_kept() -> Iterator[None]:
    with importing():
        import torch  # noqa: PLC0415

    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _no_active_model() -> Iterator[None]:
    with importing():
        from glorot_sweep.tracking.active_model import no_active_model  # noqa: PLC0415

    with no_active_model():
        yield


@contextmanager
def _outages_told() -> Iterator[None]:
    with importing():
        from glorot_sweep.tracking.outage import describe, is_store_failure  # noqa: PLC0415

    try:
        yield
    except Exception as error:
        if not is_store_failure(error):
            raise
        raise ServiceLostError(
            f"{describe(error)}. What was finished is kept; the same call continues once it is "
            "mended."
        ) from error
