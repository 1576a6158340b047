"""What a person sees while a set is built."""

import io

import pytest
from rich.console import Console

from glorot_sweep.data.small_imagenet import progress
from glorot_sweep.data.small_imagenet.progress import phase
from small_imagenet.imagenet_copies import said


def test_without_a_terminal_a_line_now_and_then(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 16.0, 17.0])
    monkeypatch.setattr(progress, "monotonic", lambda: next(clock))
    with phase("images read", 3000, console) as shown:
        for _ in range(3):
            shown.advance(1000)
    assert said(console) == "images read: 2,000 of 3,000\n"


def test_a_bar_in_a_terminal() -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100)
    with phase("images read", 4, terminal) as shown:
        shown.advance(3)
    assert "3/4" in said(terminal)
