"""What happens to a sweep while it is driven. Each function returns what it did, in words."""

import os
import shutil
import signal
import subprocess
import threading
import time

from faults.storm.proxy import BAD_LINE, CREATIONS, LOST
from faults.sweep_process import PROGRAM, ROOT, Sweep

SLOW = "slow:0.5"
STOPPING = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
ENDED, FAILED, REFUSED, HELD = 0, 1, 2, 3  # exit codes


def killed(one):
    """Kill it, at any moment."""
    process = one.sweep.start(SLOW)
    wait = one.moment()
    _sleep(process, wait)
    process.kill()
    one.let_end(process, {-signal.SIGKILL, ENDED})
    return f"killed after {wait:.1f} s"


def told_to_stop(one):
    """Send it a signal that asks."""
    signum = one.chance.choice(list(STOPPING))
    process = one.sweep.start(SLOW)
    wait = max(4.0, one.moment())
    _sleep(process, wait)
    process.send_signal(signum)
    # A signal that meets the interpreter's own start ends it as the system does.
    one.let_end(process, {STOPPING[signum], -signum, ENDED})
    return f"{signum.name} after {wait:.1f} s"


def asleep(one):
    """Stop it for a while, then let it go on to its end."""
    process = one.sweep.start(SLOW)
    wait, length = one.moment(), one.chance.uniform(1, 6)
    _sleep(process, wait)
    process.send_signal(signal.SIGSTOP)
    time.sleep(length)
    process.send_signal(signal.SIGCONT)
    one.let_end(process, {ENDED})
    return f"asleep for {length:.1f} s after {wait:.1f} s"


def without_room(one):
    """Its databases cannot grow beyond some pages."""
    pages = one.chance.randint(1, 500)
    one.let_end(one.sweep.start(f"pages:{pages}"), {ENDED, FAILED, REFUSED})
    return f"no database beyond {pages} pages"


def on_a_full_disk(one):
    """Its disk fills up, with everything that it has on it."""
    process = one.sweep.start(SLOW)
    wait = one.moment()
    _sleep(process, wait)
    one.disk.fill()
    one.let_end(process, {ENDED, FAILED, REFUSED})
    one.disk.empty()
    return f"a full disk after {wait:.1f} s: {process.returncode}"


def deleted(one):
    """The command that deletes it is killed, and given again."""
    command = [*PROGRAM, "delete", "tiny", *one.sweep.stores, "--yes"]
    process = one.sweep.start(command=command)
    wait = one.moment() / 2  # it takes less time than a sweep
    _sleep(process, wait)
    process.kill()
    one.let_end(process, {-signal.SIGKILL, ENDED, REFUSED})
    one.let_end(one.sweep.start(command=command), {ENDED, REFUSED})  # there may be none any more
    return f"deleted, killed after {wait:.1f} s"


def followed(one):
    """A second driver comes from another folder, with a storage of its own."""
    first = one.sweep.start(SLOW)
    wait = one.moment()
    _sleep(first, wait)
    folder = one.sweep.folder / "elsewhere"
    folder.mkdir(exist_ok=True)
    other = Sweep(folder, one.sweep.tracking, one.sweep.backend, cold=True)
    second = other.start()
    one.sweep.started.append(second)
    # Before the first one has opened the sweep, the second one is first.
    one.let_end(second, {ENDED, REFUSED, HELD})
    one.let_end(first, {ENDED, REFUSED, HELD})
    shutil.rmtree(folder)
    return f"a second driver after {wait:.1f} s: {second.returncode}, the first: {first.returncode}"


def unheard(one):
    """Nobody reads what it says."""
    reader, writer = os.pipe()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        one.sweep.command, cwd=ROOT, env=environment, stdout=writer, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    os.close(writer)
    os.close(reader)
    one.sweep.started.append(process)
    _, said = process.communicate(timeout=400)
    assert process.returncode == ENDED, said
    assert "Traceback" not in said, said
    return "nobody listens"


def bad_line(one):
    """The server answers with errors, late, or not at all, now and then."""
    with one.proxy.trouble(BAD_LINE):
        one.let_end(one.sweep.start(), {ENDED, FAILED})
    return f"a bad line: {one.proxy.count}"


def replies_lost(one):
    """The server makes what it is asked for, and every other reply to that is lost."""
    with one.proxy.trouble(LOST, CREATIONS):
        one.let_end(one.sweep.start(), {ENDED})
    return f"replies to creations lost: {one.proxy.count}"


def server_gone(one):
    """The server is killed, and comes back after a while."""
    process = one.sweep.start(SLOW)
    wait, length = one.moment(), one.chance.uniform(0, 5)
    _sleep(process, wait)
    back: threading.Thread = one.server.outage(length)
    one.let_end(process, {ENDED, FAILED, REFUSED})
    back.join()
    return f"no server for {length:.1f} s after {wait:.1f} s"


def _sleep(process, seconds):
    """Wait, but not for a process that has ended."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)


IN_MOTION = (killed, killed, told_to_stop, asleep, followed, unheard)
TO_FILES = (without_room, deleted)
"""Where the stores are files."""

ON_A_DISK = (on_a_full_disk,)
"""Where the disk can be filled."""

ON_THE_WAY = (bad_line, replies_lost, server_gone)
"""Where there is a server."""
