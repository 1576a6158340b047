"""What the report says where seeds were added until it was decided: of unequal numbers of seeds."""

import re
from dataclasses import replace

import numpy as np
import pytest
from report_builders import cell, collected
from run_builders import record

from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.against_base import base_caption, base_entries
from glorot_sweep.report.answer import answers
from glorot_sweep.report.beforehand import on_the_design, pairs
from glorot_sweep.report.belief import Doubt, asked_for, doubts_about_trials
from glorot_sweep.report.beyond import all_tests_frame, beyond_entries
from glorot_sweep.report.column_tests import can_be_tested, named_test
from glorot_sweep.report.compiled import compile_evidence
from glorot_sweep.report.coverage import coverage, groups_text, looks_note, mean_over, observations
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.page import render_page
from glorot_sweep.report.render import caption, pair_sentence
from glorot_sweep.report.render_beyond import beyond_caption
from glorot_sweep.report.tables import entries
from glorot_sweep.report.untested import untested
from glorot_sweep.significance import decisions, paired_seeds, seeds_wanted, welch
from glorot_sweep.tracking.until_decided import Reached, design_of

SEEDS = {"tanh": 10, "tanh_n": 10, "softsign": 5, "sigmoid": 5}
LEVELS = {"tanh": 60.0, "tanh_n": 40.0, "sigmoid": 80.0}
UNTIL = {
    "search.groups": 5, "search.table_depth_share": None, "search.depth_trials": 0,
    "search.updates": 40, "search.rungs": [], "search.sampler": "random", "replicates.window": 1,
    "replicates.seeds": 5, "replicates.until_decided": {"most": 15, "step": 5},
    "comparisons": [["tanh_n", "tanh"], ["softsign", "tanh"]],
}  # fmt: skip
WELCH, PAIRED = (
    {"significance": {"test": "welch"}},
    {"significance": {"test": "paired_seeds", "level": 0.01}},
)


def errors_of(variant):
    """Errors by seed; those of softsign are tanh's, two and two changed over: no difference."""
    if variant == "softsign":
        return errors_of("tanh")[[1, 0, 3, 2, *range(4, 15)]]
    return LEVELS[variant] + np.random.default_rng(len(variant)).normal(size=15).round(1)


def cell_of(variant, **changes):
    """A cell with the seeds that its comparisons needed, each on the stream of its number."""
    n = SEEDS[variant]
    made = cell(variant, errors_of(variant)[:n].tolist())
    return replace(made, groups=n, streams=tuple(range(100, 100 + n)), **changes)


def until(test=WELCH, changes=None, cells=None):
    made = cells or [cell_of(variant) for variant in SEEDS]
    found = collected(made, {**UNTIL, **test, **(changes or {})})
    design = design_of(found.config)
    values = {(one.dataset, one.variant): dict(enumerate(one.errors.tolist())) for one in made}
    known = decisions(design, values, len(design.looks))
    seeds = {("shapeset", variant): 5 for variant in SEEDS} | seeds_wanted(design, known)
    return replace(found, reached=Reached(known, seeds, design))


def test_a_pair_is_compared_at_the_look_that_decided_it():
    clear, futile = pairs(until(), PAPER)
    a, b = errors_of("tanh"), errors_of("tanh_n")
    assert clear.comparison == welch(a[:10], b[:10])
    assert futile.comparison == welch(a[:5], errors_of("softsign")[:5])
    assert (clear.significant, futile.significant) == (True, False)
    assert (clear.stopped, futile.stopped) == (
        "decided with 10 seeds",
        "given up as futile with 5 seeds",
    )
    assert "Tanh N is significantly better than Tanh (by 1" in pair_sentence(clear, 0.005)
    assert pair_sentence(clear, 0.005).endswith(", decided with 10 seeds)")
    assert "level 0.005, given up as futile with 5 seeds)" in pair_sentence(futile, 0.005)


def test_paired_by_seed_the_seeds_that_both_have_are_compared():
    sweep = until(PAIRED)
    clear, futile = pairs(sweep, PAPER)
    by_seed = [dict(enumerate(errors_of(v).tolist())) for v in ("tanh", "softsign")]
    first = [{seed: one[seed] for seed in range(5)} for one in by_seed]
    assert futile.comparison.p_value == pytest.approx(paired_seeds(*first).p_value)
    assert (clear.comparison.degrees_of_freedom, futile.comparison.degrees_of_freedom) == (9, 4)
    column = {v: sweep.cells["table_depth", "shapeset", v] for v in SEEDS}
    assert can_be_tested("paired_seeds", column)
    values, test = named_test("paired_seeds", column)
    assert {v: len(one) for v, one in values.items()} == SEEDS
    assert test(values["tanh"], values["tanh_n"]).degrees_of_freedom == 9
    assert test(values["softsign"], values["tanh_n"]).degrees_of_freedom == 4
    assert len(entries(sweep, "table_depth", PAPER)) == 4


