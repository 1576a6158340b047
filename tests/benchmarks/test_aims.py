"""The numbers to reach: each is found among the results, and judged on the right side."""

from dataclasses import replace

import pytest
from aims import AIMS, FILES, SMALL, Aim, aims_table
from cases import CASES
from comparison import over_best
from contenders import JAX_PYTHONS, TORCH_SIDE_BY_SIDE
from peers import BareLoop
from performance_page import page
from step_rules import HESSIAN, VARIANCE

RATES = {
    "native": 8.0, "torch": 2.0, BareLoop.name: 1.0, TORCH_SIDE_BY_SIDE: 4.0,
    **dict.fromkeys(JAX_PYTHONS, 0.5),
}  # fmt: skip


def same(value: float) -> dict[str, float]:
    return {"median": value, "min": value, "max": value}


def found(**rates: float) -> dict:
    results = [
        {
            "case": case, "compared": "native", "rounds": [{**RATES, **rates}],
            "roofline": {"share": same(0.45)},
            "beside_busy_processes": {"processes": 1, "share_of_speed": {"native": same(0.6)}},
        }
        for case in CASES
    ]  # fmt: skip
    rule = {"tanh": 1.0, HESSIAN: 1.5, VARIANCE: 4.0, "diagonal": 0.0}
    return {
        "training": {"results": results},
        "step_rules": {"seconds": {"native": {f"20 of {SMALL}": [rule]}}},
        "pretraining": {
            "seconds": {"native": {SMALL: [{"training": [1.0], "layers": [0.5, 1.5]}]}}
        },
        "quick_sweep": {"seconds": 170.0},
    }


def verdicts(results: dict) -> list[str]:
    return [aim.row(results).rsplit("|", 2)[1].strip() for aim in AIMS]


def test_every_aim_is_found_among_the_results():
    assert {aim.case for aim in AIMS} <= {*CASES, "make sweep", f"{SMALL}*20"}
    assert all(CASES[aim.case].default for aim in AIMS if aim.case in CASES)
    assert "" not in verdicts(found())


@pytest.mark.parametrize("name", FILES)
def test_what_was_not_measured_is_said(name):
    results = found()
    del results[name]
    assert "not measured" in aims_table(results)
    assert "" in verdicts(results)


def test_numbers_are_judged_in_their_own_units():
    twenty, table = f"| {SMALL}*20 |", aims_table(found())
    times = "times as fast as the torch pack | at least 3 x"
    assert f"{twenty} {times} | **4 x** [4 x, 4 x] | yes |" in table
    share = "share of the floor | at least 50 %"
    assert f"{twenty} {share} | **45 %** [45 %, 45 %] | **no** |" in table
    assert "| at most 180 s | **170 s** [170 s, 170 s] | yes |" in table
    assert "| at least 60 % | **67 %** [67 %, 67 %] | yes |" in table
    assert "| at least 50 % | **25 %** [25 %, 25 %] | **no** |" in table
    assert "| at least 100 % | **100 %** [100 %, 100 %] | yes |" in table


def test_the_best_of_several_peers_counts():
    wide = "1024-1000x5-9*4"
    row = next(aim for aim in AIMS if aim.case == wide and "each core" in aim.what).row(found())
    assert "**2 x** [2 x, 2 x]" in row  # over the processes, not over the one pack
    older = list(JAX_PYTHONS)[1]
    row = next(aim for aim in AIMS if "JAX" in aim.what).row(found(**{older: 6.0}))
    assert "**1.33 x**" in row


def test_a_ratio_is_taken_within_its_round():
    rounds = [{"a": 2.0, "b": 1.0}, {"a": 8.0, "b": 8.0}, {"a": 9.0, "b": 3.0}]
    assert over_best(rounds, "a", ["b"]) == {"median": 2.0, "min": 1.0, "max": 3.0}
    assert over_best(rounds, "a", ["absent"]) is None


def test_an_aim_is_reached_at_its_number_and_missed_beyond():
    aim = Aim("case", "what", 2.0, lambda _: same(2.0))
    assert aim.row({}).endswith("| yes |")
    assert replace(aim, number=2.01).row({}).endswith("| **no** |")
    seconds = replace(aim, unit="s")
    assert seconds.row({}).endswith("| yes |")
    assert replace(seconds, number=1.99).row({}).endswith("| **no** |")


def test_the_page_begins_with_the_aims():
    text = page({})
    assert text.index("## Numbers to reach") < text.index("## Training")
    assert aims_table({}) in text
