"""The command `train` takes over a run of `mlflow run`, and no other."""

from unittest.mock import Mock

import pytest
from rich.console import Console
from sweep_builders import place_in, store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.sweep import single
from glorot_sweep.sweep.contents.single import SingleRequest
from glorot_sweep.sweep.execution import executor
from glorot_sweep.sweep.single import train_single
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunStore

REQUEST = SingleRequest(
    variant="tanh", dataset="shapeset", depth=1, width=8, learning_rate=0.1, updates=10, seed=0
)


class LoadingError(Exception):
    """Ends the work before anything is trained."""


def test_threads_are_those_that_a_container_may_keep_busy(monkeypatch):
    threads = [64]
    monkeypatch.setattr(executor, "usable_processors", lambda: 2)
    monkeypatch.setattr("torch.get_num_threads", lambda: threads[-1])
    monkeypatch.setattr("torch.set_num_threads", threads.append)
    monkeypatch.setattr(single, "load_dataset", Mock(side_effect=LoadingError))
    with pytest.raises(LoadingError):
        train_single(REQUEST, None, None, Console(quiet=True))
    assert threads[-1] == 2


def test_the_run_of_a_sweep_is_not_taken_over(stores, monkeypatch):
    place = place_in(stores)
    own = RunStore(place.client, place.experiment_id).create(
        "micro", {"kind": "sweep", "sweep": "micro"}
    )
    before = get_run(place.client, own.run_id)
    monkeypatch.setenv("MLFLOW_RUN_ID", own.run_id)
    with pytest.raises(UserError, match="not one that `mlflow run` has just made"):
        train_single(REQUEST, store_uri(stores), "tests", Console(quiet=True))
    assert get_run(place.client, own.run_id) == before
