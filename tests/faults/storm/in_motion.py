"""What happens to a sweep while it is driven. Each function returns what it did, in words."""

import os
import shutil
import signal
import subprocess
import threading
import time

from faults.sweep_process import ROOT, Sweep

LONGEST = 14.0  # seconds from a start to a fault: such a sweep takes about as long
SLOW = "slow:0.5"
STOPPING = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
ENDED, FAILED, REFUSED, HELD = 0, 1, 2, 3  # exit codes


def killed(one):
    """Kill it, at any moment."""
    process = one.sweep.start(SLOW)
    wait = one.chance.uniform(0, LONGEST)
    _sleep(process, wait)
    process.kill()
    one.let_end(process, {-signal.SIGKILL, ENDED})
    return f"killed after {wait:.1f} s"


def told_to_stop(one):
    """Send it a signal that asks."""
    signum = one.chance.choice(list(STOPPING))
    process = one.sweep.start(SLOW)
    wait = one.chance.uniform(2, LONGEST)
    _sleep(process, wait)
    process.send_signal(signum)
    # A signal that meets the interpreter's own start ends it as the system does.
    one.let_end(process, {STOPPING[signum], -signum, ENDED})
    return f"{signum.name} after {wait:.1f} s"


def asleep(one):
    """Stop it for a while, then let it go on to its end."""
    process = one.sweep.start(SLOW)
    wait, length = one.chance.uniform(0, LONGEST), one.chance.uniform(1, 6)
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


def followed(one):
    """A second driver comes from another folder, with a storage of its own."""
    first = one.sweep.start(SLOW)
    wait = one.chance.uniform(4, LONGEST)
    _sleep(first, wait)
    folder = one.sweep.folder / "elsewhere"
    folder.mkdir(exist_ok=True)
    other = Sweep(folder, one.sweep.tracking, one.sweep.backend)
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
    with one.proxy.trouble():
        one.let_end(one.sweep.start(), {ENDED, FAILED, REFUSED})
    return f"a bad line: {one.proxy.count}"


def server_gone(one):
    """The server is killed, and comes back after a while."""
    process = one.sweep.start(SLOW)
    wait, length = one.chance.uniform(0, LONGEST), one.chance.uniform(0, 5)
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
TO_FILES = (without_room,)
"""Where the stores are files."""

ON_THE_WAY = (bad_line, bad_line, server_gone)
"""Where there is a server."""
