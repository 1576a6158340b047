"""Sweeps that are there: of earlier versions, finished or not, in a file or behind a server."""

import pytest
import report_builders
from faults.mlflow_server import Server
from small_sweep import FaultyDevices, grouped_sweep, run_file
from stores.unpacking import unpack
from sweep_builders import all_runs, grouped_values, place_in, store_uri, write_values

import glorot_sweep
from glorot_sweep.errors import ServiceLostError, UserError
from glorot_sweep.interface.columns import DTYPES, FRAMES
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.schema.names import Artifact

UNFINISHED = {name: columns for name, columns in FRAMES.items() if name != "comparisons"}


def types(sweep, name):
    return dict(getattr(sweep, name).dtypes.astype(str))


def expected(name):
    return {column: DTYPES[spec.kind] for column, spec in FRAMES[name].items()}


@pytest.mark.slow
def test_a_finished_sweep_of_an_earlier_version(tmp_path):
    store = unpack("before_schema_1", "finished", tmp_path)
    sweep = glorot_sweep.load_sweep("micro", store.uri)
    assert {name: types(sweep, name) for name in FRAMES} == {
        name: expected(name) for name in FRAMES
    }
    assert [len(getattr(sweep, name)) for name in ("trials", "replicates", "monitored")] == [
        4,
        4,
        3,
    ]
    assert list(sweep.table["variant"].cat.categories) == list(sweep.config.variants)
    assert sweep.trials["objective"].between(0, 100).all()
    assert set(sweep.curves["run_id"]) == {
        *sweep.trials["run_id"], *sweep.replicates["run_id"], *sweep.monitored["run_id"],
    }  # fmt: skip
    ends = sweep.curves[sweep.curves["kind"] == "replicate"].groupby("run_id")["test_error"].last()
    finals = sweep.replicates.set_index("run_id")["test_error"]
    assert ends.sort_index().equals(finals.sort_index())  # its window is 1
    assert set(sweep.layers["kind"]) == {"replicate", "monitored"}
    with pytest.raises(UserError, match="no report of the sweep 'micro'"):
        _ = sweep.page
    with pytest.raises(UserError, match=r"unknown figure '13'"):
        sweep.figure("13")
    with pytest.raises(UserError, match=r"has no variant 'tahn'; did you mean 'tanh'"):
        sweep.model("tahn")
    assert sweep.figure("11").axes
    assert len(sweep.figure(11).axes) == len(sweep.figure("11").axes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "name", "state", "trials"),
    [
        ("before_schema_1", "stopped", "killed", 4),
        ("before_schema_1", "killed", "running", 0),
        ("schema_1", "stopped", "killed", 4),
    ],
)
def test_an_unfinished_one_is_read_as_far_as_it_is(tmp_path, version, name, state, trials):
    sweep = glorot_sweep.load_sweep("micro", unpack(version, name, tmp_path).uri)
    assert (sweep.state, len(sweep.trials)) == (state, trials)
    assert {one: types(sweep, one) for one in UNFINISHED} == {
        one: expected(one) for one in UNFINISHED
    }
    assert state in repr(sweep)
    for ask in (lambda: sweep.comparisons, lambda: sweep.page):
        with pytest.raises(UserError, match=rf"is unfinished \(state: {state}\)"):
            ask()
    with pytest.raises(UserError, match="no model 'micro~shapeset~tanh~1' is registered"):
        sweep.model("tanh")


@pytest.mark.slow
def test_a_grouped_one_that_stopped_among_its_replicates_is_shown_as_far_as_it_is(stores):
    """Of three groups the first alone has a replicate."""
    full = FaultyDevices(lambda spec: spec.first.name.endswith("seed1"), OSError(28, "no space"))
    changes = {
        "replicates.seeds": 3, "search.groups": 3, "execution.pack_size": 1, "variants": ["tanh"],
    }  # fmt: skip
    with pytest.raises(ServiceLostError):
        grouped_sweep(stores, changes, devices=full)
    sweep = glorot_sweep.load_sweep("small", store_uri(stores), "tests")
    assert set(sweep.replicates["seed"]) == {0}
    assert sweep.table["test_error"].notna().all()
    assert sweep.table["low"].isna().all()
    assert sweep.figure("cells").axes
    assert sweep.figure("figure_11").axes
    with pytest.raises(UserError, match="unknown figure 'no_such'"):
        sweep.figure("no_such")


@pytest.mark.slow
def test_what_is_left_out_at_any_value_of_a_factor_is_told_once(stores):
    content = grouped_values({
        "variants": ["tanh"], "search.trials": 2, "search.rungs": [], "search.table_depth": 2,
        "replicates.depths": [1, 2, 3],
    })  # fmt: skip
    del content["search"]["depth"]
    run_file(stores, write_values(stores / "small.yaml", content))
    place = place_in(stores)
    replicates = [run for run in all_runs(place) if run.data.tags["kind"] == "replicate"]
    lost = [run.info.run_id for run in replicates if run.data.params["depth"] != "2"]
    lost.append(report_builders.init_study(place).run_id)  # which stands beside each value
    for run_id in lost:
        next(stores.rglob(f"{run_id}/artifacts/{Artifact.LAYERS}")).unlink()
    sweep = glorot_sweep.load_sweep("small", store_uri(stores), "tests")
    told = [
        sentence.partition(" (")[2].partition(") is left out: ")[0] for sentence in sweep.doubts
    ]
    assert sorted(told) == sorted(lost)
    assert not set(sweep.layers["run_id"]) & set(lost)


@pytest.mark.slow
def test_behind_a_server_it_is_the_same(stores):
    with Server(stores) as server:
        report_builders.finished_sweep(open_place(server.uri, "tests", create=True))
        over_http = glorot_sweep.load_sweep("small", server.uri, "tests")
        found = {name: getattr(over_http, name) for name in FRAMES}
        assert over_http.links == [
            f"{server.uri}/#/experiments/{over_http._place.experiment_id}/runs"
            "?workflowType=machine_learning&searchFilter=tags.kind+%3D+%27sweep%27"
        ]
    assert found["replicates"]["test_error"].tolist() == [40.0, 42.0, 30.0, 31.0]
    assert found["table"]["test_error"].tolist() == [41.0, 30.5, 41.0, 30.5]
    assert len(found["layers"]) == 4 * len(report_builders.layer_rows(2))
    with pytest.raises(UserError, match="has no experiment 'other'"):
        glorot_sweep.load_sweep("small", store_uri(stores), "other")
