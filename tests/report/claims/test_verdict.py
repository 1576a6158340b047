"""From a measurement to a verdict, on claims made by hand."""

import math

import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.claims.claim import Claim, MissingRunsError, Needs, claim
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.claims.verdict import judge, judge_all, shortfalls
from glorot_sweep.report.evidence import Evidence

NEEDS = Needs("F", depth=5, width=1000, updates=5_000_000, seeds=3)
ENOUGH = Source(("a", "b"), 5, 1000, 5_000_000, 3)


def a_claim(measurement):
    return Claim("C1", "It holds.", "everything below 1", NEEDS, lambda _: measurement)


def a_measurement(value, *sources, lacking=()):
    found = Measurement(sources=list(sources), lacking=list(lacking))
    found.below("x, percent", value, 1.0)
    found.note("y", 2.0)
    return found


def test_what_holds_at_its_scale_is_confirmed():
    found = judge(a_claim(a_measurement(0.5, ENOUGH)), Evidence())
    assert (found.verdict, found.reason, found.holds_so_far) == ("CONFIRMED", "", True)
    assert found.measured == "x, percent: 0.5; y: 2"
    assert found.run_ids == ("a", "b")
    assert (found.number, found.statement, found.scale) == ("C1", "It holds.", "F")


def test_what_does_not_hold_at_its_scale_is_contradicted_by_name():
    found = judge(a_claim(a_measurement(1.0, ENOUGH)), Evidence())
    assert (found.verdict, found.holds_so_far) == ("CONTRADICTED", False)
    assert found.reason == "x, percent is 1, not below 1"


@pytest.mark.parametrize(("value", "so_far"), [(0.5, "it holds"), (2.0, "it does not hold")])
def test_below_the_scale_the_numbers_are_told_and_nothing_is_decided(value, so_far):
    small = Source(("c",), 5, 100, 40_000, 1)
    found = judge(a_claim(a_measurement(value, ENOUGH, small)), Evidence())
    assert found.verdict == "INCONCLUSIVE"
    lacks = "40,000 of 5,000,000 updates; 100 of 1,000 units; 1 of 3 seeds"
    assert found.reason.startswith(f"{lacks}; so far {so_far}")
    assert found.numbers == {"x, percent": value, "y": 2.0}
    assert found.run_ids == ("a", "b", "c")


@pytest.mark.parametrize("value", [0.5, 2.0])
def test_what_is_lacking_beside_the_scale_leaves_it_open(value):
    found = judge(a_claim(a_measurement(value, ENOUGH, lacking=["no mnist"])), Evidence())
    assert found.verdict == "INCONCLUSIVE"
    assert found.reason.startswith("no mnist; so far it")


def test_missing_runs_are_no_error():
    def test(evidence):
        raise MissingRunsError("no run")

    found = judge(Claim("C1", "s", "e", NEEDS, test), Evidence())
    assert (found.verdict, found.reason, found.holds_so_far) == ("INCONCLUSIVE", "no run", None)
    assert (found.measured, found.numbers, found.run_ids) == ("", {}, ())


def test_a_mistake_in_a_claim_is_not_taken_for_missing_runs():
    def test(evidence):
        raise KeyError("std")

    with pytest.raises(KeyError):
        judge(Claim("C1", "s", "e", NEEDS, test), Evidence())


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
    with pytest.raises(UserError, match=r"unknown claim 'C46'.*Known: C1, C10"):
        judge_all(PAPER.claims, Evidence(), ["C1", "C46"])


def test_a_finding_as_plain_values():
    found = judge(a_claim(a_measurement(math.inf, ENOUGH)), Evidence()).as_dict()
    assert found["numbers"] == {"x, percent": None, "y": 2.0}
    assert type(found["verdict"]) is str
    assert found["verdict"] == "CONTRADICTED"
    assert found["run_ids"] == ["a", "b"]


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
    @claim("C1", expected="e", needs=NEEDS)
    def one(evidence):
        """A statement
        on two lines.

        A remark.
        """

    assert one.statement == "A statement on two lines."
