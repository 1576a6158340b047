"""The processes of a test, read from /proc; none but its own are ever touched."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A process; the time of its start tells it from a later one with the same id."""

    pid: int
    started: int

    @property
    def is_alive(self):
        fields = _fields(self.pid)
        return fields is not None and fields[2] == self.started and fields[0] != "Z"

    @property
    def command(self):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{self.pid}/cmdline").read_bytes()
            return text.replace(b"\0", b" ").decode(errors="replace").strip()
        return ""

    def signal(self, signum):
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signum)


def _fields(pid):
    """State, parent and start of a process; None if it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return words[0], int(words[1]), int(words[19])


def descendants(pid):
    """Every process that descends from one, Ray's among them."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            children.setdefault(fields[1], []).append(Process(int(entry.name), fields[2]))
    found, left = [], [pid]
    while left:
        here = children.get(left.pop(), [])
        found += here
        left += [one.pid for one in here]
    return found


def members_of_session(pid):
    """Every process of the session that one with this id has begun, whoever their parents are."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            words = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(words[3]) == pid:
                found.append(Process(int(entry.name), int(words[19])))
    return found


def named(pid, word):
    """Those of them whose command line contains a word."""
    return [one for one in descendants(pid) if one.is_alive and word in one.command]


def wait_until_gone(processes, seconds):
    """Wait for processes to end; return those that have not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(one.is_alive for one in processes):
        time.sleep(0.2)
    return [one for one in processes if one.is_alive]


def kill_all(processes):
    for one in processes:
        one.signal(signal.SIGKILL)
