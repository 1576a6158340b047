"""Sweeps of earlier versions are carried as they are: they report the same, or go on."""

import shutil

import pytest
from rich.console import Console

from glorot_sweep.carry.exporting import export_sweep
from glorot_sweep.carry.importing import import_sweep
from glorot_sweep.papers import find_paper
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.tracking.records import find_runs

pytestmark = pytest.mark.slow

QUIET = Console(quiet=True)


@pytest.mark.parametrize("name", ["finished", "stopped", "killed", "stopped_in_schema_1"])
def test_a_store_of_an_earlier_version(name, request, tmp_path, empty_databases):
    store = request.getfixturevalue(name)
    shutil.copytree(empty_databases, tmp_path / "elsewhere")
    where = [f"sqlite:///{tmp_path / 'elsewhere' / file}" for file in ("mlflow.db", "optuna.db")]
    files = [tmp_path / "a.tar.xz", tmp_path / "b.tar.xz"]
    digest = export_sweep("micro", files[0], store.place(), store.storage, QUIET).digest
    place = import_sweep(files[0], where[0], None, where[1], QUIET)
    assert export_sweep("micro", files[1], place, where[1], QUIET).digest == digest
    if name == "finished":
        paper = find_paper("glorot2010")
        both = [
            report_files(compile_report(one, "micro", paper, [])) for one in (store.place(), place)
        ]
        for path in ("table1.csv", "best_depth.csv", "significance.csv", "report.md"):
            assert both[0][path] == both[1][path]
    assert len(find_runs(place.client, [place.experiment_id], sweep="micro")) > 1