def test_the_best_of_a_column_is_that_of_the_means_shown():
    """Tanh's added seeds are lower, so that Softsign, without them, has the lower first five."""
    noise = np.array([0.0, 0.5, -0.5, 0.1, 0.5])
    errors = {"tanh": [*(50 + noise), *(46 + noise)], "tanh_n": [*(60 + noise[::-1])] * 2,
              "softsign": [*(49 + noise)], "sigmoid": [*(55 + noise)]}  # fmt: skip
    cells = [cell_of(variant, errors=np.array(errors[variant])) for variant in SEEDS]
    shown = {
        one.cell.variant: one for one in entries(until(PAIRED, cells=cells), "table_depth", PAPER)
    }
    assert shown["tanh"].mean < shown["softsign"].mean
    assert [variant for variant, one in shown.items() if one.is_best] == ["tanh"]
    assert {variant for variant, one in shown.items() if one.bold} == {"tanh", "softsign"}
    assert shown["softsign"].adjusted_p_value == 0


def test_cells_are_paired_over_all_seeds_that_the_two_share():
    """Sigmoid has five seeds; it takes none from the comparison of two others with ten."""
    rows = all_tests_frame(until(PAIRED), PAPER).query("test == 'paired_seeds'")
    found = rows.set_index(["kind", "comparison"])["degrees of freedom"]
    assert found["column's best", "tanh - tanh_n"] == 9
    assert found["column's best", "sigmoid - tanh_n"] == 4
    assert found["named beforehand", "tanh_n - tanh"] == 9
    growing = replace(cell_of("tanh"), variant="tanh_growing", errors=errors_of("tanh_n")[:10])
    sweep = until(PAIRED, cells=[*map(cell_of, SEEDS), growing])
    (entry,) = beyond_entries(sweep, "table_depth", PAPER)
    assert entry.comparison.degrees_of_freedom == 9
    base = sweep.cells["table_depth", "shapeset", "tanh"]
    assert entry.comparison.difference == pytest.approx(entry.mean - base.observations.mean())


def test_beside_a_base_it_is_said_which_seeds_a_difference_is_over():
    """Tanh has ten seeds, and softsign was given up at five."""
    compared = [cell_of(variant) for variant in ("tanh", "tanh_n", "softsign")]
    sweep = until(changes={"comparisons": [], "base": "tanh"}, cells=compared)
    shown = {one.cell.variant: one for one in base_entries(sweep, pairs(sweep, PAPER), PAPER)}
    softsign, tanh = shown["softsign"], shown["tanh"]
    assert softsign.against.difference != pytest.approx(softsign.mean - tanh.mean)
    said = base_caption(sweep.config, "")
    assert "the seeds of the look that decided it, which may be fewer than its means are" in said
    usual = collected([cell_of("tanh"), cell_of("tanh_n")], {"base": "tanh"})
    assert "Seeds were added" not in base_caption(usual.config, "")


def test_cells_on_other_streams_are_still_not_paired():
    sweep = until(PAIRED)
    column = {v: sweep.cells["table_depth", "shapeset", v] for v in ("tanh", "softsign")}
    column["softsign"] = replace(column["softsign"], streams=(100, 101, 102, 103, 7))
    assert not can_be_tested("paired_seeds", column)
    with pytest.raises(UserError, match=r"those of tanh have .* those of softsign \[100, .*, 7\]"):
        named_test("paired_seeds", column)


def test_a_comparison_of_a_failed_cell_is_told_all_the_same():
    cells = [cell_of("tanh"), cell_of("tanh_n", failed=1), *map(cell_of, ("softsign", "sigmoid"))]
    sweep = until(cells=cells)
    assert [pair.second for pair in pairs(sweep, PAPER)] == ["softsign"]
    (design,) = on_the_design(sweep)
    assert "looks at 5, 10 and 15 seeds" in design
    assert "all 2 comparisons, at a level of 0.005" in design
    (one,) = untested(sweep, PAPER)
    assert one.sentence.startswith(
        "Shapeset: Tanh N against Tanh: decided with 10 seeds, Tanh N has the lower error, by "
    )
    assert one.sentence.endswith(
        "; the table does not compare them: 1 of 10 replicates of Tanh N failed"
    )
    assert one.beats.startswith("Tanh N beats Tanh by ")
    rows = all_tests_frame(sweep, PAPER).query("kind.str.startswith('named beforehand')")
    row = rows.set_index("comparison").loc["tanh_n - tanh"]
    assert row["kind"] == "named beforehand, decided with 10 seeds"
    assert row["adjusted p"] == one.decision.adjusted_p_value < 0.005
    assert row["difference (points)"] == -one.decision.deciding.difference < 0
    assert row["correction"].startswith("holm, over looks: p ")
    assert row["not tested"] == one.why
    said = answers(sweep.config, pairs(sweep, PAPER), [one], [])
    assert said[-1] == f"{one.sentence}."
    many = answers(sweep.config, pairs(sweep, PAPER), [one, replace(one, decision=None)], [])
    assert f"1 is decided: {one.beats}." in many[0]
    assert many[1] == "Not told apart: Softsign and Tanh. Not tested: Tanh N and Tanh."


