"""From a store that cannot be written reports and verdicts are shown, and not stored."""

import io

import pytest
from rich.console import Console
from rights import as_others, read_only
from sweep_builders import all_runs

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import compiled
from glorot_sweep.report.job import run_report
from glorot_sweep.report.verify import run_verify


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["file", pytest.param("folder", marks=pytest.mark.slow)])
def test_they_are_shown_and_written_where_they_can_be(
    place, finished, stores, tmp_path, monkeypatch, kind
):
    monkeypatch.setattr(compiled, "draw_all", lambda *_: [])
    console = Console(file=io.StringIO(), width=160)
    before = [run.to_dictionary() for run in all_runs(place)]

    def look():
        run_report(place, "small", PAPER, console, tmp_path / "out")
        run_verify(place, ["small"], PAPER, ["C1"], console, tmp_path / "claims.json")

    with read_only(stores, kind):
        as_others(look)
    said = console.file.getvalue()
    assert "Table 1 of sweep small" in said
    assert "Report: not stored, for the tracking store " in said
    assert "The verdicts are not stored, for the tracking store " in said
    assert (tmp_path / "out" / "report.html").exists()
    assert (tmp_path / "claims.json").exists()
    assert [run.to_dictionary() for run in all_runs(place)] == before
