"""The study as a job: one true run, its numbers, its figures."""

import io
from dataclasses import replace

import pytest
from rich.console import Console
from sweep_builders import all_runs, small_dataset, store_uri

from glorot_sweep.data.catalog import load_dataset
from glorot_sweep.errors import StopRequested, UserError
from glorot_sweep.init_study import job
from glorot_sweep.init_study.job import StudyRequest, run_init_study
from glorot_sweep.init_study.networks import StudySize
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.init_study_figures import store_init_study_figures
from glorot_sweep.tracking.layer_table import read_layers
from glorot_sweep.tracking.runs import RunWriter

DRAWN = ("figure_5", "figure_6", "figure_7", "figure_8", "jacobian")
REQUEST = StudyRequest("shapeset", StudySize(width=24, depth=3, draws=1, examples=2))


@pytest.fixture(autouse=True)
def small_data(monkeypatch):
    monkeypatch.setattr(job, "load_dataset", lambda name, *_: small_dataset(name))


def study(stores, request=REQUEST, console=None):
    console = console or Console(quiet=True)
    return run_init_study(request, store_uri(stores), "tests", console)


@pytest.mark.slow
def test_one_run_holds_all_that_figures_and_claims_need(stores):
    text = io.StringIO()
    place, run_id = study(stores, console=Console(file=text, width=160))
    run = place.client.get_run(run_id)
    assert (run.info.run_name, run.info.status) == ("init_study-shapeset-3x24", "FINISHED")
    assert run.data.tags["state"] == "complete"
    assert run.data.params["width"] == "24"
    assert "mean singular value, standard initialization: 0." in text.getvalue()
    standard, normalized = (
        run.data.metrics[f"mean_singular_value/{name}"] for name in ("standard", "normalized")
    )
    # The quarter-circle law's 0.490 and, above tanh's slope, 0.849; a matrix of 24 x 24 is not
    # large, and its mean of 8 matrices varies by a few hundredths.
    assert standard == pytest.approx(0.48, abs=0.06)
    assert 0.6 < normalized < 0.9
    evidence = collect_evidence(place, None)
    assert evidence.problems == ()
    assert evidence.init_studies["shapeset"].run_id == run_id
    assert evidence.init_studies["shapeset"].surfaces.axis[0] == -8
    store_init_study_figures(place, run_id, PAPER, Console(quiet=True))
    files = {file.path for file in place.client.list_artifacts(run_id, "figures")}
    assert files == {f"figures/{name}.{end}" for name in DRAWN for end in ("svg", "png")}


@pytest.mark.slow
def test_networks_of_any_variants_are_looked_at_and_are_not_taken_for_the_papers(stores):
    """Also with an initialization that looks at examples; variants that start alike are one."""
    names = ("relu_he", "tanh_lsuv", "tanh_n", "tanh_n_adamw", "tanh_n_quadratic")
    text = io.StringIO()
    request = replace(REQUEST, variants=tuple(VARIANTS[name] for name in names))
    place, run_id = study(stores, request, Console(file=text, width=160))
    run = place.client.get_run(run_id)
    assert run.data.tags["studied_variants"] == ", ".join(names)
    seen = {"relu_he", "tanh_lsuv", "tanh_n", "tanh_n_quadratic"}
    for name in ("mean_singular_value", "activation_std_last_over_first"):
        found = {key.partition("/")[2] for key in run.data.metrics if key.startswith(name)}
        assert found == seen
    assert "mean singular value, relu_he: " in text.getvalue()
    spreads = [run.data.metrics[f"backpropagated_gradient_std_first_over_last/{name}"]
               for name in ("tanh_n", "tanh_n_quadratic")]  # fmt: skip
    assert spreads[0] != spreads[1], "gradients are of the variant's cost"
    layers = read_layers(place.client, run_id)
    assert set(layers["variant"]) == seen
    assert collect_evidence(place, None).init_studies == {}
    assert collect_evidence(place, None).problems == ()


@pytest.mark.slow
@pytest.mark.parametrize("names", [(), ("relu_lsuv", "tanh_n")])
def test_inputs_are_scaled_as_the_networks_see_them_and_the_run_says_so(stores, names):
    variants = tuple(VARIANTS[name] for name in names)
    spreads = []
    for scaling in ("unit", "symmetric"):
        request = replace(REQUEST, variants=variants, input_scaling=scaling)
        place, run_id = study(stores, request)
        layers = read_layers(place.client, run_id)
        (first, *_) = layers[(layers.quantity == "activation") & (layers.layer == 1)]["mean"]
        spreads.append(first)
        params = place.client.get_run(run_id).data.params
        assert params.get("input_scaling") == (None if scaling == "unit" else "symmetric")
        used = {found.run_id for found in collect_evidence(place, None).init_studies.values()}
        assert (run_id in used) == (scaling == "unit" and not names)
    assert spreads[0] != spreads[1]


@pytest.mark.slow
def test_of_dead_layers_no_ratio_is_stored_and_they_are_named(stores):
    """Both units of the first layer are dead in every draw."""
    text, size = io.StringIO(), StudySize(width=2, depth=3, draws=1, examples=2, seed=7)
    request = replace(REQUEST, size=size, variants=(VARIANTS["relu"],))
    place, run_id = study(stores, request, Console(file=text, width=160))
    metrics = place.client.get_run(run_id).data.metrics
    assert list(metrics) == ["mean_singular_value/relu"]
    assert "relu: dead in every draw, no example changes an activation of layer 1, 2, 3." in (
        " ".join(text.getvalue().split())
    )


def test_an_unknown_data_set_is_refused_and_nothing_created(stores, place, monkeypatch):
    monkeypatch.setattr(job, "load_dataset", load_dataset)
    with pytest.raises(UserError, match="unknown data set 'mnits'; did you mean 'mnist'"):
        study(stores, StudyRequest("mnits", REQUEST.size))
    assert all_runs(place) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("error", "status", "state"),
    [(StopRequested(15), "KILLED", "killed"), (RuntimeError("boom"), "FAILED", "failed")],
)
def test_an_early_end_leaves_a_true_status(stores, place, monkeypatch, error, status, state):
    def interrupted(*_):
        raise error

    monkeypatch.setattr(job, "look", interrupted)
    with pytest.raises(type(error)):
        study(stores)
    (run,) = all_runs(place)
    assert (run.info.status, run.data.tags["state"]) == (status, state)
    assert collect_evidence(place, None).init_studies == {}


def test_a_run_of_which_the_params_cannot_be_written_is_not_left_running(
    stores, place, monkeypatch
):
    def refused(*_):
        raise ConnectionError("the server went away")

    monkeypatch.setattr(RunWriter, "params", refused)
    with pytest.raises(ConnectionError):
        study(stores)
    (run,) = all_runs(place)
    assert (run.info.status, run.data.tags["state"]) == ("FAILED", "failed")


@pytest.mark.slow
def test_the_run_of_mlflow_run_becomes_the_study(stores, place, monkeypatch):
    made = place.client.create_run(place.experiment_id, run_name="bold-ape-1")
    place.client.log_param(made.info.run_id, "width", "24")
    monkeypatch.setenv("MLFLOW_RUN_ID", made.info.run_id)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", place.experiment_id)
    _, run_id = study(stores)
    assert run_id == made.info.run_id
    assert place.client.get_run(run_id).data.tags["kind"] == "init_study"