DOUBT = Doubt("shapeset", "tanh_n", "says what it cannot", "tanh_n3", "tanh_n-shapeset-seed3")


@pytest.mark.parametrize(
    "changes",
    [{"doubts": (DOUBT,)}, {"disagreements": ("code: a, b",)}, {"doubts": (DOUBT,), "failed": 1}],
)
def test_numbers_that_are_not_believed_decide_nothing(changes):
    cells = [cell_of("tanh"), cell_of("tanh_n", **changes), *map(cell_of, ("softsign", "sigmoid"))]
    sweep = until(cells=cells)
    assert len(sweep.reached.decisions) == 2
    (one,) = untested(sweep, PAPER)
    assert (one.decision, one.beats) == (None, "")
    assert one.sentence.startswith("Shapeset: Tanh N against Tanh was not tested: ")
    told = answers(sweep.config, pairs(sweep, PAPER), [one, one], [])  # more than two: together
    assert told[0] == "Of 2 comparisons that were named beforehand, none is decided."
    assert "Not tested: Tanh N and Tanh." in told[1]


def test_the_page_says_what_such_a_design_gave_to_whom():
    cells = [cell_of("tanh"), cell_of("tanh_n", failed=1), *map(cell_of, ("softsign", "sigmoid"))]
    page = render_page(compile_evidence(Evidence(until(cells=cells)), PAPER, []))
    decided, _, rest = page.partition("What is decided")[2].partition("What is open")
    assert "decided with 10 seeds, Tanh N has the lower error" in decided
    assert "Tanh N against Tanh" not in rest.partition("Over all of it")[0]
    assert "was not tested" not in page
    assert "given the same number of trials, and variants whose comparisons were open" in page


def test_of_other_sweeps_nothing_is_said():
    plain = collected([cell("tanh", [40.0, 41.0]), cell("tanh_n", [39.0, 40.1])])
    assert on_the_design(plain) == []
    assert looks_note(plain.config) == ""
    frame = all_tests_frame(plain, PAPER)
    assert not any("looks" in one for one in frame["correction"])


def test_every_caption_says_what_is_not_corrected():
    config = until().config
    for text in (caption(config, PAPER), beyond_caption(config)):
        assert "as many as were needed (5 to 15 seeds)" in text
        assert "bold marks, intervals and other tests are not corrected for that" in text
    assert "Each seed repeats the winner of a search of its own" in coverage(config)
    assert mean_over(config).startswith("mean over the seeds of each cell, as many as were needed")
    assert observations(config) == "5 to 15 seeds"
    assert groups_text(config) == "5 to 15"


def test_the_table_of_all_tests_says_what_each_p_is_over():
    frame = all_tests_frame(until(), PAPER)
    is_of_design = frame["correction"].str.startswith("holm, over looks")
    of_design = frame[is_of_design]
    assert of_design["kind"].tolist() == [
        "named beforehand, decided with 10 seeds",
        "named beforehand, given up as futile with 5 seeds",
    ]
    assert re.fullmatch(
        r"holm, over looks: p \S+ at 10 seeds, of which the share is 0.6667",
        of_design["correction"].iloc[0],
    )
    others = frame[~is_of_design]
    assert len(others) > 0
    assert all(one.endswith(", not over looks") for one in others["correction"])


def test_what_no_open_comparison_needed_is_left_out():
    sweep = until()
    seeds = sweep.reached.seeds
    runs = [
        record("replicate", run_id=f"{variant}{seed}", variant=variant, seed=seed, group=seed)
        for variant in SEEDS
        for seed in range(11)
    ]
    wanted, doubts = asked_for(runs, sweep.config, seeds)
    assert len(wanted) == sum(SEEDS.values())
    assert len(doubts) == 44 - len(wanted)
    said = [doubt.what for doubt in doubts if doubt.variant == "softsign"]
    assert "its seed is 5, and the seeds of this cell are 0 to 4" in said[0]
    trials = [
        record("trial", run_id=f"{variant}{group}{n}", variant=variant, group=group, trial=n)
        for variant in SEEDS
        for group in range(10)
        for n in range(sweep.config.search.group_trials)
    ]
    left_out = doubts_about_trials(trials, sweep.config, seeds)
    per_group = sweep.config.search.group_trials
    assert len(left_out) == (40 - sum(SEEDS.values())) * per_group
    assert doubts_about_trials([], sweep.config, seeds)[0].what.endswith("of group 0 are gone")
