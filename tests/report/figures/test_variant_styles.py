"""Variants are told apart, with colours and without, and look the same in every figure."""

import pytest

from glorot_sweep.parts.variants import PAPER_VARIANTS, VARIANTS
from glorot_sweep.report.figures.on_dark import PAPER, contrast, on_dark
from glorot_sweep.report.figures.question import QUESTION_FIGURES
from glorot_sweep.report.figures.variant_styles import COLOURS, variant_styles

from .builders import FIGURES

MANY = [*PAPER_VARIANTS, *(f"own{n}" for n in range(15))]


@pytest.mark.parametrize("telling", [("color", "linestyle"), ("linestyle", "marker")])
def test_no_two_of_twenty_variants_look_alike_with_colours_or_without(telling):
    for names in (MANY, [f"own{n}" for n in range(20)]):
        styles = variant_styles(names)
        assert list(styles) == names
        assert len({tuple(str(one[key]) for key in telling) for one in styles.values()}) == 20


def test_any_number_of_variants_has_styles_and_the_first_five_keep_theirs():
    styles = variant_styles([*MANY, *VARIANTS, *(f"more{n}" for n in range(200))])
    assert len(styles) > 220
    assert {name: styles[name] for name in PAPER_VARIANTS} == variant_styles(PAPER_VARIANTS)


@pytest.mark.slow
def test_a_variant_looks_the_same_in_every_figure(full):
    seen = {}
    figures = [FIGURES[name] for name in ("cells", "figure_11", "figure_12", "best_of_trials")]
    for planned in (*figures, QUESTION_FIGURES[1]):
        for axes in planned.draw(full).figure.axes:
            for line in axes.lines:
                look = (line.get_color(), str(line._dash_pattern), line.get_marker())
                seen.setdefault(str(line.get_label()), set()).add(look)
    labels = [row.label for row in PAPER_VARIANTS.values()]
    assert all(len(seen[label]) == 1 for label in labels)
    assert len({look for label in labels for look in seen[label]}) == len(labels)


def test_every_colour_stands_out_on_white_and_its_counterpart_on_a_dark_page():
    for colour in COLOURS:
        assert contrast(colour, "#ffffff") >= 4.5, colour
        assert contrast(on_dark(colour), PAPER) >= 4.5, colour
    assert len({on_dark(colour) for colour in COLOURS}) == len(COLOURS)
