"""A store with several sweeps, written once, for reading alone."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from compare_builders import WrittenSweep
from sweep_builders import place_in, store_uri
from sweep_fixtures import clean_process, place, stores

from glorot_sweep.compare.compared import Compared, compare
from glorot_sweep.compare.request import asked_sweeps
from glorot_sweep.compare.side import Side, open_places, read_sides
from glorot_sweep.tracking.life import State

__all__ = ["clean_process", "place", "stores"]

THREE = {"tanh": (40.0, 42.0, 41.0), "tanh_n": (30.0, 31.0, 30.5)}
LOWER = {"tanh": (20.0, 21.0, 22.0), "tanh_n": (30.0, 31.0, 32.5)}
TWO = {"tanh": (40.0, 42.0)}


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, empty_databases: Path) -> Path:
    """Sweeps whose names say what is special about them; `one` and those of its seed share it."""
    folder = tmp_path_factory.mktemp("compared") / "stores"
    shutil.copytree(empty_databases, folder)
    place = place_in(folder)
    for name in ("one", "again"):
        WrittenSweep(place, name, THREE)
    WrittenSweep(place, "lower", LOWER, seed=4)
    WrittenSweep(place, "wider", TWO, changes={"network.width": 32})
    WrittenSweep(place, "elsewhere", {"relu": (30.0, 31.0)}, seed=6)
    unfinished: dict[str, Any] = {"seed": 5, "state": State.RUNNING}
    partial = WrittenSweep(place, "partial", LOWER, missing=(1,), **unfinished)
    partial.runs.create("begun", {**partial.own, "kind": "replicate"})  # its params are to come
    for name, missing in (("single", (0,)), ("begun", (0, 1))):
        WrittenSweep(place, name, TWO, missing=missing, **unfinished)
    return folder


@pytest.fixture(scope="session")
def compared(kept: Path) -> Callable[..., Compared]:
    """Compares sweeps of this store."""

    @cache
    def of(*names: str) -> Compared:
        return compare(asked_sweeps(names, [store_uri(kept)], ["tests"]))

    return of


@pytest.fixture(scope="session")
def side(kept: Path) -> Callable[..., Side]:
    """Returns a sweep of this store whose stored identity says something else."""
    asked = asked_sweeps(["one", "lower", "wider"], [store_uri(kept)], ["tests"])
    read = {side.label: side for side in read_sides(asked, open_places(asked))}

    def of(name: str, **changes: object) -> Side:
        return replace(read[name], identity={**read[name].identity, **changes})

    return of
