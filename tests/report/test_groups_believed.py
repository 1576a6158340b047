"""Runs of a search in groups: compared with their own group, and with nothing else."""

import pytest
from run_builders import record
from sweep_builders import grouped

from glorot_sweep.report.belief import asked_for, doubts_about_likeness, doubts_about_trials

SETTINGS = grouped({"replicates.seeds": 4, "search.groups": 2})
SEEDS = {("shapeset", "tanh"): 4, ("shapeset", "tanh_n"): 4}
TRIALS = SETTINGS.search.group_trials


def trials(*, lacking=(), more=()):
    """The trials of both variants and groups, by (variant, group, number)."""
    wanted = [(v, g, n) for v in ("tanh", "tanh_n") for g in (0, 1) for n in range(TRIALS)]
    return [
        record("trial", run_id=f"{v}{g}{n}", variant=v, group=g, trial=n)
        for v, g, n in [*(one for one in wanted if one not in lacking), *more]
    ]


def replicates(**changes):
    """Four of two winners, whose learning rates differ; of seed 3 anything may be changed."""
    return [
        record("replicate", run_id=f"r{seed}", seed=seed,
               **{"group": seed % 2, "learning_rate": 0.1 + seed % 2,
                  **(changes if seed == 3 else {})})
        for seed in range(4)
    ]  # fmt: skip


def said(doubts):
    return [doubt.sentence for doubt in doubts]


def test_all_trials_of_all_groups_are_believed():
    assert doubts_about_trials(trials(), SETTINGS, SEEDS) == []


def test_a_trial_that_one_group_lacks_is_missed():
    (doubt,) = doubts_about_trials(trials(lacking=[("tanh_n", 1, 4)]), SETTINGS, SEEDS)
    assert doubt.sentence == "tanh_n on shapeset: the runs of trials 4 of group 1 are gone"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (("tanh", 2, 0), "is a trial of no study of this sweep"),
        (("tanh", None, 0), "is a trial of no study of this sweep"),
        (("tanh", 1, TRIALS), f"is trial {TRIALS} of group 1, and each group has {TRIALS}"),
        (("tanh", 1, 3), "is one of 2 runs of trial 3 of group 1"),
    ],
)
def test_a_trial_too_many_is_left_out(more, expected):
    doubts = doubts_about_trials(trials(more=[more]), SETTINGS, SEEDS)
    assert all(expected in doubt.what and doubt.is_left_out for doubt in doubts)
    assert doubts


def test_winners_of_two_groups_may_differ():
    assert doubts_about_likeness(replicates()) == []
    assert asked_for(replicates(), SETTINGS, SEEDS)[1] == []


def test_replicates_of_a_group_may_not():
    found = [*replicates(), record("replicate", run_id="r5", seed=5, group=1, learning_rate=0.3)]
    (doubt,) = doubts_about_likeness(found)
    assert doubt.run_id == "r5"
    assert "has learning_rate 0.3, and the rest of group 1 1.1" in doubt.what


def test_a_replicate_of_another_group_than_its_seed_asks_for_is_left_out():
    wanted, doubts = asked_for(replicates(group=0), SETTINGS, SEEDS)
    assert [run.run_id for run in wanted] == ["r0", "r1", "r2"]
    assert "it repeats a winner of group 0, and seed 3 is of 1" in said(doubts)[0]
