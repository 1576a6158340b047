"""The best of k trials of a search, group by group."""

from dataclasses import replace

import numpy as np
import pytest
from report_builders import cell, collected
from run_builders import record
from sweep_builders import grouped

from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence
from glorot_sweep.significance import expected_best

from .builders import FIGURES

GROUPS, TRIALS = 2, 3


def trial(variant, group, number, state="complete", depth=2, **changes):
    changes = {"objective": 50.0 + 10 * group + number, **changes}
    return record(
        "trial", state, variant=variant, group=group, trial=number, depth=depth,
        run_id=f"{variant}-{group}-{number}", **changes,
    )  # fmt: skip


def evidence(trials, **changes):
    found = collected([cell("tanh", [40.0, 41.0]), cell("tanh_n", [30.0, 31.0])])
    settings = grouped({
        "variants": ["tanh", "tanh_n"], "search.trials": TRIALS, "search.depth_trials": 0,
        "search.groups": GROUPS, "replicates.seeds": 2, "search.sampler": "random", **changes,
    })  # fmt: skip
    return Evidence(sweep=replace(found, config=settings, trials=list(trials)))


def both(**changes):
    return [
        trial(variant, group, number, **changes)
        for variant in ("tanh", "tanh_n")
        for group in range(GROUPS)
        for number in range(TRIALS)
    ]


def draw(trials, **changes):
    return FIGURES["best_of_trials"].draw(evidence(trials, **changes))


def test_a_line_for_each_variant_up_to_the_trials_of_a_group():
    (axes,) = draw(both()).figure.axes
    assert [line.get_label() for line in axes.lines] == ["Tanh", "Tanh N"]
    counts, best = axes.lines[0].get_data()
    assert list(counts) == [1, 2, 3]
    groups = [50.0, 51.0, 52.0], [60.0, 61.0, 62.0]
    assert best == pytest.approx(np.mean([expected_best(one, 3) for one in groups], axis=0))
    assert len(axes.patches) == 2, "a band for each"


def test_one_group_has_no_band_and_the_caption_says_so():
    drawn = draw([one for one in both() if one.group == 0], **{"search.groups": 1})
    (axes,) = drawn.figure.axes
    assert len(axes.lines) == 2
    assert not axes.patches
    assert "no bands, since one group does not tell" in drawn.caption
    assert "95 % intervals of the mean over the 2 groups" in draw(both()).caption


def test_only_trials_that_were_drawn_at_random_at_the_depth_of_the_table_count():
    """Extensions follow from earlier results; other depths and failed trials are not the cell."""
    others = [
        trial("tanh", 0, TRIALS, objective=1.0),
        trial("tanh", 0, 1, depth=1, objective=1.0),
        trial("tanh", 0, 2, "failed", objective=None),
    ]
    table_depth = evidence([]).sweep.config.search.table_depth
    trials = [replace(one, depth=table_depth) for one in both()]
    others = [one if one.depth == 1 else replace(one, depth=table_depth) for one in others]
    one, other = (draw(found).figure.axes[0] for found in (trials, [*trials, *others]))
    assert np.array_equal(one.lines[0].get_ydata(), other.lines[0].get_ydata())


def test_of_a_search_that_was_extended_before_it_grew_the_first_trials_alone_count():
    """Later ones are drawn from a range that depends on results; without rounds they are not."""
    grown = {"search.trials": 2 * TRIALS, "search.grown_from": [[TRIALS, 0]]}
    for extend, count in ((True, TRIALS), (False, 2 * TRIALS)):
        changes = {**grown, "search.extend": extend}
        search = evidence([], **changes).sweep.config.search
        made = [
            trial("tanh", group, number, depth=search.table_depth)
            for group in range(GROUPS)
            for number in range(search.group_trials)
        ]
        drawn = draw(made, **changes)
        (line,) = drawn.figure.axes[0].lines
        groups = [[50.0 + 10 * group + n for n in range(count)] for group in range(GROUPS)]
        expected = np.mean([expected_best(one, count) for one in groups], axis=0)
        assert line.get_ydata() == pytest.approx(expected)
        assert f"2 groups of {count} trials" in drawn.caption
        assert ("Of each group its first trials alone" in drawn.caption) == extend


def test_what_the_search_of_the_depth_came_upon_does_not_count():
    """Every second trial searches the depth; all of them have come upon that of the table."""
    changes = {"search.depth_trials": TRIALS, "search.depth": {"low": 1, "high": 3}}
    search = evidence([], **changes).sweep.config.search
    made = [
        trial("tanh", group, number, depth=search.table_depth)
        for group in range(GROUPS)
        for number in range(2 * TRIALS)
    ]
    (axes,) = draw(made, **changes).figure.axes
    asked = [
        [
            one.objective
            for one in made
            if search.is_at_table_depth(one.trial) and one.group == group
        ]
        for group in range(GROUPS)
    ]
    assert [len(own) for own in asked] == [TRIALS] * GROUPS
    expected = np.mean([expected_best(own, TRIALS) for own in asked], axis=0)
    assert axes.lines[0].get_ydata() == pytest.approx(expected)


def test_a_pruned_trial_counts_with_the_best_that_was_seen():
    trials = both()
    trials[2] = record("trial", "pruned", **{
        "variant": "tanh", "group": 0, "trial": 2, "depth": 2, "run_id": "pruned",
        "best_validation_error": 70.0, "objective": None,
    })  # fmt: skip
    (axes,) = draw(trials).figure.axes
    assert axes.lines[0].get_ydata()[0] == pytest.approx((50 + 51 + 70 + 60 + 61 + 62) / 6)


@pytest.mark.parametrize(
    ("trials", "changes", "reason"),
    [
        (both(), {"search.sampler": "tpe"}, "sampler tpe are not drawn independently"),
        ([], {}, "no two trials at depth"),
    ],
)
def test_what_it_cannot_be_drawn_from(trials, changes, reason):
    with pytest.raises(NotInEvidence, match=reason):
        draw(trials, **changes)
    with pytest.raises(NotInEvidence, match="report a sweep"):
        FIGURES["best_of_trials"].draw(Evidence())
