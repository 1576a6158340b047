"""Which process this is, told from every other one, and whether one that ran here has ended."""

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROCESSES = Path("/proc")
BOOT = PROCESSES / "sys/kernel/random/boot_id"
NAMESPACE = PROCESSES / "self/ns/pid"
STATE, START = 0, 19  # fields of /proc/PID/stat, counted from behind the command's name
NOT_SHOWN = ""
ENDED = {"Z", "X"}  # states of a process that nobody has waited for yet


@dataclass(frozen=True)
class Process:
    """A process somewhere.

    Attributes:
        pid: its number.
        host: name of its machine.
        boot: the start of that machine and the container whose numbers these are; empty: unknown.
        started: its own start, in ticks since that of the machine; empty: unknown.
    """

    pid: int
    host: str
    boot: str = ""
    started: str = ""

    def is_gone(self) -> bool:
        """Return whether it ran on this machine and has ended; False where that is not known."""
        if not (self.boot and self.started):
            return False
        here = self.boot == boot() and self.host == host_name()
        return here and start_of(self.pid) not in {self.started, NOT_SHOWN}


def this_process() -> Process:
    """Return the process that asks."""
    return Process(os.getpid(), host_name(), boot(), start_of(os.getpid()) or "")


def host_name() -> str:
    """Return the name of this machine."""
    return socket.gethostname()


@cache
def boot() -> str:
    """Return what tells this start of this machine, and its table of processes, from others.

    Containers of one machine may share its name and its start, and number their processes apart.
    """
    try:
        return f"{BOOT.read_text().strip()} {os.readlink(NAMESPACE)}"
    except OSError:
        return ""  # not Linux, or a sandbox


def start_of(pid: int) -> str | None:
    """Return when a process of this machine was started, in ticks; None: there is none.

    Where Linux hides other users' processes, the start of one that lives is `NOT_SHOWN`.
    """
    try:
        fields = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return NOT_SHOWN if _is_there(pid) else None
    return None if fields[STATE] in ENDED else fields[START]


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:  # another user's
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
