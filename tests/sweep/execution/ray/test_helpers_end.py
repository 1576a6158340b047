"""What a driver's Ray has started ends with the driver, whatever ends it; nothing else does."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from glorot_sweep.sweep.execution.ray.helpers_end import _helpers, watch_helpers

DRIVER = """
import sys, time
from glorot_sweep.sweep.execution.ray.helpers_end import watch_helpers
watch_helpers(sys.stdin.readline().strip(), 0.1)
print("watched", flush=True)
time.sleep(60)
"""


def a_helper(logs: Path, *, stubborn: bool = True, mode: str = "w") -> subprocess.Popen[str]:
    """Start a process that says by no word of its own whose it is."""
    logs.mkdir(parents=True, exist_ok=True)
    program = "import signal, time; "
    program += "signal.signal(signal.SIGTERM, signal.SIG_IGN); " if stubborn else ""
    program += "print('up', flush=True); time.sleep(60)"
    with (logs / "agent.log").open(mode) as log:
        helper = subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE, text=True, pass_fds=[log.fileno()],
        )  # fmt: skip
    assert helper.stdout is not None
    assert helper.stdout.readline() == "up\n"
    return helper


def ended(helper: subprocess.Popen[str]) -> int:
    with helper:
        return helper.wait(20)


@pytest.mark.slow
def test_helpers_end_when_the_driver_is_killed(tmp_path: Path) -> None:
    session, other = f"session_{uuid.uuid4().hex}", f"session_{uuid.uuid4().hex}"
    helper, stranger = a_helper(tmp_path / session / "logs"), a_helper(tmp_path / other / "logs")
    reader = a_helper(tmp_path / session / "logs", mode="r")
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        driver.stdin.write(f"{session}\n")
        driver.stdin.flush()
        assert driver.stdout.readline() == "watched\n"
        time.sleep(0.5)
        assert helper.poll() is None, "the driver lives"
        driver.kill()
    assert ended(helper) == -signal.SIGKILL
    for other_one in (stranger, reader):
        assert other_one.poll() is None
        other_one.kill()
        ended(other_one)


def test_helpers_that_end_by_themselves_are_not_killed(tmp_path: Path) -> None:
    session = f"session_{uuid.uuid4().hex}"
    helper = a_helper(tmp_path / session / "logs", stubborn=False)
    os.close(watch_helpers(session, 10.0))
    helper.terminate()
    assert ended(helper) == -signal.SIGTERM


@pytest.mark.slow
def test_a_helper_that_was_still_starting_ends_too(tmp_path: Path) -> None:
    session = f"session_{uuid.uuid4().hex}"
    os.close(watch_helpers(session, 0.1))
    time.sleep(1.0)
    logs = tmp_path / session / "logs"
    logs.mkdir(parents=True)
    program = "import sys, time; log = open(sys.argv[1], 'w'); time.sleep(60)"
    late = subprocess.Popen([sys.executable, "-c", program, str(logs / "agent.log")])
    assert late.wait(20) == -signal.SIGKILL


def test_leaving_a_cluster_is_an_end_too(tmp_path: Path) -> None:
    session = f"session_{uuid.uuid4().hex}"
    helper = a_helper(tmp_path / session / "logs")
    os.close(watch_helpers(session, 0.1))
    assert ended(helper) == -signal.SIGKILL


LEAVES = """
import os, sys
from glorot_sweep.sweep.execution.ray.helpers_end import watch_helpers
log = open(sys.argv[1], "w")  # as Ray keeps one open in a driver that has left
watch = watch_helpers(sys.argv[2], 0.1)
os.close(watch)
print("left", flush=True)
sys.stdin.read()  # what a driver does after its workers: models, report
"""


def test_the_driver_itself_goes_on_after_it_has_left(tmp_path: Path) -> None:
    session = f"session_{uuid.uuid4().hex}"
    helper = a_helper(tmp_path / session / "logs")
    driver = subprocess.Popen(
        [sys.executable, "-c", LEAVES, str(tmp_path / session / "logs" / "driver.log"), session],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert driver.stdout is not None
    assert driver.stdout.readline() == "left\n"
    assert ended(helper) == -signal.SIGKILL
    time.sleep(0.5)
    driver.communicate("", timeout=20)
    assert driver.returncode == 0


@pytest.mark.slow
def test_a_log_that_it_inherits_makes_it_no_helper(tmp_path: Path) -> None:
    """Ray leaves its logs open for whatever the driver starts: it would end itself first."""
    session = f"session_{uuid.uuid4().hex}"
    logs = tmp_path / session / "logs"
    logs.mkdir(parents=True)
    with (logs / "driver.log").open("w") as inherited:
        helper = subprocess.Popen(["sleep", "60"], stdout=inherited)
        os.set_inheritable(inherited.fileno(), True)
        watch = watch_helpers(session, 0.1)
        time.sleep(0.5)
        assert _helpers(session) == {os.getpid(), helper.pid}
    os.close(watch)
    assert helper.wait(20) == -signal.SIGKILL
