"""The report, from the server alone; what does not fit is refused by name."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from report_builders import N_EXAMPLES
from rich.console import Console
from sweep_builders import all_runs, config

from glorot_sweep.errors import ServiceLostError, StopRequested, UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import compiled, job
from glorot_sweep.report.collect import collect
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.figures import draw_all
from glorot_sweep.report.files import report_files
from glorot_sweep.report.headline import leave_headline
from glorot_sweep.report.job import existing_report, run_report, show_existing
from glorot_sweep.report.whereabouts import opened_by
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.records import find_runs, read_text
from glorot_sweep.tracking.runs import Point, RunWriter
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind, Metric, MetricFamily
from glorot_sweep.tracking.schema.runs import BEGUN
from glorot_sweep.tracking.sweeps import find_sweep


@pytest.fixture(autouse=True)
def no_figures(monkeypatch):
    """Leaves out what takes longest."""
    monkeypatch.setattr(compiled, "draw_all", lambda *_: [])


def refusal(place, name="small"):
    before = len(all_runs(place))
    with pytest.raises(UserError) as caught:
        run_report(place, name, PAPER, Console(quiet=True))
    assert len(all_runs(place)) == before  # nothing was created
    return str(caught.value)


@pytest.mark.slow
def test_cells_are_what_the_server_holds(place, finished):
    found = collect(place, "small")
    cell = found.cells["table_depth", "shapeset", "tanh"]
    assert cell.errors.tolist() == [40.0, 42.0]
    assert cell.wrong.mean(1).tolist() == pytest.approx([0.40, 0.42])
    assert (cell.depth, cell.learning_rate, cell.diverged, cell.failed) == (2, 0.1, 0, 0)
    assert found.config == config({"execution": {}})


def test_the_report_is_a_run_with_every_file_and_names_all_that_it_used(
    place, finished, stores, tmp_path, monkeypatch
):
    monkeypatch.setattr(compiled, "draw_all", draw_all)
    for path in stores.iterdir():  # nothing but MLflow's database and artifacts is needed
        if path.name not in {"mlflow.db", "mlartifacts"}:
            path.unlink()
    output = tmp_path / "new" / "folder"
    console = Console(file=io.StringIO(), width=400)
    run_report(place, "small", PAPER, console, output)
    assert f"Page: {output / 'report.html'}\n" in console.file.getvalue()
    report = existing_report(place, "small", PAPER)
    assert (report.name, report.status, report.state) == (
        "small-report", "FINISHED", "complete",
    )  # fmt: skip
    names = {path.name for path in output.iterdir()}
    assert names == {
        "report.html", "report.md", "table1.md", "table1.csv", "table1.tex", "best_depth.md",
        "best_depth.csv", "significance.csv", "audit.csv", "runs.csv", "evaluations.csv",
        "claims.json", "figures",
    }  # fmt: skip
    for name in names - {"figures"}:
        stored = read_text(place.client, report.run_id, f"report/{name}")
        assert stored == (output / name).read_text()
    drawn = {path.stem for path in (output / "figures").iterdir()}
    assert {"figure_11", "learning_rate"} <= drawn
    for name in drawn:
        assert (output / "figures" / f"{name}.svg").read_text().startswith("<?xml")
        assert (output / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    used = (output / "runs.csv").read_text()
    assert all(writer.run_id in used for writer in finished.values())
    assert len(used.splitlines()) == 1 + len(finished)
    assert report.table_1["shapeset/tanh_percent"] == 41.0
    assert (
        "| shapeset | tanh | 6 | 3 | 5 | 1 | 0 | 0 | 160 | 0 | 2 | 80 | 0 |"
        in (output / "report.md").read_text()
    )


@pytest.mark.slow
def test_the_terminal_shows_the_table_the_pairs_and_the_link(place, finished, tmp_path):
    text = io.StringIO()
    console = Console(file=text, width=160)
    run_report(place, "small", PAPER, console)
    opening = (
        f"Page: `glorot-sweep report small --output FOLDER --tracking-uri {place.uri} "
        "--experiment tests` writes FOLDER/report.html"
    )
    for part in (
        "Table 1 of sweep small", "41.00", "Tanh N is", "MLflow UI: http", "Report: run", opening,
    ):  # fmt: skip
        assert part in text.getvalue()
    again = io.StringIO()
    report = existing_report(place, "small", PAPER)
    console = Console(file=again, width=160)
    show_existing(report, place, console)
    assert "41.00" in again.getvalue()
    assert f"Report: run {report.run_id}" in again.getvalue()
    assert opening in again.getvalue()
    output = tmp_path / "page"
    show_existing(report, place, console, output)
    assert again.getvalue().endswith(f"Page: {output / 'report.html'}\n")
    for name in ("report.html", "runs.csv"):
        stored = read_text(place.client, report.run_id, f"report/{name}")
        assert (output / name).read_text() == stored


def test_a_server_shows_the_page_itself(place):
    served = replace(place, uri="http://here:5000")
    page = f"http://here:5000/#/experiments/{place.experiment_id}/runs/abc"
    shown = opened_by(served, "small", "abc", None)
    assert shown == f"{page}/artifacts/report/report.html?workflowType=machine_learning"
    assert opened_by(served, "small", None, None).startswith("`glorot-sweep report small")


@pytest.mark.slow
def test_the_sweeps_own_run_has_answer_links_and_numbers(place, finished):
    run_report(place, "small", PAPER, Console(quiet=True))
    sweep, report = find_sweep(place, "small"), existing_report(place, "small", PAPER)
    answer, _, rest = sweep.note.partition("\n\n")
    assert answer.startswith("On Shapeset, Tanh N ")
    links, _, _ = rest.partition("\n\n")
    page = f"#/experiments/{place.experiment_id}/runs"
    assert f"[trials, best first]({page}?workflowType=machine_learning&viewState" in links
    assert links.endswith(
        f"[report with figures and tables]({page}/{report.run_id}"
        "/artifacts/report/report.html?workflowType=machine_learning)"
    )
    assert report.note.splitlines()[0] == answer
    assert "[trials, best first](" in report.note
    pair = "shapeset/tanh-minus-tanh_n"
    assert sweep.mean_test_error == {"shapeset/tanh_percent": 41.0, "shapeset/tanh_n_percent": 30.5}
    assert sweep.difference == {pair: 10.5}
    assert sweep.adjusted_p_value[pair] > 0.005
    assert sweep.decided == {pair: 0.0}
    assert "not told apart" in answer
    run_report(place, "small", PAPER, Console(quiet=True))
    name = f"{MetricFamily.DIFFERENCE}{pair}"
    assert len(place.client.get_metric_history(sweep.run_id, name)) == 1


@pytest.mark.slow
def test_a_number_that_the_last_report_lacks_is_gone_from_the_sweeps_run(place, finished):
    report = compile_report(place, "small", PAPER)
    table = [replace(one, mean=None) if one.cell.variant == "tanh" else one for one in report.table]
    failed = replace(report, table=table, pairs=[])
    for one in (report, failed, failed):  # the last one has nothing new to say
        leave_headline(place, one, "a note")
    sweep, pair = find_sweep(place, "small"), "shapeset/tanh-minus-tanh_n"
    assert math.isnan(sweep.mean_test_error["shapeset/tanh_percent"])
    assert sweep.mean_test_error["shapeset/tanh_n_percent"] == 30.5
    for lost in (sweep.difference, sweep.adjusted_p_value, sweep.decided):
        assert list(lost) == [pair]
        assert math.isnan(lost[pair])
    name = f"{MetricFamily.DECIDED}{pair}"
    assert len(place.client.get_metric_history(sweep.run_id, name)) == 2
    leave_headline(place, report, "a note")
    assert find_sweep(place, "small").decided == {pair: 0.0}


@pytest.mark.slow
def test_a_label_is_shown_as_it_is(place, finished):
    report = compile_report(place, "small", PAPER)
    label = "<b>|*x*"
    table = [replace(one, cell=replace(one.cell, label=label)) for one in report.table]
    pairs = [replace(one, labels=(label, label)) for one in report.pairs]
    summary = report_files(replace(report, table=table, pairs=pairs))["report.md"].decode()
    assert label not in summary
    assert r"| &lt;b&gt;\|\*x\* |" in summary
    assert r"On Shapeset, &lt;b&gt;|\*x\* " in summary


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_figures_can_be_chosen_and_an_unknown_one_lists_the_known(
    place, finished, tmp_path, monkeypatch
):
    monkeypatch.setattr(compiled, "draw_all", draw_all)
    run_report(place, "small", PAPER, Console(quiet=True), tmp_path, ["learning_rate"])
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        "learning_rate.svg", "learning_rate.png",
    }  # fmt: skip
    before = len(all_runs(place))
    with pytest.raises(UserError, match=r"unknown figure 'figure_66'; .*Known: .*jacobian"):
        run_report(place, "small", PAPER, Console(quiet=True), None, ["figure_66"])
    assert len(all_runs(place)) == before


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_one_with_chosen_figures_does_not_stand_for_the_report(place, finished):
    run_report(place, "small", PAPER, Console(quiet=True), None, ["learning_rate"])
    assert existing_report(place, "small", PAPER) is None
    run_report(place, "small", PAPER, Console(quiet=True))
    assert existing_report(place, "small", PAPER) is not None


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
def test_another_label_asks_for_another_report(place, finished):
    run_report(place, "small", PAPER, Console(quiet=True))
    sweep = find_sweep(place, "small")
    place.client.set_tag(sweep.run_id, "label.tanh", "the old way")
    run_report(place, "small", PAPER, Console(quiet=True))
    assert existing_report(place, "small", PAPER) is not None
    place.client.set_tag(sweep.run_id, "label.tanh", "the new way")
    assert existing_report(place, "small", PAPER) is None


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("name", ["report.md", "report.html"])
def test_a_stored_report_whose_files_are_lost_is_none(place, finished, stores, name):
    run_report(place, "small", PAPER, Console(quiet=True))
    assert existing_report(place, "small", PAPER) is not None
    for file in stores.glob(f"**/report/{name}"):
        file.unlink()
    assert existing_report(place, "small", PAPER) is None


def test_runs_of_another_configuration_are_refused(place, finished):
    finished["tanh-shapeset-t002"].tag({"config_hash": "other"})
    message = refusal(place)
    assert f"tanh-shapeset-t002 ({finished['tanh-shapeset-t002'].run_id})" in message
    assert "another" in message


@pytest.mark.slow
@pytest.mark.parametrize("what", ["seed", "weight_seed"])
def test_duplicate_seeds_are_refused(place, finished, what):
    if what == "seed":
        finished["tanh-shapeset-seed1"].tag({"seed": "0"})
    else:
        twin = place.client.create_run(place.experiment_id, run_name="twin")
        found = place.client.get_run(finished["tanh-shapeset-seed1"].run_id).data
        place.client.delete_run(finished["tanh-shapeset-seed0"].run_id)
        for key, value in {**found.tags, "seed": "0", "mlflow.runName": "twin"}.items():
            place.client.set_tag(twin.info.run_id, key, value)
        for key, value in found.params.items():
            place.client.log_param(twin.info.run_id, key, value)
    message = refusal(place)
    assert f"has the {what} " in message
    assert "tanh on shapeset" in message
    assert "tanh-shapeset-seed1" in message


def test_missing_cells_are_refused(place, finished):
    place.client.delete_run(finished["tanh_n-shapeset-seed1"].run_id)
    message = refusal(place)
    assert "tanh_n on shapeset (table_depth) lacks the replicates with seed 1" in message


@pytest.mark.slow
def test_a_replicate_that_never_ended_is_missing(place, finished):
    finished["tanh-shapeset-seed0"].tag({"state": "running"})
    assert "lacks the replicates with seed 0" in refusal(place)


@pytest.mark.slow
@pytest.mark.parametrize("state", ["running", "killed", "failed"])
def test_an_unfinished_sweep_is_refused(place, finished, state):
    finished["sweep"].tag({"state": state})
    said = refusal(place)
    assert f"'small' is unfinished (state: {state})" in said
    assert f"`glorot-sweep status small{place_options(place)}`" in said


def test_an_unknown_sweep_is_refused_with_the_nearest_name(place, plain, stores):
    assert "no sweep yet" in refusal(place)
    plain.copy_to(stores, place)
    message = refusal(place, "smal")
    assert "no sweep 'smal'" in message
    assert "did you mean 'small'" in message


@pytest.mark.slow
def test_replicates_tested_on_other_examples_are_refused(place, finished):
    writer = finished["tanh-shapeset-seed1"]
    other = np.arange(N_EXAMPLES).astype(np.uint8)
    writer.arrays(Artifact.PREDICTIONS, predictions=other, labels=other)
    writer.flush()
    message = refusal(place)
    assert "tested on other examples" in message
    assert "tanh-shapeset-seed1" in message


@pytest.mark.slow
def test_a_replicate_that_failed_for_good_makes_a_failed_cell(place, finished):
    finished["tanh-shapeset-seed1"].tag({"state": "failed"})
    files = report_files(compile_report(place, "small", PAPER))
    assert "| Tanh | failed |" in files["table1.md"].decode()
    assert "failed" in files["report.html"].decode()


@pytest.mark.slow
def test_a_diverged_replicate_is_marked(place, finished):
    diverged = finished["tanh-shapeset-seed1"]
    answers = np.zeros(N_EXAMPLES, np.uint8)  # the majority class, which all examples are of
    diverged.arrays(Artifact.PREDICTIONS, predictions=answers, labels=answers)
    diverged.add([Point(Metric.TEST_ERROR, 0.0, 1)])
    diverged.flush({"state": "diverged"})
    assert (
        "(1 diverged)" in report_files(compile_report(place, "small", PAPER))["table1.md"].decode()
    )


def test_a_name_with_quotes_does_not_break_the_search(place):
    assert "no sweep" in refusal(place, "it's")


@pytest.mark.slow
def test_an_output_folder_that_cannot_be_written_is_refused_before_the_run(
    place, finished, tmp_path
):
    wall = tmp_path / "wall"
    wall.write_text("")
    before = len(all_runs(place))
    with pytest.raises(UserError, match="cannot write the report"):
        run_report(place, "small", PAPER, Console(quiet=True), wall / "x")
    assert len(all_runs(place)) == before


@pytest.mark.slow
def test_the_run_of_mlflow_run_becomes_the_report(place, finished):
    from dataclasses import replace

    project = place.client.create_run(place.experiment_id, run_name="bold-ape-1")
    run_report(replace(place, project_run=project.info.run_id), "small", PAPER, Console(quiet=True))
    adopted = place.client.get_run(project.info.run_id)
    assert (adopted.info.run_name, adopted.data.tags["kind"]) == ("small-report", "report")


@pytest.mark.slow
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), StopRequested(15)])
def test_a_report_that_cannot_be_stored_has_a_true_status(place, finished, monkeypatch, error):
    """And one that was killed gets its status from the next."""

    def fail(*_):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(RunWriter, "files", fail)
        with pytest.raises(type(error)):
            run_report(place, "small", PAPER, Console(quiet=True), None, [])
    (run,) = find_runs(place.client, [place.experiment_id], kind=Kind.REPORT)
    assert run.status == ("KILLED" if isinstance(error, StopRequested) else "FAILED")
    place.client.update_run(run.run_id, status="RUNNING")
    run_report(place, "small", PAPER, Console(quiet=True), None, [])
    runs = find_runs(place.client, [place.experiment_id], kind=Kind.REPORT)
    assert [run.status for run in runs] == ["KILLED", "FINISHED"]


def change_a_run(place, finished):
    finished["tanh-shapeset-seed0"].tag({"state": "killed"})


def delete_a_run(place, finished):
    place.client.delete_run(finished["tanh-shapeset-t000"].run_id)


def continue_it(place, finished):
    finished["sweep"].tag({"state": "running"})


@pytest.mark.slow
@pytest.mark.parametrize("change", [change_a_run, delete_a_run, continue_it])
def test_a_report_of_a_sweep_that_was_changed_meanwhile_is_not_stored(
    place, finished, monkeypatch, change
):
    def files(report):
        change(place, finished)
        return report_files(report)

    monkeypatch.setattr(job, "report_files", files)
    with pytest.raises(ServiceLostError, match="was changed while its report was made"):
        run_report(place, "small", PAPER, Console(quiet=True), None, [])
    assert find_runs(place.client, [place.experiment_id], kind=Kind.REPORT) == []


@pytest.mark.slow
def test_nor_is_that_of_a_sweep_that_is_being_deleted(place, finished, monkeypatch):
    def files(report):
        finished["sweep"].tag(tags_of(BEGUN))
        return report_files(report)

    monkeypatch.setattr(job, "report_files", files)
    with pytest.raises(UserError, match="is partly deleted"):
        run_report(place, "small", PAPER, Console(quiet=True), None, [])
    assert find_runs(place.client, [place.experiment_id], kind=Kind.REPORT) == []
