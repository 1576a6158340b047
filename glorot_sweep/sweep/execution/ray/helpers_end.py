"""Ends Ray's helpers with the driver that started them, also when it is killed without a word.

Ray's own way takes up to a minute for its agents. A small process, which this file is run as,
holds the other end of a pipe to the driver: whatever ends the driver closes it.
"""

import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

GRACE = 5.0  # seconds for Ray to end its helpers by itself
LATE = 10.0  # seconds in which one that was still starting then opens its log
PAUSE = 0.2  # seconds between two looks


def watch_helpers(session: str, grace: float = GRACE) -> int:
    """Start the process that ends the helpers of a session after this one.

    Args:
        session: Ray's name of it: a folder, to whose logs all its helpers write.
        grace: seconds that they have from then on.

    Returns:
        A descriptor: once it is closed, or this process has ended, they have to end. This process,
        which writes to those logs too, may go on.
    """
    theirs, ours = os.pipe()
    try:
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-I", "-S", __file__, str(grace), str(os.getpid())],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs, 0),
                # Whoever reads what the driver writes shall not wait for this process.
                *((os.POSIX_SPAWN_OPEN, out, os.devnull, os.O_WRONLY, 0) for out in (1, 2)),
            ],
            setsid=True,  # a Ctrl-C or a hang-up is not for it
        )
    finally:
        os.close(theirs)
    os.write(ours, f"{session}\n".encode())
    return ours


def _end_after(session: str, grace: float, driver: int) -> None:
    deadline = time.monotonic() + grace
    while (_helpers(session) - {driver}) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    deadline = time.monotonic() + LATE
    while time.monotonic() < deadline:
        for pid in _helpers(session) - {driver}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(PAUSE)


def _helpers(session: str) -> set[int]:
    """Return the processes of this user that write to the logs of a session.

    That tells a helper whatever it calls itself, and tells it from a person who reads them.
    """
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is another user's
            if entry.stat().st_uid == os.getuid() and any(_written(entry, session)):
                found.add(int(entry.name))
    return found


def _written(process: Path, session: str) -> Iterator[bool]:
    """Yield of each open file whether it is a log of the session, opened for writing."""
    for link in (process / "fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            for_writing = link.lstat().st_mode & stat.S_IWUSR
            yield bool(for_writing) and f"/{session}/logs/" in os.readlink(link)


if __name__ == "__main__":
    # Ray's own logs in the driver are open here too, and this process would count as a helper.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    name, *_ = sys.stdin.readline().splitlines()
    sys.stdin.read()  # until the driver has ended
    _end_after(name, float(sys.argv[1]), int(sys.argv[2]))
