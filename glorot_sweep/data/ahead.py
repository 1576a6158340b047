"""Things that are made one ahead, in a thread of their own, while the one before is in use."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

T = TypeVar("T")


def made_ahead(makers: Iterable[Callable[[], T]]) -> Iterator[T]:
    """Yield what each maker returns, in their order; the next one is at work meanwhile.

    The thread has one of torch's threads: several would spin between their short tasks, on
    processors that the user of what they make has better use for.

    Args:
        makers: called once each. What one raises is raised where its result would have come.

    Example:
        >>> list(made_ahead([lambda: 1, lambda: 2, lambda: 3]))
        [1, 2, 3]
    """
    threads = torch.get_num_threads()
    maker = ThreadPoolExecutor(1, "ahead", torch.set_num_threads, (1,))
    try:
        waiting = None
        for make in makers:
            coming = maker.submit(make)
            if waiting is not None:
                yield waiting.result()
            waiting = coming
        if waiting is not None:
            yield waiting.result()
    finally:
        maker.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)  # for threads to come: the setting is the process's too
