"""The search: every trial at its learning rate, its state told by the marker."""

from dataclasses import replace

import pytest

from glorot_sweep.parts.variants import PAPER_VARIANTS
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence

from .builders import FIGURES, evidence, trial, trials
from .readers import legend, titles


def shown(axes):
    """The points of a panel as (depth, state, rate, height)."""
    points = []
    for line in axes.lines:
        depth, state = line.get_label().removeprefix("depth ").split(", ")
        points += [(int(depth), state, x, y) for x, y in line.get_xydata()]
    return sorted(points)


def expected(records):
    drawn = {"complete": "objective", "pruned": "best_validation_error"}
    return sorted(
        (
            r.depth,
            r.state.word,
            r.learning_rate,
            # A diverged trial stands at the top edge, which is 1 in heights of the panel.
            1.0 if r.state == "diverged" else getattr(r, drawn[r.state]),
        )
        for r in records
    )


def test_every_trial_is_in_its_panel():
    records = trials(60, ("shapeset", "mnist"))
    drawing = FIGURES["learning_rate"].draw(evidence([], records))
    labels = [v.label for v in PAPER_VARIANTS.values()]
    assert titles(drawing) == [f"{v}, {d}" for d in ("Shapeset", "MNIST") for v in labels]
    panels = iter(drawing.figure.axes)
    for dataset in ("shapeset", "mnist"):
        for variant in PAPER_VARIANTS:
            study = [r for r in records if r.dataset == dataset]
            study = [r for r in study if r.variant == variant]
            assert shown(next(panels)) == expected(study)
    assert drawing.caption.startswith("Validation error of 600 trials")


def test_states_are_told_by_the_marker():
    axes = FIGURES["learning_rate"].draw(evidence([], trials())).figure.axes[0]
    for line in axes.lines:
        state = line.get_label().split(", ")[1]
        assert (line.get_marker() == "x") == (state == "diverged")
        assert (line.get_markerfacecolor() == "none") == (state == "pruned")
        assert (line.get_transform() == axes.get_xaxis_transform()) == (state == "diverged")


def test_depths_are_told_by_the_colour_and_named():
    drawing = FIGURES["learning_rate"].draw(evidence([], trials(60)))
    colours = {line.get_label()[:7]: line.get_color() for line in drawing.figure.axes[0].lines}
    assert len(colours) == len(set(colours.values())) == 5
    states = ["complete", "pruned", "diverged"]
    assert legend(drawing) == [f"depth {n}" for n in range(1, 6)] + states


def test_complete_trials_alone_need_no_word_for_their_state():
    one = trial("tanh", "shapeset", 1)
    assert legend(FIGURES["learning_rate"].draw(evidence([], [one]))) == [f"depth {one.depth}"]


def test_a_title_that_is_wider_than_its_panel_is_broken():
    records = [
        replace(trial("tanh", dataset, 1), variant="softsign_n_pretrained")
        for dataset in ("shapeset", "mnist")
    ]
    title, *_ = titles(FIGURES["learning_rate"].draw(evidence([], records)))
    assert title.split("\n") == ["Softsign N, pre-trained,", "Shapeset"]


def test_panels_of_a_data_set_share_their_axes_and_data_sets_only_the_rate():
    axes = FIGURES["learning_rate"].draw(evidence([], trials(6, ("shapeset", "mnist")))).figure.axes
    first, same, other = axes[0], axes[4], axes[5]
    assert first.get_shared_y_axes().joined(first, same)
    assert not first.get_shared_y_axes().joined(first, other)
    assert first.get_shared_x_axes().joined(first, other)
    assert {panel.get_xscale() for panel in axes} == {"log"}


def test_a_single_data_set_is_named_in_the_caption_alone():
    records = [trial("tanh", "shapeset", n) for n in range(3)]
    drawing = FIGURES["learning_rate"].draw(evidence([], records))
    assert titles(drawing) == ["Tanh"]
    assert "Tanh on Shapeset" in drawing.caption
    assert "100 units a layer" in drawing.caption


def test_trials_without_a_place_are_counted():
    early = replace(trial("tanh", "shapeset", 1, "pruned"), best_validation_error=None)
    records = [trial("tanh", "shapeset", 0), early, trial("tanh", "shapeset", 2, "failed")]
    drawing = FIGURES["learning_rate"].draw(evidence([], records))
    assert drawing.notes == (
        "trials not drawn: 1 failed",
        "trials not drawn: 1 pruned before the first validation error",
    )


def test_without_trials_there_is_no_figure():
    with pytest.raises(NotInEvidence, match="has no trials"):
        FIGURES["learning_rate"].draw(evidence([], [trial("tanh", "shapeset", 0, "failed")]))
    with pytest.raises(NotInEvidence, match="report a sweep"):
        FIGURES["learning_rate"].draw(Evidence())
