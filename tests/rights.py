"""What cannot be written, for root as well: rights say nothing to whoever stands above them."""

import ctypes
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

CAPABILITIES_VERSION = 0x20080522  # of linux/capability.h, the third
KINDS = {"file": (0o444, 0o755), "folder": (0o644, 0o555), "both": (0o444, 0o555)}


@contextmanager
def read_only(folder: Path, kind: str) -> Iterator[None]:
    """Take the right to write away from the files in a folder, from the folder, or from both."""
    of_file, of_folder = KINDS[kind]
    files = [path for path in folder.iterdir() if path.is_file()]
    rights = {path: path.stat().st_mode for path in (*files, folder)}
    for path in files:
        path.chmod(of_file)
    folder.chmod(of_folder)
    try:
        yield
    finally:
        for path, mode in rights.items():
            path.chmod(mode)


def as_others(work: Callable[[], Result]) -> Result:
    """Do something with the rights that files give, in a thread that has no other ones.

    Capabilities belong to threads: only this one's are given up.
    """
    with ThreadPoolExecutor(1, initializer=_give_up_capabilities) as pool:
        return pool.submit(work).result()


def _give_up_capabilities() -> None:
    if sys.platform != "linux":
        return
    head = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None, use_errno=True).capset(head, none) == 0
