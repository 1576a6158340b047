"""Fixtures that the tests of sweep, tracking, report and command line share."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweep_builders import place_in, small_dataset

from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.tracking import lease
from glorot_sweep.tracking.place import Place

VARIABLES = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_RUN_ID",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_EXPERIMENT_NAME",
    "GLOROT_SWEEP_DATA",
)


@pytest.fixture(autouse=True)
def clean_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No address from outside; signal handlers as before afterwards.

    A test without a second driver waits for none between writing a lease and reading it.
    """
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(lease, "SETTLE_SECONDS", 0.0)
    before = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}
    yield
    for signum, handler in before.items():
        signal.signal(signum, handler)


@pytest.fixture
def stores(tmp_path: Path, empty_databases: Path) -> Path:
    """A folder with both databases, nothing in them."""
    folder = tmp_path / "stores"
    shutil.copytree(empty_databases, folder)
    return folder


@pytest.fixture
def place(stores: Path) -> Place:
    return place_in(stores)


@pytest.fixture(scope="session")
def dataset() -> FiniteDataset:
    return small_dataset()
