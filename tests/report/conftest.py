"""Fixtures of the tests of the report: finished sweeps, written once and copied for each test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from report_builders import FinishedSweep, finished_sweep
from sweep_builders import config, place_in
from sweep_fixtures import clean_process, dataset, place, stores

from glorot_sweep.report.figures import draw
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunWriter

__all__ = ["clean_process", "dataset", "place", "stores"]


@pytest.fixture(scope="session")
def written(
    tmp_path_factory: pytest.TempPathFactory, empty_databases: Path
) -> Callable[..., FinishedSweep]:
    """Writes a finished sweep into stores of its own; for copies only."""

    def write(**changes: object) -> FinishedSweep:
        folder = tmp_path_factory.mktemp("finished") / "stores"
        shutil.copytree(empty_databases, folder)
        return FinishedSweep(folder, finished_sweep(place_in(folder), config(changes)))

    return write


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn and described, and not turned into pictures, which takes longest."""
    monkeypatch.setattr(draw, "_rendered", lambda *_: (b"", ""))


@pytest.fixture(scope="session")
def plain(written: Callable[..., FinishedSweep]) -> FinishedSweep:
    return written()


@pytest.fixture(scope="session")
def with_monitored(written: Callable[..., FinishedSweep]) -> FinishedSweep:
    return written(monitored={"updates": 40})


@pytest.fixture
def finished(plain: FinishedSweep, stores: Path, place: Place) -> dict[str, RunWriter]:
    """Puts a finished sweep into the test's stores; its writers by name."""
    return plain.copy_to(stores, place)


@pytest.fixture
def finished_monitored(
    with_monitored: FinishedSweep, stores: Path, place: Place
) -> dict[str, RunWriter]:
    """The same with monitored runs."""
    return with_monitored.copy_to(stores, place)
