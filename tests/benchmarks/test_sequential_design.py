"""What is drawn of sequential designs, and what the page says."""

import json

import numpy as np
import pytest
from sequential_design import (
    LEVEL,
    LOOKS,
    PAGE,
    RESULT,
    Case,
    cost,
    decided,
    differences,
    false_decisions,
    keeps_its_level,
    lazily,
    may_decide,
    normal,
    nulls,
    three,
)
from sequential_design_page import page

from glorot_sweep.significance import Outcome, SequentialDesign, decisions

PAIR = (("a", "b"),)
BOTH = pytest.mark.parametrize("test", ["welch", "paired_seeds"])


def rows(part):
    return json.loads(RESULT.read_text("utf-8"))[part]


@pytest.mark.slow
@BOTH
def test_what_is_left_out_for_speed_decides_nothing(test):
    design = SequentialDesign(PAIR, LOOKS, test, 0.05)
    errors = three(normal, (0, 1.2))(12, np.random.default_rng(0))
    may = may_decide(design, PAIR, errors)
    outcomes = set()
    for which in range(12):
        values = {cell: dict(enumerate(one[which].tolist())) for cell, one in errors.items()}
        whole = decisions(design, values, len(LOOKS))["a", "b"]
        quick = decided(design, errors, which)["a", "b"]
        assert (whole.outcome is Outcome.DECIDED) == (quick.outcome is Outcome.DECIDED)
        assert may[which] or whole.outcome is not Outcome.DECIDED
        outcomes.add(whole.outcome)
    assert len(outcomes) > 1


def test_a_p_that_could_decide_is_whole():
    design = SequentialDesign(PAIR, LOOKS, "welch", 0.05)
    a, b = ({seed: 60 + seed % 3 + gap for seed in range(5)} for gap in (0.0, 9.0))
    assert lazily(design)(a, b) == 2 / 252


@BOTH
def test_a_design_ends_as_a_sweep_would_that_gives_up_what_is_futile(test):
    alike = next(case for case in differences() if case.name == "0 SDs, one comparison")
    design = SequentialDesign(alike.pairs, LOOKS[:3], test, LEVEL)
    errors = alike.errors(40, np.random.default_rng(5))
    for which in range(40):
        values = {cell: dict(enumerate(found[which].tolist())) for cell, found in errors.items()}
        of_a_sweep = decisions(design, values, len(design.looks))
        found = decided(design, errors, which)
        assert {one: found[one].outcome for one in found} == {
            one: of_a_sweep[one].outcome for one in of_a_sweep
        }


def test_a_test_that_errs_too_often_is_seen(monkeypatch):
    monkeypatch.setattr("sequential_design.LEVEL", 0.4)
    case = Case("two alike", three(normal), PAIR, PAIR)
    shown = false_decisions(case, "welch", 60, 0)["false"]
    assert 0 < shown < 0.7
    assert not keeps_its_level({"false": 0.9, "draws": 1_000})
    monkeypatch.undo()
    exact = {"false": LEVEL, "draws": 100_000}
    assert keeps_its_level(exact)
    assert not keeps_its_level({**exact, "false": LEVEL + 0.001})


def test_seeds_are_counted_for_each_cell():
    apart = next(case for case in differences() if case.name == "4 SDs, three comparisons")
    found = cost(apart, "welch", 3, 0)
    assert (found["decided"], found["seeds"], found["saved"]) == (1.0, 10.0, 0.5)


@pytest.mark.slow
def test_every_way_to_be_alike_is_drawn():
    rng = np.random.default_rng(0)
    for case in nulls():
        errors = case.errors(4_000, rng)
        assert set(errors) == {cell for pair in case.pairs for cell in pair}
        assert {one.shape for one in errors.values()} == {(4_000, LOOKS[-1])}
        for a, b in case.alike:
            spread = max(errors[cell].std() for cell in (a, b))
            assert abs(errors[a].mean() - errors[b].mean()) < 0.03 * spread


def test_the_published_numbers_are_those_to_reach():
    levels, costs = rows("levels"), rows("costs")
    assert {row["draws"] for row in levels} == {100_000}
    assert {(row["case"], row["test"]) for row in levels} == {
        (case.name, test) for case in nulls() for test in ("welch", "paired_seeds")
    }
    assert all(keeps_its_level(row) for row in levels if row["is_promised"])
    clear = [row for row in costs if row["case"].startswith("4 SDs") and row["test"] == "welch"]
    assert len(clear) == 2
    assert all(row["saved"] >= 0.3 and row["decided"] > 0.999 for row in clear)


def test_the_page_is_made_of_the_published_numbers():
    assert PAGE.read_text("utf-8") == page(json.loads(RESULT.read_text("utf-8")))
