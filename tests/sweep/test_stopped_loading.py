"""A signal that comes while images are loaded stops the command there, not after all of them."""

import os
import signal

import pytest
from rich.console import Console
from small_sweep import ONE_PACK, sweep
from sweep_builders import all_runs, store_uri

from glorot_sweep.errors import StopRequested
from glorot_sweep.sweep import job, single
from glorot_sweep.sweep.contents.single import SingleRequest


@pytest.fixture
def decoded(monkeypatch):
    """Whether loading went on after the signal that comes in the midst of it."""
    found = []

    def load(*_):
        os.kill(os.getpid(), signal.SIGTERM)
        found.append("an image")
        raise AssertionError("it went on")

    monkeypatch.setattr(job, "load_datasets", load)
    monkeypatch.setattr(single, "load_dataset", load)
    return found


def test_of_a_sweep(stores, place, decoded):
    with pytest.raises(StopRequested):
        sweep(stores, ONE_PACK, datasets=None)
    assert (decoded, all_runs(place)) == ([], [])


def test_of_a_single_training(stores, place, decoded):
    request = SingleRequest(
        variant="tanh", dataset="shapeset", depth=1, width=8, learning_rate=0.1, updates=10, seed=0
    )
    with pytest.raises(StopRequested):
        single.train_single(request, store_uri(stores), "tests", Console(quiet=True))
    assert (decoded, all_runs(place)) == ([], [])
