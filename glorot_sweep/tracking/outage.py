"""Telling a tracking store that is away, or full, from a mistake in what it was told."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import mlflow.store.db.utils as database
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, ErrorCode
from requests import RequestException
from sqlalchemy.exc import SQLAlchemyError

from glorot_sweep.tracking.hiding import hide_secrets

PROBE_SECONDS = 5  # of each attempt to reach a server that may be away
MISTAKES = {ErrorCode.Name(code) for code in (INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST)}


def is_outage(error: BaseException) -> bool:
    """Return whether a store, a database or a disk has failed, after all of MLflow's retries.

    Example:
        >>> is_outage(MlflowException("API request failed after 7 retries"))
        True
        >>> is_outage(MlflowException("no such run", RESOURCE_DOES_NOT_EXIST))
        False
    """
    if isinstance(error, MlflowException):
        return error.error_code not in MISTAKES
    return isinstance(error, (RequestException, SQLAlchemyError, sqlite3.Error, OSError))


def is_store_failure(error: BaseException) -> bool:
    """Return whether MLflow has refused something, or a store has failed: told in one line.

    An experiment or a run that was deleted meanwhile is no outage, and no fault of the program.
    """
    return isinstance(error, (MlflowException, NotWrittenError)) or is_outage(error)


class NotWrittenError(Exception):
    """What was trained could not be stored, for whatever reason: no fault of the training."""


@contextmanager
def writing() -> Iterator[None]:
    """Tell a failure to write runs from a failure of what they are about.

    Raises:
        NotWrittenError: what went wrong, unless it says by itself that a store has failed, or
            that the memory is too small.
    """
    try:
        yield
    except Exception as error:
        if is_outage(error) or isinstance(error, (MemoryError, NotWrittenError)):
            raise
        raise NotWrittenError(describe(error)) from error


def describe(error: BaseException) -> str:
    """Return a failure in one line, without secrets or what is added for programmers."""
    first = hide_secrets((str(error).strip().splitlines() or [""])[0])[:300]
    return first if isinstance(error, NotWrittenError) else f"{type(error).__name__}: {first}"


@contextmanager
def impatient() -> Iterator[None]:
    """Let MLflow's requests and database connections fail soon, not after minutes of retries."""
    short = {
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
        "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": str(PROBE_SECONDS),
    }
    before = {name: os.environ.get(name) for name in short}
    os.environ.update(short)
    retries, database.MAX_RETRY_COUNT = database.MAX_RETRY_COUNT, 1
    try:
        yield
    finally:
        database.MAX_RETRY_COUNT = retries
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
