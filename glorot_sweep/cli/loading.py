"""Imports of what is large: PyTorch, Lightning, MLflow."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LARGE = {"mlflow", "torch"}


@contextmanager
def loading() -> Iterator[None]:
    """Search for no garbage during the imports inside, nor ever among what they bring.

    They bring a million objects that stay: looking through these again and again takes a third of
    the processor time of a command that has nothing to do. Where they are loaded already, nothing
    is changed.
    """
    if LARGE & sys.modules.keys():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
