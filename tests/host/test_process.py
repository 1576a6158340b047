"""A process that is known by what it was: whether it has ended, as far as this machine can tell."""

import dataclasses
import os

import pytest

from glorot_sweep.host import process
from glorot_sweep.host.process import this_process

NOT_KNOWN = {
    "another host": {"host": "another"},
    "before the last boot, or in another container": {"boot": "another"},
    "a system without boot ids": {"boot": ""},
    "a system without starts": {"started": ""},
}


@pytest.mark.parametrize("change", NOT_KNOWN.values(), ids=list(NOT_KNOWN))
def test_of_a_process_elsewhere_nothing_is_known(change):
    gone = dataclasses.replace(this_process(), pid=2**22 + 1)
    assert gone.is_gone()
    assert not dataclasses.replace(gone, **change).is_gone()
    assert not this_process().is_gone()


def test_another_host_name_makes_another_machine(monkeypatch):
    gone = dataclasses.replace(this_process(), pid=2**22 + 1)
    monkeypatch.setattr(process, "host_name", lambda: "renamed")
    assert not gone.is_gone()
    assert this_process().host == "renamed"


@pytest.mark.parametrize(
    ("said", "is_gone"),
    [
        (None, False),
        (PermissionError, False),
        (ProcessLookupError, True),
        (OverflowError, True),  # no process has such a number
    ],
)
def test_a_process_that_linux_hides_is_asked_for(tmp_path, monkeypatch, said, is_gone):
    hidden = this_process()

    def kill(pid, signum):
        assert (pid, signum) == (hidden.pid, 0)
        if said:
            raise said

    monkeypatch.setattr(process, "PROCESSES", tmp_path)
    monkeypatch.setattr(os, "kill", kill)
    assert hidden.is_gone() is is_gone


def test_a_process_that_nobody_has_waited_for_has_ended():
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert process.start_of(child) is None
    os.waitpid(child, 0)
