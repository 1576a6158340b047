"""The views of a sweep as MLflow's own pages show them: each link opens what it names.

What is read here is no interface of MLflow's. Where a new version of it fails a test, its page is
to be looked at, and `tracking/views/view.py` to be mended.
"""

import shutil

import pytest
from chromium import Chromium
from faults.mlflow_server import Server
from report_builders import finished_sweep
from sweep_builders import config, place_in

from glorot_sweep.markdown import as_text
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.runs import Point
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import LayerCurve, Metric, layer_metric
from glorot_sweep.tracking.schema.runs import Note
from glorot_sweep.tracking.sweeps import find_sweep
from glorot_sweep.tracking.views.keeping import keep_views, saved_views, view_links
from glorot_sweep.tracking.views.of_sweep import Which

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "<b>b</b> **x** _y_ [a](http://b) `c` <script>1</script> www.d.org @e שלום " + "n" * 200
HEADS = """[...document.querySelectorAll(".ag-header-cell")]
    .sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left)
    .map(cell => cell.getAttribute("col-id"))"""
CHANGED = "MLflow's page shows other things than its version 3.17 did; see this file's first lines"


def fill(place):
    """A finished sweep with what its views show; the id of its run."""
    writers = finished_sweep(place, config({"monitored": {"updates": 40}}))
    for name, writer in writers.items():
        if "-t0" in name:  # trials
            better = 0.25 if name.startswith("tanh_n") else 0.0
            error = 50.0 + int(name[-3:]) - better
            writer.add([Point(Metric.VALIDATION_ERROR, error, 0)])
        if name.startswith("monitored"):
            curve = layer_metric(LayerCurve.ACTIVATION_STD, 1)
            writer.add([Point(curve, 0.5, 0), Point(curve, 0.25, 40)])
        writer.flush()
    best, model = writers["tanh_n-shapeset-seed0"].run_id, "small~shapeset~tanh_n~1"
    made = place.client.create_logged_model(place.experiment_id, name=model, source_run_id=best)
    place.client.finalize_logged_model(made.model_id, "READY")
    sweep = find_sweep(place, "small")
    assert keep_views(place, own_run(sweep), config({"monitored": {"updates": 40}})) is None
    links = " · ".join(view_links(place, sweep.run_id))
    writers["sweep"].tag(tags_of(Note(note=f"{as_text(NAME)}\n\n{links}\n")))
    return sweep.run_id


@pytest.fixture(scope="module")
def opened(tmp_path_factory, empty_databases):
    """A function that opens a page of the server, a view or another, and returns its text."""
    folder = tmp_path_factory.mktemp("viewed")
    shutil.copytree(empty_databases, folder / "stores")
    place = place_in(folder / "stores")
    run_id = fill(place)
    pages = {view.title: view.page for view in saved_views(place, run_id)}
    run_page = f"#/experiments/{place.experiment_id}/runs/{run_id}"
    with Server(folder / "stores") as server, Chromium(folder, width=1800) as browser:

        def text_of(which, *wanted):
            page = pages[which.words] if which else run_page
            text = browser.text_of(f"{server.uri}/{page}", *wanted)
            missing = [part for part in wanted if part not in text]
            assert not missing, f"{CHANGED}: {missing} not in {text}"
            return text

        yield text_of, browser


def test_trials_stand_best_first_and_the_columns_are_those_that_were_named(opened):
    text_of, browser = opened
    text = text_of(Which.TRIALS, "small: trials, best first", "49.75", "tanh_n-shapeset-t000")
    assert text.index("tanh_n-shapeset-t000") < text.index("tanh-shapeset-t000")
    assert text.index("tanh-shapeset-t000") < text.index("tanh_n-shapeset-t001")
    assert "seed0" not in text
    named = [
        "params.`variant`", "params.`depth`", "params.`learning_rate`",
        "metrics.`final/validation_error_percent`", "params.`dataset`", "tags.`state`",
    ]  # fmt: skip
    heads = [head for head in browser.value_of(HEADS) if "`" in head and "Run Name" not in head]
    assert heads == named, CHANGED


def test_replicates_are_groups_with_means_in_charts(opened):
    text_of, _ = opened
    text = text_of(
        Which.REPLICATES, "small: replicates, charts", "final/test_error_percent",
        "test/error_percent", "30.5", "41",
    )  # fmt: skip
    assert text.index("final/test_error_percent") < text.index("test/error_percent")


def test_layers_are_curves_of_monitored_runs(opened):
    text_of, _ = opened
    text = text_of(Which.LAYERS, "small: layers", "activation_std/layer_1", "monitored-tanh_n")
    assert "final/test_error_percent" not in text  # its section is closed


def test_models_stand_beside_the_runs_that_made_them(opened):
    text_of, _ = opened
    text = text_of(Which.MODELS, "small: models", "small~shapeset~tanh_n~1", "30")
    assert "tanh_n-shapeset-seed1" not in text


def test_a_description_leads_to_the_views_and_shows_names_as_they_are(opened):
    text_of, browser = opened
    text_of(None, NAME, "trials, best first", "replicates, charts")
    links = browser.value_of(
        """[...document.querySelectorAll("a[href*=viewStateShareKey]")].map(a => a.href)"""
    )
    assert len(links) == len(Which)
    assert (
        browser.value_of('document.querySelectorAll(\'a[href*="//b"], a[href*="d.org"]\').length')
        == 0
    )
