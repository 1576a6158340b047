"""Standard streams that end before the work does cost what is shown, and nothing else."""

import os
import signal
import subprocess
import sys

import pytest

WORK = """
import sys
from glorot_sweep.host.streams import keep_streams, unwritten
keep_streams()
for number in range(20_000):
    print("line", number)
print("done", file=sys.stderr)
sys.exit(f"not shown: {unwritten()}" if unwritten() else 7)
"""


def shell(command: str) -> subprocess.CompletedProcess[str]:
    """Run the work in a shell, in the place of `WORK`."""
    words = command.replace("WORK", f'"{sys.executable}" -c "$0"')
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {words}", WORK],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["WORK | head -1", "WORK >&-", "WORK 2>&-", "WORK <&- >&- 2>&-", "WORK 2>&1 | head -1"],
)
def test_the_work_is_done_and_its_exit_code_is_true(command: str) -> None:
    ended = shell(command)
    assert ended.returncode == 7
    assert "Error" not in ended.stderr


def test_a_number_of_a_closed_stream_is_given_to_no_file() -> None:
    program = "import os; from glorot_sweep.host.streams import keep_streams; keep_streams(); "
    program += "os._exit(os.open('/dev/null', os.O_RDONLY))"
    command = f'"{sys.executable}" -c "{program}" <&- >&- 2>&-'
    assert subprocess.run(["bash", "-c", command], timeout=60, check=False).returncode > 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_behind_the_output_is_said() -> None:
    ended = shell("WORK > /dev/full")
    assert ended.returncode == 1
    assert "No space left" in ended.stderr


def test_a_hang_up_that_is_ignored_stays_so() -> None:
    """`nohup` asks for it."""
    program = (
        "import os, signal; from glorot_sweep.host.stop import StopSignal; "
        "asked = StopSignal(); asked.install(); os.kill(os.getpid(), signal.SIGHUP); asked.check()"
    )
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        ended = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert ended.returncode == 0
