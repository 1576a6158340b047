"""A sweep's state and start in words."""

import time

from run_builders import record

from glorot_sweep.tracking.schema.runs import BEGUN
from glorot_sweep.tracking.sweep_words import begun_at, state_of_sweep


def test_a_sweep_that_is_partly_deleted_is_called_so():
    assert state_of_sweep(record()) == "complete"
    assert state_of_sweep(record(deletion=BEGUN.deletion)) == "being deleted"
    assert state_of_sweep(record(importing="of this digest")) == "being imported"


def test_times_are_this_machines(monkeypatch):
    monkeypatch.setenv("TZ", "Etc/GMT-3")  # three hours ahead of Greenwich
    time.tzset()
    assert begun_at(record(started=1_234_567_890_123)) == "2009-02-14 02:31"
    monkeypatch.undo()
    time.tzset()
