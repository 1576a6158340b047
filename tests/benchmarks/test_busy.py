"""Processes that stand for other people's work: busy inside the block, gone after it."""

import os
import subprocess

import busy
import pytest
from busy import busy_processes


def test_processes_are_busy_until_the_block_ends_however_it_ends(monkeypatch):
    started = []

    class Recorded(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(busy.subprocess, "Popen", Recorded)
    seen = []

    def fail():
        with busy_processes(2):
            seen.extend(process.poll() for process in started)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [None, None]
    for process in started:
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)
