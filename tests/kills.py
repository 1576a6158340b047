"""A process that is killed in the middle of its changes, without another process."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest


class KilledError(BaseException):
    """Ends a process as nothing in it can notice."""


def kill_after(
    patch: pytest.MonkeyPatch, count: int, steps: Iterable[tuple[Any, str]]
) -> Iterator[int]:
    """Kill the process after so many changes.

    Args:
        patch: undoes it.
        count: how many; below 1 it lives.
        steps: what changes something: owner and name of each function.

    Returns:
        Where the number of the next change comes from.
    """
    numbers = itertools.count(1)

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            answer = real(*arguments, **keywords)
            if next(numbers) == count:
                raise KilledError
            return answer

        return call

    for owner, name in steps:
        patch.setattr(owner, name, counted(getattr(owner, name)))
    return numbers
