"""From a measurement to a verdict, on claims made by hand."""

import json
import math
from pathlib import Path

import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.claims.claim import Claim, Ground, MissingRunsError, Needs, claim
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.claims.verdict import Here, judge, judge_all, shortfalls
from glorot_sweep.report.evidence import Evidence

NEEDS = Needs("F", depth=5, width=1000, updates=5_000_000, seeds=3)
ENOUGH = Source(("a", "b"), 5, 1000, 5_000_000, 3)


def a_claim(measurement):
    return Claim("C1", Ground.END, "It holds.", "everything below 1", NEEDS, lambda _: measurement)


def a_measurement(value, *sources, lacking=()):
    found = Measurement(sources=list(sources), lacking=list(lacking))
    found.below("x, percent", value, 1.0)
    found.note("y", 2.0)
    return found


def test_what_holds_at_its_scale_is_confirmed():
    found = judge(a_claim(a_measurement(0.5, ENOUGH)), Evidence())
    assert (found.verdict, found.reason, found.here) == ("CONFIRMED", "", "HOLDS")
    assert found.measured == "x, percent: 0.5; y: 2"
    assert found.run_ids == ("a", "b")
    assert (found.number, found.statement, found.scale) == ("C1", "It holds.", "F")
    assert found.ground == "observation at the end of training"
    assert found.here_scale == "5 hidden layers of 1,000 units, 5,000,000 updates, 3 seeds"


def test_what_does_not_hold_at_its_scale_is_contradicted_by_name():
    found = judge(a_claim(a_measurement(1.0, ENOUGH)), Evidence())
    assert (found.verdict, found.here) == ("CONTRADICTED", "DOES NOT HOLD")
    assert found.reason == "x, percent is 1, not below 1"


def test_how_many_claims_hold_is_said_of_one_and_of_several():
    said = [Here.HOLDS.of(1), Here.HOLDS.of(2), Here.DOES_NOT_HOLD.of(4), Here.OPEN.of(3)]
    assert said == ["1 holds", "2 hold", "4 do not hold", "3 open"]


@pytest.mark.parametrize(("value", "here"), [(0.5, "HOLDS"), (2.0, "DOES NOT HOLD")])
def test_below_the_scale_the_runs_speak_for_themselves_alone(value, here):
    small = Source(("c",), 5, 100, 40_000, 1)
    found = judge(a_claim(a_measurement(value, ENOUGH, small)), Evidence())
    assert (found.verdict, found.here) == ("INCONCLUSIVE", here)
    assert found.here_scale == "5 hidden layers of 100 units, 40,000 updates, 1 seed"
    assert found.reason.startswith("40,000 of 5,000,000 updates; 100 of 1,000 units; 1 of 3 seeds")
    assert ("x, percent is 2, not below 1" in found.reason) == (value == 2.0)
    assert found.numbers == {"x, percent": value, "y": 2.0}
    assert found.run_ids == ("a", "b", "c")


@pytest.mark.parametrize("value", [0.5, 2.0])
def test_what_is_lacking_beside_the_scale_leaves_it_open(value):
    found = judge(a_claim(a_measurement(value, ENOUGH, lacking=["no mnist"])), Evidence())
    assert found.verdict == "INCONCLUSIVE"
    assert found.reason.startswith("no mnist")


def test_what_the_numbers_leave_open_is_open_at_both_scales():
    measurement = a_measurement(0.5, ENOUGH)
    measurement.undecided.append("z is 1 [0, 2], not shown to be below 1")
    found = judge(a_claim(measurement), Evidence())
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "OPEN")
    assert found.reason == "z is 1 [0, 2], not shown to be below 1"
    violated = a_measurement(2.0, ENOUGH)
    violated.undecided.append("z is open")
    assert judge(a_claim(violated), Evidence()).verdict == "CONTRADICTED"


def test_what_must_come_before_a_contradiction():
    for value, verdict in ((0.5, "CONFIRMED"), (2.0, "INCONCLUSIVE")):
        measurement = a_measurement(value, ENOUGH)
        measurement.before_contradiction.append("longer runs")
        found = judge(a_claim(measurement), Evidence())
        assert found.verdict == verdict
        assert ("longer runs" in found.reason) == (value == 2.0)


