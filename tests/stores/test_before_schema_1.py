"""What the version before has left is read, reported and repaired."""

import csv
from collections import Counter

import pytest
from rich.console import Console

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.report.job import existing_report, show_existing
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.records import find_runs, read_text
from glorot_sweep.tracking.schema.beside import InitStudyRun, SvmRun, SvmTrialRun
from glorot_sweep.tracking.schema.names import (
    Curve,
    Kind,
    LayerCurve,
    Metric,
    MetricFamily,
    Param,
    Tag,
    TagFamily,
)
from glorot_sweep.tracking.schema.report import ReportRun
from glorot_sweep.tracking.schema.runs import SweepRun, kind_of, read
from glorot_sweep.tracking.schema.studies import StudyRun
from glorot_sweep.tracking.schema.trained import (
    MonitoredRun,
    ReplicateRun,
    TrainedRun,
    TrialRun,
)
from glorot_sweep.tracking.sweeps import find_sweep, read_config

RUNS = {
    "finished": {"sweep": 1, "study": 2, "trial": 6, "replicate": 4, "monitored": 3, "report": 1,
                 "init_study": 1, "baseline": 1},
    "stopped": {"sweep": 1, "study": 2, "trial": 4, "replicate": 4},
    "killed": {"sweep": 1, "study": 2, "trial": 4},
}  # fmt: skip
RECORDS = {
    Kind.SWEEP: SweepRun, Kind.STUDY: StudyRun, Kind.TRIAL: TrialRun,
    Kind.REPLICATE: ReplicateRun, Kind.MONITORED: MonitoredRun, Kind.REPORT: ReportRun,
    Kind.INIT_STUDY: InitStudyRun, Kind.BASELINE: SvmRun,
}  # fmt: skip


@pytest.fixture(params=RUNS)
def store(request):
    return request.getfixturevalue(request.param)


def every_run(place):
    """Every run as a typed record."""
    found = find_runs(place.client, [place.experiment_id])
    return [read(SvmTrialRun if Tag.BASELINE in r.tags else RECORDS[kind_of(r)], r) for r in found]


@pytest.mark.slow
def test_artifacts_are_found_where_the_store_lies_now(store):
    place = store.place()
    runs = find_runs(place.client, [place.experiment_id])
    assert all(run.artifact_uri.startswith(store.folder.as_uri()) for run in runs)
    assert read_config(place, find_sweep(place, "micro")).name == "micro"


@pytest.mark.slow
def test_every_run_is_read(store):
    place = store.place()
    runs = every_run(place)
    assert Counter(run.kind.value for run in runs) == RUNS[store.folder.name]
    assert {run.schema_version for run in runs} == {0}
    assert {run.package_version for run in runs} == {"0.1.0"}
    for run in runs:
        assert run.status is run.state.status
        if isinstance(run, TrainedRun):
            assert (run.dataset, run.width, run.layer_widths) == ("shapeset", 4, (4,) * run.depth)
            assert (run.device, run.libraries, run.device_type) == ("cpu", None, None)
            assert not run.state.is_measured or run.updates_done == run.updates


def test_every_name_that_is_stored_is_one_of_the_schema(finished):
    """MLflow's own apart. A name that was changed since would be missing."""
    place = finished.place()
    one = {str(n) for names in (Tag, Param, Metric, Curve) for n in names}
    many = (*TagFamily, *MetricFamily, *(f"{curve}/layer_" for curve in LayerCurve), "mlflow.")
    for run in find_runs(place.client, [place.experiment_id]):
        stored = {*run.tags, *run.params, *run.metrics}
        assert {name for name in stored - one if not name.startswith(many)} == set()


def test_the_numbers_are_those_that_were_stored(finished):
    place = finished.place()
    runs = {run.name: run for run in every_run(place)}
    replicate = runs["tanh-shapeset-seed0"]
    assert (replicate.seed, replicate.roles) == (0, ("table_depth", "best_depth"))
    assert (replicate.learning_rate, replicate.depth) == (0.0758464511531009, 2)
    assert replicate.needs(Metric.TEST_ERROR) == 83.03
    assert runs["tanh-shapeset"].best_learning_rate == replicate.learning_rate
    assert runs["micro"].digests == {"shapeset": "f65cc2ff0ca34ee6ea9b3bbac92b1cc7"}
    assert runs["micro-report"].table_1["shapeset_tanh_percent"] == 83.315
    assert runs["init_study-shapeset-5x8"].mean_singular_value["standard"] == 0.5070719152887797
    svm = runs["svm-shapeset_finite_200"]
    assert (svm.c, svm.support_vectors, svm.trials) == (10.620902093252571, 200, 2)


def test_the_finished_sweep_is_reported_with_the_same_table(finished, capsys):
    place = finished.place()
    assert existing_report(place, "micro", PAPER) is None  # it does not say what it is made from
    report = next(run for run in every_run(place) if run.kind is Kind.REPORT)
    files = report_files(compile_report(place, "micro", PAPER, []))
    for name in ("table1.csv", "best_depth.csv", "significance.csv", "audit.csv"):
        stored = read_text(place.client, report.run_id, f"report/{name}")
        assert _as_then(name, files[name].decode()) == stored, name
    show_existing(report, place, Console())
    assert "## Table 1" in capsys.readouterr().out


def _as_then(name: str, table: str) -> str:
    """Tables had no number of groups then, and that of all tests none paired by seed.

    It did not say what is compared either, nor what could not be.
    """
    if name in ("table1.csv", "best_depth.csv"):
        return _without_column(table, "groups")
    if name != "significance.csv":
        return table
    table = _without_column(table, "not tested")
    head, *rows = (line.rpartition(",") for line in table.splitlines())
    assert {row[2] for row in rows} == {"last evaluation"}
    assert head[2] == "compared"
    kept = [head[0], *(row[0] for row in rows if ",paired_seeds," not in row[0])]
    return "".join(f"{line}\n" for line in kept)


def _without_column(table: str, column: str) -> str:
    rows = list(csv.reader(table.splitlines()))
    place = rows[0].index(column)
    return "".join(",".join(row[:place] + row[place + 1 :]) + "\n" for row in rows)


@pytest.mark.slow
def test_the_killed_sweep_is_repaired(killed):
    place = killed.place()
    mended = run_repair("micro", killed.uri, None, killed.storage, Console(quiet=True))
    assert mended.statuses == {Status.KILLED: 7}
    assert (mended.surplus, mended.told, mended.queued, mended.missing) == (0, 0, 4, [])
    assert {(run.state, run.status) for run in every_run(place)} == {(State.KILLED, Status.KILLED)}
    again = run_repair("micro", killed.uri, None, killed.storage, Console(quiet=True))
    assert again.lines() == ["nothing to repair: MLflow and Optuna agree"]


@pytest.mark.slow
def test_the_stopped_sweep_needs_no_repair_but_of_its_queue(stopped):
    mended = run_repair("micro", stopped.uri, None, stopped.storage, Console(quiet=True))
    assert mended.lines() == ["nothing to repair: MLflow and Optuna agree"]
