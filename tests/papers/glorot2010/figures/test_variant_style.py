"""Variants are told apart, and what is akin looks akin."""

from glorot_sweep.papers.glorot2010.figures.variant_style import variant_style
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.variants import VARIANTS, Variant


def test_no_two_variants_look_alike():
    styles = {name: variant_style(row) for name, row in VARIANTS.items()}
    assert len({tuple(map(str, style.values())) for style in styles.values()}) == len(VARIANTS)
    assert styles["tanh_n_growing"]["color"] == styles["tanh_n"]["color"]
    assert styles["tanh_n_growing"]["linestyle"] != styles["tanh_n"]["linestyle"]
    assert styles["gelu_he"]["linestyle"] == styles["relu_he"]["linestyle"]


def test_variants_of_a_users_activations_look_different(monkeypatch):
    for name in ("mine", "yours"):
        monkeypatch.setitem(ACTIVATIONS, name, Activation(name, "math:tanh"))
    mine, yours = (variant_style(Variant(n, n, n, "he")) for n in ("mine", "yours"))
    assert mine["color"] != yours["color"]
    assert mine["marker"] != yours["marker"]


def test_a_pretrained_variant_of_any_activation_has_its_marker():
    pretrained = Variant("gelu_p", "GELU, pre-trained", "gelu", "he", pretrained=True)
    marker = variant_style(VARIANTS["gelu_he"])["marker"]
    assert variant_style(pretrained)["marker"] == marker
