"""What captions say of intervals."""

import pytest
from report_builders import cell, collected
from sweep_builders import grouped

from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.render import caption, reading_note
from glorot_sweep.report.render_beyond import beyond_caption

CELLS = [cell("tanh", [40.0] * 6), cell("tanh_n", [30.0] * 6)]
FIXED = "the fixed validation and test sets"


def of(groups, test="welch", **changes):
    """Configuration of six replicates of so many groups, three trials each at the table's depth."""
    return grouped({"replicates.seeds": 6, "search.groups": groups, "significance.test": test,
                    **changes})  # fmt: skip


def test_a_stored_sweep_of_before_left_the_search_out():
    text = caption(collected(CELLS).config, PAPER)
    assert "it leaves out the search" in text
    assert "the best of 3 or more trials of 30 updates" in text, (
        "three of six, and what came upon it"
    )


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_where_all_trials_of_before_had_one_depth_they_are_counted(share):
    changes = {"search.depth": {"low": 2, "high": 2}, "search.table_depth_share": share}
    assert "the best of 6 trials of" in caption(collected(CELLS, changes).config, PAPER)


def test_a_search_of_another_length_is_named():
    shorter = of(6, **{"search.updates": 30})
    assert "the best of 3 trials of 30 updates: the interval" in caption(shorter, PAPER)


def test_trials_by_which_a_search_was_extended_count():
    assert "the best of 5 trials: " in caption(of(6, **{"search.extend": True}), PAPER)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (1, f"All seeds repeat one winner, the best of 3 trials: the interval covers initial "
            f"weights and order of examples; it leaves out the search, and {FIXED}."),
        (6, "Each seed repeats the winner of a search of its own, the best of 3 trials: the "
            f"interval covers search, initial weights and order of examples, but not {FIXED}."),
        (3, "The seeds repeat the winners of 3 searches, each the best of 3 trials; the mean of a "
            "search's seeds is one observation: the interval covers search, initial weights and "
            f"order of examples, but not {FIXED}."),
    ],
)  # fmt: skip
def test_both_captions_say_what_the_interval_covers(groups, said):
    config = of(groups)
    assert said in caption(config, PAPER)
    assert said in beyond_caption(config)


@pytest.mark.parametrize(
    ("groups", "said"),
    [(1, ": mean over 6 seeds ["), (6, ": mean over 6 seeds ["),
     (4, ": mean over the means of 4 searches, 6 seeds in all [")],
)  # fmt: skip
def test_both_captions_say_what_a_mean_is_over(groups, said):
    config = of(groups)
    assert said in caption(config, PAPER)
    assert said in beyond_caption(config)


@pytest.mark.parametrize("test", ["welch", "paired_seeds"])
@pytest.mark.parametrize(
    ("groups", "units"), [(1, "6 seeds"), (6, "6 seeds"), (3, "3 searches"), (4, "4 searches")]
)
def test_the_note_says_what_bold_means(groups, units, test):
    note = reading_note(of(groups, test))
    assert f"A bold cell is not distinguishable from the best with {units}" in note
    assert ("what another search would have chosen" in note) == (groups == 1)


def test_bold_claims_no_more_than_was_found():
    for groups in (1, 3, 6):
        config = of(groups)
        text = caption(config, PAPER) + reading_note(config)
        assert "Bold: not distinguishable from the best of its column" in text
        for said in ("clearly", "as good as", "one run"):
            assert said not in text
