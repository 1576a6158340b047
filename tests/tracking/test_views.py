"""Saved views: what MLflow's page of runs reads, written once, replaced, told, and deleted."""

import base64
import json
import zlib

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from stored_sweep import StoredSweep
from sweep_builders import config, grouped, grouped_values

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.sweeps import find_sweep
from glorot_sweep.tracking.views.keeping import (
    delete_views,
    keep_views,
    saved_views,
    view_lines,
    view_links,
)
from glorot_sweep.tracking.views.of_sweep import MOST_LISTED, Shown, Which, views_of
from glorot_sweep.tracking.views.view import LONGEST_TAG, PREFIX, stored, tag_value


def tags_of(place):
    tags = place.client.get_experiment(place.experiment_id).tags
    return {name: value for name, value in tags.items() if name.startswith(PREFIX)}


def state_in(value):
    """What MLflow's interface makes of a tag: pako's inflate, then JSON."""
    kept = json.loads(value)
    assert isinstance(kept["name"], str)
    assert kept["updatedAt"] >= kept["createdAt"] > 1e12  # milliseconds
    head, _, packed = kept["state"].partition(";")
    assert head == "deflate"
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def with_depths():
    content = grouped_values({"replicates.depths": [1, 2]})
    del content["search"]["depth"]
    return SweepConfig.model_validate(content)


def keep(place, stored_sweep):
    return keep_views(place, own_run(find_sweep(place, stored_sweep.name)), stored_sweep.config)


@pytest.fixture
def small(place):
    """A sweep with a run of each kind, and a model."""
    made = StoredSweep(place, changes={"monitored": {"updates": 40}}, state="complete")
    owned = {"sweep_run": made.run.run_id}
    made.make("trial", "complete", **owned)
    made.model(made.make("replicate", "complete", **owned), "tanh")
    made.make("monitored", "complete", **owned)
    return made


@pytest.mark.slow
def test_a_sweep_has_its_views_once_and_they_are_found_shown_and_deleted(place, small, monkeypatch):
    assert keep(place, small) is None
    tags, run_id = tags_of(place), small.run.run_id
    assert set(tags) == {PREFIX + which.key(run_id) for which in Which}
    pages = [view.page for view in saved_views(place, run_id)]
    for which, page in zip(Which, pages, strict=True):
        assert page.startswith(f"#/experiments/{place.experiment_id}/runs?workflowType=")
        assert f"&viewStateShareKey={which.key(run_id)}" in page
        assert page.endswith("&compareRunsMode=CHART") == (which in {"replicates", "layers"})
    assert all(line.endswith(p) for line, p in zip(view_lines(place, run_id), pages, strict=True))
    assert view_links(place, run_id)[0] == f"[trials, best first]({pages[0]})"

    asked = []
    monkeypatch.setattr(
        type(place.client), "set_experiment_tag", lambda *args: asked.append(args)
    )  # nothing is written again
    assert keep(place, small) is None
    assert (tags_of(place), asked) == (tags, [])
    monkeypatch.undo()

    other = StoredSweep(place, "other", state="complete")
    assert keep(place, other) is None
    assert len(tags_of(place)) == len(tags) + 2  # neither monitored runs nor models
    delete_views(place, run_id)
    delete_views(place, run_id)
    assert set(tags_of(place)) == {
        PREFIX + which.key(other.run.run_id) for which in (Which.TRIALS, Which.REPLICATES)
    }
    assert (saved_views(place, run_id), view_lines(place, run_id), view_links(place, run_id)) == (
        [], [], [],
    )  # fmt: skip


@pytest.mark.slow
def test_each_view_finds_the_runs_that_it_names_and_no_others(place, small):
    """The server itself is asked what the page would ask it."""
    other = StoredSweep(place, "other", state="complete")
    for kind in ("trial", "replicate", "monitored"):
        other.make(kind, "complete", sweep_run=other.run.run_id)
    owned = {"sweep_run": small.run.run_id}
    small.make("replicate", "complete", role="best_depth", **owned)
    small.make("replicate", "complete", **owned).tag({"superseded": "growth 1"})
    keep(place, small)
    found = {}
    for which in Which:
        state = state_in(tags_of(place)[PREFIX + which.key(small.run.run_id)])
        order = f"{state['orderByKey']} {'ASC' if state['orderByAsc'] else 'DESC'}"
        runs = place.client.search_runs(
            [place.experiment_id], state["searchFilter"], order_by=[order]
        )
        found[which] = [run.info.run_name for run in runs]
    assert found == {
        Which.TRIALS: ["small-trial"],
        Which.REPLICATES: ["small-replicate"],
        Which.LAYERS: ["small-monitored"],
        Which.MODELS: ["small-replicate"],
    }


