"""The command `train` takes over a run of `mlflow run`, and no other."""

import pytest
from rich.console import Console
from sweep_builders import place_in, store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.sweep import single
from glorot_sweep.sweep.contents.single import SingleRequest
from glorot_sweep.sweep.single import train_single
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunStore


def test_the_run_of_a_sweep_is_not_taken_over(stores, monkeypatch):
    place = place_in(stores)
    own = RunStore(place.client, place.experiment_id).create(
        "micro", {"kind": "sweep", "sweep": "micro"}
    )
    before = get_run(place.client, own.run_id)
    monkeypatch.setenv("MLFLOW_RUN_ID", own.run_id)
    request = SingleRequest(
        variant="tanh", dataset="shapeset", depth=1, width=8, learning_rate=0.1, updates=10, seed=0
    )
    with pytest.raises(UserError, match="not one that `mlflow run` has just made"):
        train_single(request, store_uri(stores), "tests", Console(quiet=True))
    assert get_run(place.client, own.run_id) == before


def test_its_run_names_the_plugins_and_their_digests(stores, monkeypatch):
    found = []

    def note(job, *_):
        found.extend(plan.tags for plan in job.plans.values())
        raise KeyboardInterrupt

    monkeypatch.setattr(single, "run_job", note)
    plugin = Plugin("my parts.py", "glorot_sweep_plugin_my_parts", {"m": "a = 1"})
    request = SingleRequest("tanh", "shapeset", 1, 8, 0.1, 10, 0, plugins=(plugin,))
    with pytest.raises(KeyboardInterrupt):
        train_single(request, store_uri(stores), "tests", Console(quiet=True))
    (tags,) = found
    assert tags["plugin.my_parts.py"] == plugin.digest
