"""Variants are told apart, and what is akin looks akin."""

from glorot_sweep.papers.glorot2010.figures.variant_style import variant_style
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.variants import VARIANTS, Variant


def test_no_two_variants_look_alike():
    styles = [tuple(map(str, variant_style(row).values())) for row in VARIANTS.values()]
    assert len(set(styles)) == len(VARIANTS)
    assert (
        variant_style(VARIANTS["tanh_n_growing"])["color"]
        == variant_style(VARIANTS["tanh_n"])["color"]
    )
    assert (
        variant_style(VARIANTS["gelu_he"])["linestyle"]
        == variant_style(VARIANTS["relu_he"])["linestyle"]
    )
    assert (
        variant_style(VARIANTS["tanh_n_growing"])["linestyle"]
        != variant_style(VARIANTS["tanh_n"])["linestyle"]
    )


def test_variants_of_a_users_activations_look_different(monkeypatch):
    for name in ("mine", "yours"):
        monkeypatch.setitem(ACTIVATIONS, name, Activation(name, "math:tanh"))
        monkeypatch.setitem(VARIANTS, name, Variant(name, name, name, "he"))
    pretrained = Variant("gelu_p", "GELU, pre-trained", "gelu", "he", pretrained=True)
    monkeypatch.setitem(VARIANTS, "gelu_p", pretrained)
    mine, yours, gelu = (variant_style(VARIANTS[name]) for name in ("mine", "yours", "gelu_p"))
    assert mine["color"] != yours["color"]
    assert mine["marker"] != yours["marker"]
    assert gelu["marker"] == variant_style(VARIANTS["gelu_he"])["marker"]
