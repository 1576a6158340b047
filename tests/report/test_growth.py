"""How a sweep has grown: told on the page, in the summary and in the terminal."""

import io
from dataclasses import replace

import pytest
from report_builders import cell, collected
from rich.console import Console
from run_builders import record
from sweep_builders import config

from glorot_sweep.config.until_decided import UntilDecidedConfig
from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.collect import collect
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import note_of, report_files
from glorot_sweep.report.growth import UNCORRECTED, growth_sentences
from glorot_sweep.report.job import show_report
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.growths import Growths, Seen, StoredGrowth

UNTIL = UntilDecidedConfig(most=6, step=2)
AT = 1_795_000_000_000
LINES = ("replicates.seeds: 1 -> 2", "search.groups: 1 -> 2")


def grown(*looks):
    """A sweep whose results could be seen, or not, before each growth."""
    made = {str(n): StoredGrowth(AT, f"h{n}", "h", seen, LINES)
            for n, seen in enumerate(looks, start=1)}  # fmt: skip
    found = collected([cell("tanh", [40.0, 42.0]), cell("tanh_n", [30.0, 31.0])])
    return replace(found, sweep=record(growths=made))


def test_a_sweep_that_has_not_grown_says_nothing():
    assert growth_sentences(grown()) == []


def test_a_growth_before_any_look_costs_nothing():
    (said,) = growth_sentences(grown(Seen.NOTHING))
    assert said == (
        "Growth 1 of this sweep, on 2026-11-18 11:06 UTC, before it had ended for the first time: "
        "replicates.seeds: 1 -> 2; search.groups: 1 -> 2."
    )


@pytest.mark.parametrize(
    ("seen", "said"),
    [(Seen.ALL, "after it had ended, so that"), (Seen.REPORTED, "after a report or a comparison")],
)
def test_a_growth_after_a_look_is_said_to_be_uncorrected_for(seen, said):
    first, second, last = growth_sentences(grown(Seen.NOTHING, seen))
    assert "before it had ended" in first
    assert second.startswith("Growth 2 ")
    assert said in second
    assert last == UNCORRECTED


def test_a_design_that_names_its_looks_beforehand_has_corrected_for_them():
    found = grown(Seen.REPORTED)
    replicates = found.config.replicates.model_copy(update={"until_decided": UNTIL})
    config = found.config.model_copy(update={"replicates": replicates})
    assert len(growth_sentences(replace(found, config=config))) == 1


@pytest.fixture
def grown_store(place, finished):
    """A finished sweep that has grown, of which one run was made before."""
    settings = config()
    identity = {"config": settings.identity(), "digests": {}}
    finished["sweep"].json(identity, "config/growth_1/sweep.json")
    noted = StoredGrowth(AT, "before", settings.hash(), Seen.REPORTED, LINES)
    finished["sweep"].tag(tags_of(Growths(growths={"1": noted})))
    finished["tanh-shapeset-t002"].tag({"config_hash": "before"})
    return place


@pytest.mark.slow
def test_page_summary_and_terminal_say_it(grown_store, unrendered):
    report = compile_report(grown_store, "small", PAPER, [])
    files = report_files(report)
    lines = io.StringIO()
    show_report(report, grown_store, Console(file=lines, width=200), ("a run", "a page"))
    for text in (files["report.html"].decode(), files["report.md"].decode(), lines.getvalue()):
        assert "Growth 1 of this sweep, on 2026-11-18 11:06 UTC" in text
        assert "No p-value and no interval here is corrected for that look" in text
    assert "corrected for that look" in note_of(files["report.md"].decode())


@pytest.mark.slow
def test_runs_from_before_a_growth_belong_and_no_others(grown_store, finished):
    assert len(collect(grown_store, "small").trials) == 12
    finished["tanh-shapeset-t001"].tag({"config_hash": "neither"})
    with pytest.raises(UserError, match="1 of its runs have another: tanh-shapeset-t001"):
        collect(grown_store, "small")


@pytest.mark.slow
def test_a_superseded_replicate_is_in_no_table_and_no_doubt(grown_store, finished):
    before = collect(grown_store, "small")
    old = before.replicates[0]
    twin = grown_store.client.get_run(old.run_id).data
    again = grown_store.client.create_run(
        grown_store.experiment_id, tags={**twin.tags, "superseded": "growth 1"}
    )
    for key, value in twin.params.items():
        grown_store.client.log_param(again.info.run_id, key, value)
    after = collect(grown_store, "small")
    assert [run.run_id for run in after.replicates] == [run.run_id for run in before.replicates]
    assert after.doubts == before.doubts
    grown_store.client.delete_tag(again.info.run_id, "superseded")
    with pytest.raises(UserError, match="seed 0 more than once"):
        collect(grown_store, "small")
