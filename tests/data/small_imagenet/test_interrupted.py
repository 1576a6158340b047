"""kill -9 and signals against real builders: the same command finishes, with the same bytes."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from small_imagenet.imagenet_copies import Copy, image_bytes, wnids_of

pytestmark = pytest.mark.faults

PATIENCE = 120.0  # seconds for what needs a few on a machine that does nothing else
SIDE = 900  # pixels of a source: large enough to be met while it is read
IMAGES = 16  # of each synset
PROGRAM = """
import sys
from pathlib import Path
from rich.console import Console
from glorot_sweep.errors import StopRequested
from glorot_sweep.data.small_imagenet.job import build
from glorot_sweep.data.small_imagenet.request import BuildRequest
home, data_folder = Path(sys.argv[1]), Path(sys.argv[2])
request = BuildRequest(
    home / "imagenet", data_folder, 30, ("bird", "fish", "tool"), workers=2,
    wordnet=home / "wordnet",
)
try:
    build(request, Console(width=200))
except StopRequested as stop:
    sys.exit(stop.exit_code)
"""
Builder = subprocess.Popen[str]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Three classes of two synsets, with images that take a while."""
    copy = Copy(tmp_path_factory.mktemp("copy"))
    for name in ("bird", "fish", "tool"):
        for wnid in wnids_of(name):
            copy.files[wnid] = {
                f"{i}.JPEG": image_bytes(int(wnid[1:]) + i, SIDE, SIDE) for i in range(IMAGES)
            }
    copy.write()
    return copy


@pytest.fixture(scope="module")
def undisturbed(copy: Copy) -> bytes:
    folder = copy.home / "undisturbed"
    process = start(copy, folder)
    assert process.wait(PATIENCE) == 0
    process.communicate()
    return result(folder).read_bytes()


@pytest.fixture
def started() -> Iterator[list[Builder]]:
    """Builders, none of which outlives the test."""
    builders: list[Builder] = []
    yield builders
    for process in builders:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with process:  # closes its pipes and waits
            pass


def start(copy: Copy, folder: Path) -> Builder:
    command = [sys.executable, "-c", PROGRAM, str(copy.home), str(folder)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def result(folder: Path) -> Path:
    return folder / "small_imagenet" / "small_imagenet-3x30.npz"


def wait_until_reading(folder: Path, process: Builder, chunks: int = 1) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(list(folder.rglob("*.chunk"))) < chunks:
        assert process.poll() is None, "it was over before it could be disturbed"
        assert time.monotonic() < deadline
        time.sleep(0.002)


def wait_until_alone(group: int) -> None:
    """Wait until no process of a session is left."""
    deadline = time.monotonic() + PATIENCE
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.05)
        raise AssertionError("worker processes outlive the builder")


@pytest.mark.parametrize("chunks", [1, 3])
def test_killed_and_continued(
    copy: Copy, undisturbed: bytes, tmp_path: Path, started: list[Builder], chunks: int
) -> None:
    process = start(copy, tmp_path)
    started.append(process)
    wait_until_reading(tmp_path, process, chunks)
    process.kill()
    process.communicate()
    wait_until_alone(process.pid)
    assert not result(tmp_path).exists()
    again = start(copy, tmp_path)
    started.append(again)
    said, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0
    assert "images were kept from an earlier run" in said
    assert result(tmp_path).read_bytes() == undisturbed
    assert list(result(tmp_path).parent.iterdir()) == [result(tmp_path)]


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_all_its_processes(
    copy: Copy, undisturbed: bytes, tmp_path: Path, started: list[Builder], signum: int, code: int
) -> None:
    """Ctrl-C reaches the workers too."""
    process = start(copy, tmp_path)
    started.append(process)
    wait_until_reading(tmp_path, process)
    os.killpg(process.pid, signum)
    _, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert "Traceback" not in complaints
    wait_until_alone(process.pid)
    assert not result(tmp_path).exists()
    again = start(copy, tmp_path)
    started.append(again)
    again.communicate(timeout=PATIENCE)
    assert result(tmp_path).read_bytes() == undisturbed
