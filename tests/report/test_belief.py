"""Numbers that contradict each other are named with their run, wherever a table is shown."""

import io
import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from report_builders import N_EXAMPLES
from rich.console import Console
from sweep_builders import store_uri
from typer.testing import CliRunner

from glorot_sweep.cli import app as cli
from glorot_sweep.errors import FAILURE, UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import compiled
from glorot_sweep.report.belief import MARK, answers_in
from glorot_sweep.report.collect import collect
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.report.job import run_report
from glorot_sweep.report.verify import run_verify
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.runs import Point, RunStore
from glorot_sweep.tracking.schema.names import Artifact, Curve, Metric

from .overruling import ONE, doubt, log


@pytest.fixture(autouse=True)
def no_figures(monkeypatch):
    """Leaves out what takes longest."""
    monkeypatch.setattr(compiled, "draw_all", lambda *_: [])


def twin(place, name, original, params=None, /, **tags):
    """Make a run with the tags, params, metrics and predictions of another."""
    found = place.client.get_run(original.run_id).data
    made = RunStore(place.client, place.experiment_id).create(
        name, {**found.tags, **tags, "mlflow.runName": name}, {**found.params, **(params or {})}
    )
    made.add([Point(key, value, 0) for key, value in found.metrics.items()])
    answers = np.zeros(N_EXAMPLES, np.uint8)
    made.arrays(Artifact.PREDICTIONS, predictions=answers, labels=answers)
    made.finish(State.COMPLETE)
    return made


@pytest.mark.slow
def test_numbers_that_fit_leave_no_doubt(place, finished):
    assert collect(place, "small").doubts == ()
    assert compile_report(place, "small", PAPER).is_beyond_doubt


@pytest.mark.slow
def test_a_changed_headline_is_named_and_its_cell_has_no_mean(place, finished):
    log(finished[ONE], Metric.TEST_ERROR, 5.0)
    found = collect(place, "small")
    said = [one.sentence for one in found.doubts]
    start = f"{ONE} ({finished[ONE].run_id}) says {Metric.TEST_ERROR} 5, but its"
    assert said == [
        f"{start} predictions are wrong in 42 % of the test examples",
        f"{start} curve {Curve.TEST_ERROR} ends at 42",
    ]
    cell = found.cells["table_depth", "shapeset", "tanh"]
    assert (cell.has_mean, cell.instead) == (False, "doubtful")
    assert found.cells["table_depth", "shapeset", "tanh_n"].has_mean


@pytest.mark.slow
@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        (Metric.VALIDATION_ERROR, 41.0, "curve validation/error_percent ends at 42"),
        (Metric.UPDATES_DONE, 39, "is complete after 39 of 40 updates"),
        (Curve.TEST_ERROR, 41.5, "curve test/error_percent ends at 41.5"),
        (Metric.TEST_ERROR, 42.01, "predictions are wrong in 42 %"),
    ],
)
def test_each_number_that_contradicts_another_is_named(place, finished, metric, value, said):
    log(finished[ONE], metric, value)
    sentences = [one.sentence for one in collect(place, "small").doubts]
    assert any(said in sentence for sentence in sentences)
    assert all(finished[ONE].run_id in sentence for sentence in sentences)


def test_a_diverged_replicate_has_the_answers_of_one_class(place, finished):
    finished[ONE].tag({"state": "diverged"})
    assert "is diverged, but its predictions are not of one class alone" in doubt(place).sentence


