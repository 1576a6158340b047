"""What a plugin registers is tried at once: what cannot work is refused before it trains."""

import re

import pytest
import torch

from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.registration import (
    register_activation,
    register_initialization,
    register_variant,
)
from glorot_sweep.parts.torch.activations import ActivationFunction
from glorot_sweep.parts.variants import VARIANTS, Variant

pytestmark = pytest.mark.usefixtures("unregistered")


class Shifted(ActivationFunction):
    """tanh(s) + offset, whose derivative is `factor` times as large as it should be."""

    factor, offset = 1.0, 0.0

    def forward(self, s, z, memo):
        torch.tanh(s, out=z)
        memo.copy_(1 - z * z)
        z.add_(self.offset)

    def backward(self, signal, z, memo, delta):
        torch.mul(signal, memo * self.factor, out=delta)


class Steep(Shifted):
    factor = 2.0


class High(Shifted):
    offset = 0.5


def register(function, **changes):
    register_activation("mine", function, **{"asymptotes": (-1.0, 1.0), **changes})


def test_an_activation_is_taken_and_its_value_at_0_is_computed():
    register(Shifted)
    assert isinstance(ACTIVATIONS["mine"].function, Shifted)
    assert (ACTIVATIONS["mine"].at_zero, ACTIVATIONS["mine"].asymptotes) == (0.0, (-1.0, 1.0))


def test_a_wrong_derivative_is_refused_with_both_numbers():
    said = "at -2.7 it says 0.0358085, and forward rises by 0.0179042; if that is meant, say surr"
    with pytest.raises(ValueError, match=re.escape(said)):
        register(Steep)
    register(Steep, surrogate_gradient=True)


def test_padded_units_must_be_silent():
    with pytest.raises(ValueError, match=r"exactly 0 at its silent_bias, .* and is 0.5 at 0; give"):
        register(High)


def unseeded(fan_in, fan_out, _generator):
    return torch.rand((fan_in, fan_out), dtype=torch.float64)


def single(fan_in, fan_out, generator):
    return torch.rand((fan_in, fan_out), generator=generator)


def turned(fan_in, fan_out, generator):
    return torch.rand((fan_out, fan_in), generator=generator, dtype=torch.float64)


DRAWS = {
    single: r"thus [3, 2], got torch.float32 [3, 2]",
    turned: r"got torch.float64 [2, 3]",
    unseeded: "must draw from the generator that it is given and from nothing else",
    (lambda *_: 1.0): "got float",
}


@pytest.mark.parametrize("draw", DRAWS)
def test_a_draw_that_is_none_is_refused(draw):
    with pytest.raises(ValueError, match=re.escape(DRAWS[draw])):
        register_initialization("mine", draw)
    assert "mine" not in INITIALIZATIONS


def test_a_variant_without_a_label_gets_one_made_of_its_parts():
    register_variant(Variant("mine", "", "tanh", "he", pretrained=True))
    assert VARIANTS["mine"].label == "Tanh, he, pretrained"
    with pytest.raises(ValueError, match="'Mine' is no name of a variant: a name has 1 to 40"):
        register_variant(Variant("Mine", "", "tanh", "he"))
