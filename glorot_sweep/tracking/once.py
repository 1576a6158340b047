"""Creating and deleting in MLflow although a reply may be lost: nothing is made twice."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from mlflow.environment_variables import MLFLOW_HTTP_REQUEST_MAX_RETRIES
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import (
    PERMISSION_DENIED,
    RESOURCE_ALREADY_EXISTS,
    RESOURCE_DOES_NOT_EXIST,
    UNAUTHENTICATED,
    ErrorCode,
)
from requests import RequestException

from glorot_sweep.tracking.outage import is_outage

Made = TypeVar("Made")

GONE = ErrorCode.Name(RESOURCE_DOES_NOT_EXIST)
THERE = ErrorCode.Name(RESOURCE_ALREADY_EXISTS)
DENIED = ErrorCode.Name(PERMISSION_DENIED)
REFUSED = {DENIED, ErrorCode.Name(UNAUTHENTICATED)}
RETRIES = MLFLOW_HTTP_REQUEST_MAX_RETRIES.name
FIRST_PAUSE = 0.5  # seconds, doubled with each try
LONGEST_PAUSE = 30.0
_one_at_a_time = threading.RLock()


def once(create: Callable[[], Made], find: Callable[[], Made | None]) -> Made:
    """Create something in MLflow, and look for it before it is created again.

    MLflow sends a request that had no reply again, and makes a second run, model or version. A
    server that still works on the first request has nothing to be found yet, and then says of the
    second one that its name exists. Looking waits for a server that is away as long as every
    other request does.

    Args:
        create: makes it by a single request, and returns it.
        find: returns what an earlier try has made, or None.

    Raises:
        Exception: what the last try raised.
    """
    pause = FIRST_PAUSE
    tries: int = MLFLOW_HTTP_REQUEST_MAX_RETRIES.get()  # type: ignore[no-untyped-call]
    for left in range(tries, -1, -1):
        try:
            with _without_retries():
                return create()
        except Exception as error:
            if not is_outage(error) and not is_there(error):
                raise
            if (made := find()) is not None:
                return made
            if not left or not has_no_reply(error):
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    raise AssertionError  # the last try has returned or raised


def gone(delete: Callable[[], object]) -> None:
    """Delete something; that it is gone already is no error: the reply may have been lost."""
    try:
        delete()
    except MlflowException as error:
        if error.error_code != GONE:
            raise


def is_there(error: Exception) -> bool:
    """Whether a server answered that something of that name exists."""
    return isinstance(error, MlflowException) and error.error_code == THERE


def has_no_reply(error: Exception) -> bool:
    """Whether a server did not answer, or answered that it could not do anything now."""
    if isinstance(error, MlflowException) and error.error_code in REFUSED:
        return False
    return isinstance(error, RequestException) or "API request to" in str(error)


def is_absent(error: MlflowException) -> bool:
    """Whether there is no such thing; a server with accounts denies what is not there.

    Whoever is denied a thing that is there finds out when it is to be changed.
    """
    return error.error_code in {GONE, DENIED}


@contextmanager
def _without_retries() -> Iterator[None]:
    """Let MLflow send each request once; other threads of this process wait with theirs."""
    with _one_at_a_time:
        before = os.environ.get(RETRIES)
        os.environ[RETRIES] = "0"
        try:
            yield
        finally:
            if before is None:
                del os.environ[RETRIES]
            else:
                os.environ[RETRIES] = before