@pytest.mark.slow
def test_a_replicate_of_a_seed_that_was_not_asked_for_is_named_and_left_out(place, finished):
    before = collect(place, "small").cells
    foreign = twin(place, "foreign", finished[ONE], seed="9")
    found = doubt(place)
    assert found.sentence == (
        f"foreign ({foreign.run_id}) is left out: its seed is 9, and the seeds of this sweep are "
        "0 to 1"
    )
    cell = collect(place, "small").cells["table_depth", "shapeset", "tanh"]
    assert cell.runs == before["table_depth", "shapeset", "tanh"].runs
    assert cell.has_mean
    summary = report_files(compile_report(place, "small", PAPER))["report.md"].decode()
    marked = [line for line in summary.splitlines() if f"[28.29, 53.71] {MARK}" in line]
    assert [line.split(" | ")[0] for line in marked] == ["| Tanh", "| Tanh"]  # of both tables


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"variant": "sigmoid"}, "the sweep has no such cell"),
        ({"dataset": "mnist"}, "the sweep has no such cell"),
        ({"role": "best"}, "its role is 'best'"),
    ],
)
def test_a_replicate_of_no_cell_is_named_and_left_out(place, finished, tags, said):
    foreign = twin(place, "foreign", finished[ONE], **tags)
    assert doubt(place).sentence == f"foreign ({foreign.run_id}) is left out: {said}"


@pytest.mark.slow
def test_a_study_that_has_other_trials_than_were_asked_for_is_named(place, finished):
    of_tanh = finished["tanh-shapeset-t002"]
    extra = twin(place, "extra", of_tanh, trial="17")
    place.client.delete_run(of_tanh.run_id)
    found = collect(place, "small")
    assert [one.sentence for one in found.doubts] == [
        "tanh on shapeset: the runs of trials 2 are gone",
        f"extra ({extra.run_id}) is trial 17, and each study has 6",
    ]
    assert extra.run_id not in {run.run_id for run in found.trials}


@pytest.mark.slow
def test_terminal_page_markdown_table_and_verdicts_name_the_run(place, finished):
    log(finished[ONE], Metric.TEST_ERROR, 5.0)
    text = io.StringIO()
    run_report(place, "small", PAPER, Console(file=text, width=200))
    files = report_files(compile_report(place, "small", PAPER))
    for shown in (text.getvalue(), files["report.html"].decode(), files["report.md"].decode()):
        assert f"{ONE} ({finished[ONE].run_id}) says" in shown
        assert "doubtful" in shown
    assert "doubtful" in files["table1.tex"].decode()
    verdicts = io.StringIO()
    run_verify(place, ["small"], PAPER, ["C1"], Console(file=verdicts, width=200), None)
    assert f"Doubtful: {ONE} ({finished[ONE].run_id}) says" in verdicts.getvalue()
    stored = json.loads(files["claims.json"])
    assert any("contradict each other" in json.dumps(one) for one in stored)


@pytest.mark.slow
def test_a_replicate_that_is_not_believed_is_in_no_figure(place, finished):
    log(finished[ONE], Metric.TEST_ERROR, 5.0)
    evidence = collect_evidence(place, "small", PAPER.size)
    assert ONE not in {run.name for run in evidence.runs}
    assert ONE in {problem.name for problem in evidence.problems}


@pytest.mark.slow
@pytest.mark.parametrize(("is_changed", "words", "code"), [
    (False, ["--strict"], 0), (True, ["--strict"], FAILURE), (True, [], 0),
])  # fmt: skip
def test_strict_ends_in_exit_code_1_once_the_report_is_made(
    place, stores, finished, tmp_path, is_changed, words, code
):
    if is_changed:
        log(finished[ONE], Metric.TEST_ERROR, 5.0)
    where = ["--tracking-uri", store_uri(stores), "--experiment", "tests"]
    output = ["--output", str(tmp_path / "made")]
    result = CliRunner().invoke(cli.app, ["report", "small", *where, *output, *words])
    assert result.exit_code == code, result.output
    assert (tmp_path / "made" / "table1.md").exists()


