"""Verdicts by several sweeps of an experiment, and by studies in any experiment."""

import io
import json
from dataclasses import replace

import pytest
from report_builders import finished_sweep, init_study
from rich.console import Console
from sweep_builders import config, store_uri
from typer.testing import CliRunner

from glorot_sweep.cli import app as cli
from glorot_sweep.errors import UserError
from glorot_sweep.papers import asked_sweeps
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.verify import run_verify


@pytest.fixture
def other(place, finished):
    """A second finished sweep."""
    return finished_sweep(place, config({"name": "other"}))


def verified(stores, *words):
    arguments = [*words, "--tracking-uri", store_uri(stores), "--experiment", "tests"]
    return CliRunner().invoke(cli.app, ["verify", *arguments])


@pytest.mark.parametrize(
    "words",
    [
        ["small", "other"],
        *(
            pytest.param(words, marks=pytest.mark.slow)
            for words in (["small,other"], ["small other"], [])
        ),
    ],
)
@pytest.mark.slow
def test_several_names_or_none(place, stores, other, tmp_path, words):
    output = tmp_path / "found.json"
    result = verified(stores, *words, "--claims", "C29,C13", "--output", str(output))
    assert result.exit_code == 0, result.output
    found = {one["number"]: one for one in json.loads(output.read_text())}
    assert found["C13"]["verdict"] == "CONFIRMED"
    assert "Checks of the code: 1 confirmed" in result.output


@pytest.mark.slow
def test_the_sweeps_that_answered_are_named(place, other, tmp_path):
    output, text = tmp_path / "found.json", io.StringIO()
    run_verify(place, ["small", "other"], PAPER, ["C35"], Console(file=text, width=300), output)
    [found] = json.loads(output.read_text())
    assert {answer["sweep"] for answer in found["answers"]} == {"small", "other"}
    assert all(sweep in text.getvalue() for sweep in ("small: ", "other: "))


@pytest.mark.slow
def test_an_unfinished_sweep_is_left_out_by_name_unless_it_was_asked_for(place, finished):
    finished_sweep(place, config({"name": "half"}))["sweep"].tag({"state": "running"})
    names, paper, left_out = asked_sweeps(place, [])
    assert (names, paper.name) == (["small"], "glorot2010")
    assert left_out == ["Left out: half is unfinished (state: running)"]
    with pytest.raises(UserError, match="'half' is unfinished"):
        run_verify(place, asked_sweeps(place, ["half"])[0], PAPER, None, Console(quiet=True), None)


def test_the_initialization_stands_alone(place, finished):
    assert asked_sweeps(place, ["-"])[0] == []
    with pytest.raises(UserError, match=r"- stands for the initialization alone.*small"):
        asked_sweeps(place, ["small", "-"])


def test_an_experiment_without_sweeps_has_the_initialization_alone(place):
    assert asked_sweeps(place, []) == ([], PAPER, [])


@pytest.mark.slow
def test_a_study_counts_wherever_it_is_in_the_store(place, finished):
    experiment = place.client.create_experiment("elsewhere")
    study = init_study(replace(place, experiment_id=experiment))
    found = collect_evidence(place, "small").init_studies
    assert [one.run_id for one in found.values()] == [study.run_id]
    ours = init_study(place)
    assert collect_evidence(place, "small").init_studies["shapeset"].run_id == ours.run_id
