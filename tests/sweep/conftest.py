"""Fixtures of the tests of sweeps: one that ran through, for tests that only look."""

import shutil

import pytest
from small_sweep import numbers, sweep
from sweep_fixtures import clean_process, dataset, place, stores

from glorot_sweep.sweep.records.registering import register_winners

__all__ = ["clean_process", "dataset", "place", "stores"]


@pytest.fixture(scope="session")
def finished(tmp_path_factory, empty_databases):
    """The folder, the outcome and the numbers of a sweep that ran through without a stop."""
    folder = tmp_path_factory.mktemp("finished") / "stores"
    shutil.copytree(empty_databases, folder)
    outcome = sweep(folder, register=register_winners)
    return folder, outcome, numbers(outcome.place)
