"""Clocks of `logging_cost.py`: inside MLflow calls, and between chunks of a training."""

import contextlib
import functools
import inspect
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from glorot_sweep.tracking.runs import RunStore, RunWriter

DOORS: dict[type, list[str]] = {
    owner: [
        name
        for name, member in vars(owner).items()
        if inspect.isfunction(member) and not name.startswith("_")
    ]
    for owner in (RunStore, RunWriter)
}
"""Every public method by which runs are written."""


class Meter:
    """Adds up the time inside MLflow calls, under the name of whatever is being done."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.phase = ""
        self._inside = False

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Time every method of `DOORS`; a call from within another one counts once."""
        originals = [
            (owner, name, getattr(owner, name)) for owner in DOORS for name in DOORS[owner]
        ]
        for owner, name, method in originals:
            setattr(owner, name, self._timed(name, method))
        try:
            yield
        finally:
            for owner, name, method in originals:
                setattr(owner, name, method)

    def _timed(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._inside:
                return method(*args, **kwargs)
            self._inside, started = True, time.perf_counter()
            try:
                return method(*args, **kwargs)
            finally:
                self._inside = False
                self.seconds[self.phase][name] += time.perf_counter() - started

        return call


@dataclass
class ChunkTimes:
    """Splits a training's time into what grows with the updates and what does not."""

    looks: set[int]
    seconds: float = 0.0  # of whole chunks
    model_updates: int = 0  # in them
    _done: int = 0
    _before: float = 0.0

    def __call__(self, updates: int, trials: int) -> None:
        """Take in a chunk; the first one, and one that ends in a look, hold other work too."""
        now = time.perf_counter()
        first, self._done = self._done == 0, self._done + updates
        if not first and self._done not in self.looks:
            self.seconds += now - self._before
            self.model_updates += updates * trials
        self._before = now