def test_missing_runs_are_no_error():
    def test(evidence):
        raise MissingRunsError("no run")

    found = judge(Claim("C1", Ground.END, "s", "e", NEEDS, test), Evidence())
    assert (found.verdict, found.reason, found.here) == ("INCONCLUSIVE", "no run", "OPEN")
    assert (found.measured, found.numbers, found.run_ids) == ("", {}, ())


def test_a_mistake_in_a_claim_is_not_taken_for_missing_runs():
    def test(evidence):
        raise KeyError("std")

    with pytest.raises(KeyError):
        judge(Claim("C1", Ground.END, "s", "e", NEEDS, test), Evidence())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (Source(("r",)), []),
        (ENOUGH, []),
        (Source(("r",), 5, 2000, 6_000_000, 10), []),
        (Source(("r",), 6, 1000), ["6 instead of 5 hidden layers"]),
        (Source(("r",), 4, 999, 4_999_999, 2),
         ["4 instead of 5 hidden layers", "4,999,999 of 5,000,000 updates", "999 of 1,000 units",
          "2 of 3 seeds"]),
        (Source(("r",), seeds=5, searches=1), ["1 of 3 searches"]),
        (Source(("r",), seeds=5, searches=2), ["2 of 3 searches"]),
        (Source(("r",), seeds=2, searches=2), ["2 of 3 seeds"]),
        (Source(("r",), seeds=5, searches=3), []),
    ],
)  # fmt: skip
def test_shortfalls(source, expected):
    assert shortfalls(NEEDS, [source]) == expected
    assert shortfalls(NEEDS, [source, ENOUGH]) == expected
    assert shortfalls(Needs("I"), [source]) == []


def test_only_some_claims_in_the_papers_order():
    numbers = [found.number for found in judge_all(PAPER.claims, Evidence(), ["C13", "C2", "C13"])]
    assert numbers == ["C2", "C13"]
    assert judge_all(PAPER.claims, Evidence(), []) == []


def test_an_unknown_claim_is_the_users_mistake():
    with pytest.raises(UserError, match=r"unknown claim 'C99'.*Known: C1, C10"):
        judge_all(PAPER.claims, Evidence(), ["C1", "C99"])


def test_a_finding_as_plain_values():
    found = judge(a_claim(a_measurement(math.inf, ENOUGH)), Evidence()).as_dict()
    assert found["numbers"] == {"x, percent": None, "y": 2.0}
    assert type(found["verdict"]) is str
    assert found["verdict"] == "CONTRADICTED"
    assert found["run_ids"] == ["a", "b"]
    assert found["here"] == "DOES NOT HOLD"
    assert found["holds_so_far"] is False
    assert found["answers"] == [
        {"sweep": "", "verdict": "CONTRADICTED", "here": "DOES NOT HOLD",
         "here_scale": "5 hidden layers of 1,000 units, 5,000,000 updates, 3 seeds"}
    ]  # fmt: skip


def test_stored_findings_of_earlier_versions_have_the_keys_of_todays():
    stored = Path(__file__).parents[3] / "docs" / "results"
    today = judge(a_claim(a_measurement(0.5, ENOUGH)), Evidence()).as_dict()
    files = sorted(stored.glob("*/claims.json"))
    assert files
    for file in files:
        for one in json.loads(file.read_text(encoding="utf-8")):
            assert set(one) <= set(today), file


@pytest.mark.parametrize(
    ("method", "bounds", "inside", "outside"),
    [
        ("at_most", (1,), (0.5, 1.0), (1.1, math.nan)),
        ("at_least", (1,), (1.0, 2.0), (0.9, math.nan)),
        ("below", (1,), (0.9,), (1.0, math.nan)),
        ("above", (1,), (1.1,), (1.0, math.nan)),
        ("between", (1, 2), (1.0, 2.0), (0.9, 2.1, math.nan)),
    ],
)
def test_conditions(method, bounds, inside, outside):
    for values, holds in ((inside, True), (outside, False)):
        for value in values:
            found = Measurement()
            getattr(found, method)("x", value, *bounds)
            assert found.holds is holds
            assert ("x is" in "".join(found.violated)) is not holds


def test_no_number_replaces_another():
    found = Measurement()
    found.note("x", 1.0)
    with pytest.raises(ValueError, match="measured twice"):
        found.note("x", 2.0)


def test_the_statement_is_the_first_paragraph_of_the_docstring():
    @claim("C1", Ground.CODE, expected="e", needs=NEEDS)
    def one(evidence):
        """A statement
        on two lines.

        A remark.
        """

    assert one.statement == "A statement on two lines."