def change_one_bit(stores, writer, path):
    file = next(stores.rglob(f"{writer.run_id}/artifacts/{path}"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_one_flipped_bit_of_the_predictions_is_found(place, stores, finished):
    change_one_bit(stores, finished[ONE], Artifact.PREDICTIONS)
    with pytest.raises(UserError, match=r"predictions/test\.npz of the run .* was changed after"):
        collect(place, "small")


@pytest.mark.slow
def test_one_flipped_bit_of_a_layer_table_is_found(place, stores, finished):
    change_one_bit(stores, finished[ONE], Artifact.LAYERS)
    (problem,) = collect_evidence(place, "small", PAPER.size).problems
    assert (problem.name, problem.run_id) == (ONE, finished[ONE].run_id)
    assert "statistics/layers.parquet" in problem.what
    assert "was changed after it was written" in problem.what


@pytest.mark.slow
def test_a_run_of_an_earlier_version_has_no_digest_and_is_read(place, finished):
    for writer in finished.values():
        for name in place.client.get_run(writer.run_id).data.tags:
            if name.startswith("sha256/"):
                place.client.delete_tag(writer.run_id, name)
    evidence = collect_evidence(place, "small", PAPER.size)
    assert (evidence.problems, evidence.sweep.doubts) == ((), ())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "key", "said"),
    [
        ("tags", "kind", "no tag kind"),
        ("params", "depth", "no param depth"),
        ("metrics", Metric.TEST_ERROR, f"{Metric.TEST_ERROR} = nan, which must be"),
        ("metrics", Curve.TEST_ERROR, f"{Curve.TEST_ERROR} = nan, which must be"),
    ],
)
def test_a_run_that_cannot_be_understood_is_one_message(place, stores, finished, table, key, said):
    run_id = finished[ONE].run_id
    if table == "metrics":
        place.client.log_metric(run_id, key, float("nan"), step=200)
    else:
        with closing(sqlite3.connect(stores / "mlflow.db")) as connection:
            connection.execute(f"delete from {table} where key = ? and run_uuid = ?", (key, run_id))
            connection.commit()
    with pytest.raises(UserError) as caught:
        run_report(place, "small", PAPER, Console(quiet=True))
    assert f"{ONE!r} ({run_id}) has" in str(caught.value)
    assert said in str(caught.value)


NINE = np.zeros(9, np.uint8)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"predictions": NINE}, "it holds predictions, not predictions and labels"),
        ({"predictions": NINE, "labels": NINE[:8]}, "9 predictions for 8 labels"),
        ({"predictions": NINE, "labels": NINE.astype(float)}, r"float64\[9\], not uint8"),
        ({"predictions": NINE.reshape(3, 3), "labels": NINE}, r"uint8\[3, 3\], not uint8"),
        ({"predictions": NINE[:0], "labels": NINE[:0]}, r"uint8\[0\], not uint8"),
    ],
)
def test_arrays_that_are_no_answers_are_refused(arrays, said):
    with pytest.raises(ValueError, match=said):
        answers_in(arrays)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tags", "params", "said"),
    [
        ({"seed": "9"}, {}, "its seed is 9, and the seeds of monitored runs are 0 to 0"),
        ({}, {"learning_rate": "0.7"}, "it has learning_rate 0.7, and the file asks for 0.05"),
        ({}, {"updates": "999"}, "it has updates 999, and the file asks for 40"),
        ({}, {"depth": "7"}, "it has depth 7, and the file asks for 2"),
        ({"variant": "sigmoid"}, {"variant": "sigmoid"}, "the sweep has no such monitored run"),
    ],
)  # fmt: skip
def test_a_monitored_run_that_was_not_asked_for_is_named_and_left_out(
    place, finished_monitored, tags, params, said
):
    before = [run.run_id for run in collect(place, "small").monitored]
    foreign = twin(place, "foreign", finished_monitored["monitored-tanh"], params, **tags)
    assert doubt(place).sentence == f"foreign ({foreign.run_id}) is left out: {said}"
    assert [run.run_id for run in collect(place, "small").monitored] == before


@pytest.mark.slow
def test_of_two_monitored_runs_of_one_seed_none_counts(place, finished_monitored):
    twin(place, "foreign", finished_monitored["monitored-tanh"])
    found = collect(place, "small")
    assert {run.name for run in found.monitored} == {"monitored-tanh_n"}
    assert {one.name for one in found.doubts} == {"monitored-tanh", "foreign"}
    assert all("one of 2 monitored runs of this network and seed" in d.what for d in found.doubts)
