"""Fixtures of the tests of the builder."""

import io
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from glorot_sweep.data.small_imagenet.wordnet import VARIABLE
from small_imagenet.imagenet_copies import Copy, small_copy


@pytest.fixture(autouse=True)
def clean_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No WordNet named from outside; signal handlers as before afterwards."""
    monkeypatch.delenv(VARIABLE, raising=False)
    before = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A small copy of ImageNet, not yet written."""
    return small_copy(tmp_path)


@pytest.fixture
def console() -> Console:
    """Keeps what it is told."""
    return Console(file=io.StringIO(), width=200)
