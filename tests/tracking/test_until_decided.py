"""What runs have decided: which seeds the driver trains, and the report expects."""

import pytest
from run_builders import record
from sweep_builders import grouped

from glorot_sweep.significance import Outcome
from glorot_sweep.tracking.until_decided import reached, sentence

SETTINGS = grouped({
    "variants": ["tanh", "tanh_n", "softsign", "sigmoid"],
    "replicates.seeds": 5,
    "replicates.until_decided": {"most": 15, "step": 5},
    "comparisons": [["tanh_n", "tanh"], ["softsign", "tanh"]],
})  # fmt: skip
LEVELS = {"tanh": 60.0, "tanh_n": 40.0, "softsign": 58.0, "sigmoid": 70.0}
PAIR = (("shapeset", "tanh"), ("shapeset", "tanh_n"))
OTHER = (("shapeset", "tanh"), ("shapeset", "softsign"))


def replicate(variant, seed, **changes):
    """A replicate whose error depends on its variant and, by up to four points, on its seed."""
    error = LEVELS[variant] + (seed * 7 + len(variant)) % 5
    return record("replicate", run_id=f"{variant}{seed}", variant=variant, seed=seed,
                  **{"group": seed, "test_error": error, **changes})  # fmt: skip


def replicates(**seeds):
    return [replicate(variant, seed) for variant, n in seeds.items() for seed in range(n)]


def seeds(found):
    return [found.seeds["shapeset", variant] for variant in LEVELS]


def test_before_the_first_look_every_cell_needs_its_first_seeds():
    found = reached(SETTINGS, replicates(tanh=5, tanh_n=4, softsign=5, sigmoid=5))
    assert seeds(found) == [5, 5, 5, 5]
    assert {one.outcome for one in found.decisions.values()} == {Outcome.OPEN}


@pytest.mark.parametrize("sigmoid", [0, 3, 5])
def test_a_variant_that_is_not_compared_is_not_waited_for_and_gets_no_more(sigmoid):
    """A sweep may grow by one when its comparisons are decided: these stay what they are."""
    first = reached(SETTINGS, replicates(tanh=5, tanh_n=5, softsign=5, sigmoid=sigmoid))
    assert seeds(first) == [10, 10, 10, 5]
    ended = reached(SETTINGS, replicates(tanh=15, tanh_n=10, softsign=15, sigmoid=sigmoid))
    assert seeds(ended) == [15, 10, 15, 5]
    assert ended.decisions[PAIR].outcome is Outcome.DECIDED


def test_what_is_decided_needs_no_further_seed_of_its_own():
    found = reached(SETTINGS, replicates(tanh=10, tanh_n=10, softsign=10, sigmoid=5))
    assert found.decisions[PAIR].outcome is Outcome.DECIDED
    assert found.decisions[OTHER].outcome is Outcome.OPEN
    assert seeds(found) == [15, 10, 15, 5]
    last = reached(SETTINGS, replicates(tanh=15, tanh_n=10, softsign=15, sigmoid=5))
    assert seeds(last) == [15, 10, 15, 5]
    assert last.decisions[PAIR].seeds == 10
    assert last.decisions[OTHER].outcome in {Outcome.DECIDED, Outcome.SPENT}


def test_runs_of_later_looks_do_not_change_what_an_unfinished_one_asks_for():
    found = reached(SETTINGS, replicates(tanh=15, tanh_n=15, softsign=4, sigmoid=5))
    assert seeds(found) == [5, 5, 5, 5]


@pytest.mark.parametrize(
    "changes",
    [
        {"group": 3},
        {"group": None},
        {"role": "best_depth"},
    ],
)
def test_what_no_comparison_is_made_of_is_not_counted(changes):
    runs = replicates(tanh=5, tanh_n=5, softsign=5, sigmoid=5)
    runs[0] = replicate("tanh", 0, **changes)
    assert seeds(reached(SETTINGS, runs)) == [5, 5, 5, 5]


def test_one_that_has_failed_for_good_has_ended_and_has_no_error():
    runs = replicates(tanh=5, tanh_n=5, softsign=5, sigmoid=5)
    runs[0] = replicate("tanh", 0, state="failed", given_up=True, test_error=None)
    found = reached(SETTINGS, runs)
    assert seeds(found) == [10, 10, 10, 5]
    assert found.decisions[PAIR].common == 4


def test_the_order_of_the_runs_does_not_matter():
    runs = replicates(tanh=10, tanh_n=10, softsign=10, sigmoid=5)
    assert reached(SETTINGS, runs) == reached(SETTINGS, runs[::-1])


def test_other_sweeps_have_the_seeds_that_they_ask_for():
    found = reached(grouped(), [])
    assert (found.decisions, found.design) == ({}, None)
    assert set(found.seeds.values()) == {grouped().replicates.seeds}
    assert found.groups(grouped(), "shapeset", "tanh") == grouped().search.groups == 2
    far = reached(SETTINGS, replicates(tanh=10, tanh_n=10, softsign=10, sigmoid=5))
    assert far.groups(SETTINGS, "shapeset", "tanh_n") == 10


def test_it_is_said_in_words():
    found = reached(SETTINGS, replicates(tanh=10, tanh_n=10, softsign=10, sigmoid=5))
    said = sentence(PAIR, found.decisions[PAIR], 0.005)
    assert said.startswith(
        "tanh_n against tanh on shapeset: decided with 10 seeds, tanh_n has the lower error, by 20"
    )
    assert "over all looks and comparisons" in said
    assert "softsign against tanh on shapeset: open after 10" in sentence(
        OTHER, found.decisions[OTHER], 0.005
    )
