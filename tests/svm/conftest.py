"""Fixtures of the tests of the support vector machine."""

import shutil

import pytest
from sweep_builders import small_dataset
from sweep_fixtures import clean_process, dataset, place, stores

from glorot_sweep.svm import problem as svm_problem
from svm.fitting import SAME, fit

__all__ = ["clean_process", "dataset", "place", "stores"]


@pytest.fixture
def small_data(monkeypatch):
    monkeypatch.setattr(svm_problem, "load_dataset", lambda name, *_: small_dataset(name))


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory, empty_databases):
    """What a fit in one go measures."""
    folder = tmp_path_factory.mktemp("svm") / "stores"
    shutil.copytree(empty_databases, folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(svm_problem, "load_dataset", lambda name, *_: small_dataset(name))
        place, run_id = fit(folder)
    metrics = place.client.get_run(run_id).data.metrics
    return {name: metrics[name] for name in SAME}
