"""Verdicts as a job: printed, stored, and in the exit code."""

import io
import json

import pytest
from report_builders import init_study
from rich.console import Console
from sweep_builders import all_runs, store_uri
from typer.testing import CliRunner

from glorot_sweep.cli import app as cli
from glorot_sweep.errors import CLAIM_CONTRADICTED, UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import verify
from glorot_sweep.report.claims.claim import Ground
from glorot_sweep.report.claims.verdict import Finding, Here, Verdict
from glorot_sweep.report.verify import run_verify
from glorot_sweep.tracking.records import read_json


def finding(number, verdict):
    return Finding(
        number, f"Statement [{number}].", "x at most 1", "I", Ground.START.value, verdict,
        Here.OPEN, "", "x: 2", {"x": 2.0}, {},
        "" if verdict is Verdict.CONFIRMED else "x is 2, not at most 1", ("run1",),
    )  # fmt: skip


@pytest.mark.slow
def test_findings_are_printed_stored_and_written(place, finished, tmp_path):
    study = init_study(place)
    text, output = io.StringIO(), tmp_path / "findings.json"
    contradicted = run_verify(
        place, ["small"], PAPER, ["C13", "C14", "C31"], Console(file=text, width=160), output
    )
    assert not contradicted
    printed = text.getvalue()
    for part in ("C13", "CONFIRMED", "C31", "INCONCLUSIVE", "because:", "1 confirmed"):
        assert part in printed
    findings = json.loads(output.read_text())
    assert [one["number"] for one in findings] == ["C13", "C14", "C31"]
    assert study.run_id in findings[1]["run_ids"]
    stored = next(run for run in all_runs(place) if run.data.tags["kind"] == "verify")
    assert (stored.info.run_name, stored.info.status) == ("small-verify", "FINISHED")
    assert read_json(place.client, stored.info.run_id, "claims.json") == findings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.CONFIRMED, 0),
        (Verdict.INCONCLUSIVE, 0),
        (Verdict.CONTRADICTED, CLAIM_CONTRADICTED),
    ],
)
def test_only_a_contradiction_is_exit_code_4(place, stores, monkeypatch, verdict, code):
    monkeypatch.setattr(verify, "judge_several", lambda *_: [finding("C1", verdict)])
    arguments = ["verify", "-", "--tracking-uri", store_uri(stores), "--experiment", "tests"]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == code, result.output
    assert "Statement [C1]." in result.output
    assert "x: 2" in result.output


@pytest.mark.slow
def test_unknown_names_are_refused_and_nothing_is_stored(place, finished):
    before = len(all_runs(place))
    with pytest.raises(UserError, match=r"unknown claim 'C99'.*Known: C1, "):
        run_verify(place, ["small"], PAPER, ["C99"], Console(quiet=True), None)
    with pytest.raises(UserError, match="no sweep 'smal'"):
        run_verify(place, ["smal"], PAPER, None, Console(quiet=True), None)
    assert len(all_runs(place)) == before


def test_a_file_that_cannot_be_written_is_refused_before_the_run(place, tmp_path):
    before = len(all_runs(place))
    with pytest.raises(UserError, match="cannot write the findings"):
        run_verify(place, [], PAPER, ["C13"], Console(quiet=True), tmp_path / "no" / "folder.json")
    assert len(all_runs(place)) == before


def test_an_empty_experiment_is_inconclusive_not_an_error(place):
    assert not run_verify(place, [], PAPER, None, Console(quiet=True), None)
