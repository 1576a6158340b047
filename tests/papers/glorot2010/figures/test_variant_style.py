"""Variants are told apart, and what is akin looks akin."""

from glorot_sweep.papers.glorot2010.figures.variant_style import variant_style
from glorot_sweep.parts.variants import VARIANTS


def test_no_two_variants_look_alike():
    styles = [tuple(map(str, variant_style(row).values())) for row in VARIANTS.values()]
    assert len(set(styles)) == len(VARIANTS)
    assert (
        variant_style(VARIANTS["tanh_n_growing"])["color"]
        == variant_style(VARIANTS["tanh_n"])["color"]
    )
    assert (
        variant_style(VARIANTS["tanh_n_growing"])["linestyle"]
        != variant_style(VARIANTS["tanh_n"])["linestyle"]
    )
