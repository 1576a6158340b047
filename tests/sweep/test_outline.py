"""What a sweep may come to where seeds are added until it is decided."""

import io

import pytest
from rich.console import Console
from sweep_builders import grouped

from glorot_sweep.sweep.contents.phases import phases
from glorot_sweep.sweep.outline import outline, planned_runs, show_outline, two_depths
from glorot_sweep.sweep.unused import unused

AT_ONE = {"search.depth_trials": 0}  # depth
UNTIL = {
    "replicates.seeds": 5,
    "replicates.until_decided": {"most": 20, "step": 5},
    "comparisons": [["tanh_n", "tanh"]],
}


def until(changes=None):
    return grouped({**UNTIL, **(changes or {})})


def test_a_plan_says_the_least_and_the_most():
    settings = until({"variants": ["tanh", "tanh_n", "softsign"]})
    least = planned_runs(settings, at_most=False)
    most = planned_runs(settings)
    trials = settings.search.group_trials
    assert (least["search"], least["replicates"]) == (3 * 5 * trials, 3 * 5 * 2)
    assert (most["search"], most["replicates"]) == (45 * trials, 45 * 2)  # softsign has 5 groups
    assert f"{3 * 5 * trials} to {45 * trials} trials, up to 90 replicates" in outline(settings)
    assert f", {2 * 2 * trials} trials," in outline(grouped())


def test_the_first_look_is_a_sweep_of_that_many_seeds():
    settings, fixed = until(), grouped({**UNTIL, "replicates.until_decided": None})
    assert list(phases(settings)) == list(phases(fixed))
    more = grouped({**UNTIL, "replicates.seeds": 20, "replicates.until_decided": None})
    assert [phase.specs for phase in phases(settings, at_most=True)] == [
        phase.specs for phase in phases(more)
    ]


def test_it_is_said_at_which_look_something_can_be_decided(tmp_path):
    console = Console(record=True, width=400, file=io.StringIO())
    show_outline(until(), tmp_path / "a.yaml", console)
    said = console.export_text()
    assert "with the first 5 seeds; up to " in said
    assert "nothing can be decided with fewer than 10" in said


def test_where_one_depth_is_searched_no_winner_is_at_two():
    searched, single = grouped(), grouped({"search.depth": {"low": 2, "high": 2}, **AT_ONE})
    assert two_depths(searched)
    assert "up to 8 replicates" in outline(searched)
    assert not two_depths(single)
    assert outline(single).endswith(", 4 replicates")


UNUSED = {
    "no rungs": (
        {"search.rungs": []},
        "search.pruner gives up no trial: there are no search.rungs",
    ),
    "rungs too early": (
        {"search.rungs": [100]},
        "all of search.rungs lie before search.pruner.start, 0.5 of the 300 updates",
    ),
    "one generation": (
        {"search.generation": 6},
        "each group has a single generation, and trials are compared with earlier ones",
    ),
    "too few earlier ones": (
        {"search.pruner.startup_trials": 4},
        "none of the 6 trials of a group comes after 4 of earlier generations",
    ),
    "too few that may be dropped": (
        {
            **AT_ONE,
            "search.depth": {"low": 2, "high": 2},
            "search.trials": 6,
            "search.pruner.least_complete": 6,
        },
        "after the first 6 (search.pruner.least_complete)",
    ),
    "equivalence of nothing": (
        {"paper": "none", "significance.equivalence": {"margin": 1.0}},
        "significance.equivalence is asked of no pair: nothing is named beforehand",
    ),
    "looks at nothing": (
        {"statistics": {"cost": "none", "updates": [100]}},
        "statistics.updates changes nothing: statistics.cost is none",
    ),
}


@pytest.mark.parametrize(("changes", "said"), UNUSED.values(), ids=UNUSED)
def test_a_key_that_changes_nothing_is_told(tmp_path, changes, said):
    used = {"search.pruner": {"kind": "median", "startup_trials": 3}, "search.rungs": [200],
            "search.generation": 3, "search.updates": 300}  # fmt: skip
    assert not list(unused(grouped(used)))
    console = Console(record=True, width=400, file=io.StringIO())
    show_outline(grouped({**used, **changes}), tmp_path / "a.yaml", console)
    assert "note: " in console.export_text(clear=False)
    assert said in console.export_text()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"base": "tanh"}, "compares, on each data set: tanh_n with tanh\n"),
        ({"comparisons": [["tanh", "tanh_n"]]}, "compares, on each data set: tanh with tanh_n\n"),
        ({"paper": "none"}, "compares: nothing is named beforehand, so every variant with the"),
        ({}, "compares: what the paper glorot2010 compares, where its variants are here\n"),
    ],
)
def test_it_is_said_what_is_compared(tmp_path, changes, said):
    console = Console(record=True, width=400, file=io.StringIO())
    show_outline(grouped(changes), tmp_path / "a.yaml", console)
    assert said in console.export_text()