def test_runs_of_an_earlier_version_are_found_by_the_sweeps_name(place):
    made = StoredSweep(place, state="complete")
    made.make("replicate", "complete")  # without the id of its sweep's run
    keep(place, made)
    value = tags_of(place)[PREFIX + Which.REPLICATES.key(made.run.run_id)]
    search = state_in(value)["searchFilter"]
    assert len(place.client.search_runs([place.experiment_id], search)) == 1


def test_a_view_that_changes_is_replaced_and_keeps_its_first_time():
    shown = Shown(grouped(), "0123456789", "tags.sweep_run = '0123456789'")
    grown = Shown(with_depths(), shown.run_id, shown.owned_by)
    before, after = views_of(shown)[1], views_of(grown)[1]
    first = tag_value(before, 1_000_000_000_001)
    second = tag_value(after, 1_000_000_000_002, first)
    assert tag_value(after, 1_000_000_000_003, second) == second
    kept = stored(second)
    assert (kept["createdAt"], kept["updatedAt"]) == (1_000_000_000_001, 1_000_000_000_002)
    groups = state_in(second)["groupBy"]["groupByKeys"]
    assert [group["groupByData"] for group in groups] == ["variant", "depth"]
    for broken in ("", "no JSON", "[]", '{"name": 1}', json.dumps({**kept, "state": "deflate;#"})):
        assert state_in(tag_value(after, 1_000_000_000_004, broken)) == after.state()


def test_the_columns_are_what_a_person_looks_for():
    shown = Shown(config({"datasets": ["shapeset", "mnist"]}), "01234567", "x", ["r"])
    trials, replicates, models = (view.state() for view in views_of(shown))
    assert trials["selectedColumns"] == [
        "params.`variant`", "params.`depth`", "params.`learning_rate`",
        "metrics.`final/validation_error_percent`", "params.`dataset`", "tags.`state`",
    ]  # fmt: skip
    assert trials["orderByKey"] in trials["selectedColumns"]
    assert trials["columnOrder"][-6:] == trials["selectedColumns"]
    groups = replicates["groupBy"]["groupByKeys"]
    assert [group["groupByData"] for group in groups] == ["variant", "dataset"]
    sections = [one["name"] for one in replicates["compareRunSections"] if one["display"]]
    assert sections == ["final", "test", "validation", "train"]
    assert "attributes.`Models`" in models["selectedColumns"]


@pytest.mark.parametrize("count", [1, MOST_LISTED, 1000])
def test_no_view_is_longer_than_mlflow_keeps(count):
    winners = [f"{17**30 * (number + 1) % 16**32:032x}" for number in range(count)]
    variants = ["tanh", "tanh_n"]
    shown = Shown(config({"name": "a" * 40, "variants": variants}), "0" * 32, "x" * 60, winners)
    for view in views_of(shown):
        assert len(tag_value(view, 10**12)) < LONGEST_TAG


@pytest.mark.slow
def test_a_store_that_takes_no_tags_is_told_and_breaks_nothing(place, small, monkeypatch):
    def refuse(*_):
        raise MlflowException("tags are not for you", PERMISSION_DENIED)

    monkeypatch.setattr(type(place.client), "set_experiment_tag", refuse)
    said = keep(place, small)
    assert "'small' are not stored (MlflowException: tags are not for you)" in said
    assert tags_of(place) == {}


def test_addresses_are_the_servers_where_there_is_one():
    page = "#/experiments/7/runs?workflowType=machine_learning"
    assert (
        Place(None, "http://ann:secret@h:1/", "7").address_of(page) == f"http://ann:***@h:1/{page}"
    )
    local = Place(None, "sqlite:////x/mlflow.db", "7")
    assert (local.runs_page, local.address_of(page)) == (page, f"http://127.0.0.1:5000/{page}")
