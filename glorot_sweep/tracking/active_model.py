"""MLflow's active model: to it go the points of whoever names no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlflow.tracking import fluent


@contextmanager
def no_active_model() -> Iterator[None]:
    """Let points that are written here belong to no model, whichever the caller has made active.

    The variables that name one must be out of the environment.
    """
    context: Any = fluent._ACTIVE_MODEL_CONTEXT
    before = context.get()
    context.set(fluent.ActiveModelContext())
    try:
        yield
    finally:
        context.set(before)
