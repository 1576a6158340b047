"""A cell whose replicates were not made by the same things is named, not averaged."""

import io

import pytest
from rich.console import Console

from glorot_sweep.papers import find_paper
from glorot_sweep.report.agreement import LISTED, disagreement_sentences
from glorot_sweep.report.collect import collect
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.report.job import run_report

PAPER = find_paper("glorot2010")
REPLICATE = "tanh-shapeset-seed1"


def tag(finished, name, key, value):
    finished[name].client.set_tag(finished[name].run_id, key, value)


@pytest.mark.slow
def test_runs_that_agree_are_averaged_without_a_word(place, finished):
    report = compile_report(place, "small", PAPER, only=[])
    assert report.disagreements == []
    assert all(entry.mean is not None for entry in report.table)
    assert "not made by the same things" not in report_files(report)["report.md"].decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("code_hash", "code"),
        ("libraries", "libraries"),
        ("device_type", "processor"),
        ("accepted_change", "accepted change"),
        ("engine", "engine"),
    ],
)
def test_a_replicate_made_by_something_else_leaves_its_cell_without_a_mean(
    place, finished, key, words
):
    tag(finished, REPLICATE, key, "another")
    report = compile_report(place, "small", PAPER, only=[])
    by_variant = {entry.cell.variant: entry for entry in report.table}
    assert by_variant["tanh"].mean is None
    assert by_variant["tanh_n"].mean is not None
    (sentence,) = report.disagreements
    assert sentence.startswith("Tanh on shapeset: the replicates were not made by the same things")
    assert f"{words}: " in sentence
    assert f"another ({REPLICATE})" in sentence
    files = report_files(report)
    assert "mixed" in files["table1.md"].decode()
    assert "mixed" in files["table1.tex"].decode()
    for name in ("report.md", "report.html"):
        assert f"another ({REPLICATE})" in files[name].decode()


@pytest.mark.slow
def test_the_terminal_says_it_too(place, finished):
    tag(finished, REPLICATE, "device_type", "a processor [of brackets]")
    written = io.StringIO()
    run_report(place, "small", PAPER, Console(file=written, width=300), figures=[])
    assert "Mixed: Tanh on shapeset" in written.getvalue()
    assert "[of brackets]" in written.getvalue()


@pytest.mark.slow
def test_replicates_of_other_code_than_their_trials_are_averaged_and_named(place, finished):
    for name, writer in finished.items():
        if name.startswith("tanh-shapeset-seed"):
            writer.client.set_tag(writer.run_id, "code_hash", "beef")
    report = compile_report(place, "small", PAPER, only=[])
    assert next(e for e in report.table if e.cell.variant == "tanh").mean is not None
    (sentence,) = report.disagreements
    assert "agree, but not with the trials" in sentence
    assert "and 3 more" in sentence  # six trials, of which some are named


def test_of_many_runs_some_are_named(place, finished):
    tag(finished, REPLICATE, "code_hash", "beef")
    collected = collect(place, "small")
    (sentence,) = disagreement_sentences(
        collected.trials, collected.replicates * 4, collected.config.rows
    )
    assert sentence.count(REPLICATE) == LISTED


@pytest.mark.slow
def test_processors_of_two_types_agree_where_both_give_the_same_bits(place, finished):
    for name in finished:
        if name.startswith("tanh-"):
            tag(finished, name, "engine", "native")
    tag(finished, REPLICATE, "device_type", "another")
    assert compile_report(place, "small", PAPER, only=[]).disagreements == []
    tag(finished, "tanh_n-shapeset-seed1", "device_type", "another")
    (sentence,) = compile_report(place, "small", PAPER, only=[]).disagreements
    assert sentence.startswith("Tanh N on shapeset: the replicates were not made by the same")
