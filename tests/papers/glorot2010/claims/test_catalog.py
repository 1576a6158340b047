"""All claims at once: where everything holds, where nothing is there, and below their scale."""

import json
from collections import Counter

import pytest

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.papers.glorot2010.claims import CLAIMS
from glorot_sweep.report.claims.claim import Ground
from glorot_sweep.report.claims.verdict import judge, judge_all
from glorot_sweep.report.evidence import Evidence

from .builders import finding, whole_world

NUMBERS = [claim.number for claim in CLAIMS]
AT_WIDTH = [claim.number for claim in CLAIMS if claim.needs.width]
SHORT = [claim.number for claim in CLAIMS if claim.needs.scale == "S"]
FULL = [claim.number for claim in CLAIMS if claim.needs.updates == 5_000_000]
MONITORED = {"C54"}  # of claims on full training; the others look at replicates
OVER_SEEDS = [
    c.number for c in CLAIMS
    if c.needs.scale == "F" and c.needs.seeds and c.number not in MONITORED
]  # fmt: skip


def test_the_claims_in_order():
    assert [f"C{number}" for number in range(1, 58)] == NUMBERS


def test_claims_of_every_ground():
    counts = Counter(claim.ground for claim in CLAIMS)
    assert counts[Ground.THEOREM] == 5  # C3 to C6, C11
    assert counts[Ground.CODE] == 3  # C1, C2, C13
    assert counts[Ground.START] == 6  # C7 to C10, C12, C14
    assert counts[Ground.TRAINING] + counts[Ground.END] == 43


@pytest.mark.parametrize("claim", CLAIMS, ids=NUMBERS)
def test_every_claim_says_what_it_claims_and_expects(claim):
    assert claim.statement.endswith(".")
    assert "\n" not in claim.statement
    assert len(claim.expected) > 40


@pytest.mark.slow
def test_everything_is_confirmed_where_everything_holds():
    findings = judge_all(PAPER.claims, whole_world().evidence())
    assert {one.number: one.reason for one in findings} == dict.fromkeys(NUMBERS, "")
    assert {(one.verdict, one.here) for one in findings} == {("CONFIRMED", "HOLDS")}
    assert all(one.numbers and one.measured and one.holds_so_far for one in findings)
    assert all(one.here_scale for one in findings if one.number != "C13")
    assert all(one.run_ids for one in findings if one.number != "C13")
    assert json.loads(json.dumps([one.as_dict() for one in findings], allow_nan=False))


@pytest.mark.parametrize("claim", CLAIMS, ids=NUMBERS)
def test_without_runs_a_claim_is_inconclusive_and_says_how_to_get_them(claim):
    found = judge(claim, Evidence())
    if claim.number == "C13":  # the functions themselves; no run is needed
        assert found.verdict == "CONFIRMED"
        return
    assert found.verdict == "INCONCLUSIVE"
    assert found.here == "OPEN"
    assert found.reason.startswith("no ")
    assert "glorot-sweep init-study" in found.reason or "sweep file" in found.reason
    assert found.holds_so_far is None
    assert found.numbers == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("numbers", "smaller", "reason"),
    [
        (sorted(set(AT_WIDTH) - {"C6"}), {"width": 100}, "100 of 1,000 units"),
        (["C6"], {"deep_width": 100}, "100 of 300 units"),
        (SHORT, {"short": 10_000}, "10,000 of 20,000 updates"),
        (FULL, {"full": 40_000}, "40,000 of 5,000,000 updates"),
        (OVER_SEEDS, {"seeds": 2}, "2 of 3 seeds"),
        (SHORT, {"short_seeds": 1}, "1 of 3 seeds"),
        (["C3"], {"draws": 4}, "4 of 5 seeds"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_below_its_scale_a_claim_is_inconclusive_with_its_numbers(numbers, smaller, reason):
    assert numbers
    world = whole_world(**smaller)
    for number in numbers:
        found = finding(number, world)
        assert found.verdict == "INCONCLUSIVE", number
        assert reason in found.reason, number
        assert found.here_scale, number
        assert found.numbers, number
        assert found.run_ids, number


@pytest.mark.slow
@pytest.mark.parametrize("number", ["C7", "C22", "C31"])
def test_what_does_not_hold_below_its_scale_is_no_contradiction(number):
    world = whole_world(width=100)
    frame = world.init_studies["shapeset"].statistics
    frame.loc[frame["quantity"] == "activation", "std"] = 1.0
    for run in world.named("monitored-tanh-5"):
        run.statistics.loc[run.statistics["quantity"] == "weight_gradient", "std"] = 1.0
    world.set_errors(10.0, "sigmoid")
    found = finding(number, world)
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "DOES NOT HOLD")
    assert "100 of 1,000 units" in found.reason
    assert "of 100 units" in found.here_scale


@pytest.mark.slow
@pytest.mark.parametrize("number", ["C1", "C3"])
def test_what_is_proved_or_checks_the_code_cannot_fail_by_the_chance_of_small_networks(number):
    world = whole_world(width=64)
    frame = world.init_studies["shapeset"].statistics
    frame["std"] *= 1.1
    found = finding(number, world)
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "OPEN")
    world = whole_world()
    world.init_studies["shapeset"].statistics["std"] *= 1.1
    assert finding(number, world).here == "DOES NOT HOLD"


@pytest.mark.parametrize("number", ["C7", "C31"])
def test_networks_of_another_depth_decide_nothing(number):
    world = whole_world()
    study = world.init_studies["shapeset"]
    kept = study.statistics[study.statistics["layer"] != 5].copy()
    kept.loc[kept["depth"] == 5, "depth"] = 4
    world.init_studies["shapeset"] = type(study)(**vars(study) | {"depth": 4, "statistics": kept})
    for key, (errors, _) in list(world.cells.items()):
        world.cells[key] = (errors, 4)
    found = finding(number, world)
    assert found.verdict == "INCONCLUSIVE"
    assert "4 instead of 5 hidden layers" in found.reason


@pytest.mark.parametrize("number", OVER_SEEDS)
def test_seeds_of_too_few_searches_decide_nothing_about_the_paper(number):
    """They do at their own scale, and it is said of one search that no interval covers it."""
    for searches, told in ((1, "of one search, whose choice is in no interval"),
                           (2, "of 2 searches")):  # fmt: skip
        world = whole_world(seeds=4)
        world.searches = searches
        found = finding(number, world)
        assert found.verdict == "INCONCLUSIVE"
        assert f"{searches} of 3 searches" in found.reason
        assert found.here_scale.endswith(f"4 seeds {told}")
