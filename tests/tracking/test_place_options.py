"""A command that is printed to be typed means the store that was meant."""

import pytest

from glorot_sweep.tracking.address import experiment_name, tracking_uri
from glorot_sweep.tracking.place_options import place_options


class Named:
    """A place, as far as it is named."""

    def __init__(self, uri=None, experiment=None):
        self.uri = self.shown_uri = tracking_uri(uri)
        self.experiment = experiment_name(experiment)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)


def test_the_default_place_has_none_and_another_has_its_own():
    assert place_options(Named()) == ""
    assert place_options(Named("http://h:1", "a b")) == (
        " --tracking-uri http://h:1 --experiment 'a b'"
    )


def test_a_variable_that_means_the_default_changes_nothing(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "glorot_sweep")
    assert place_options(Named()) == ""


@pytest.mark.parametrize("uri", ["http://h:1", "databricks"])
def test_the_default_place_is_named_where_a_variable_means_another_or_none(monkeypatch, uri):
    default = Named()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "x")
    assert place_options(default) == f" --tracking-uri {default.uri} --experiment glorot_sweep"


def test_a_place_that_a_variable_names_is_named_for_those_who_do_not_have_it(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://h:1")
    assert place_options(Named()) == " --tracking-uri http://h:1"
