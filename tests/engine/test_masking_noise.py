"""Masking noise: its share, its independence of everything but seed, layer and update."""

import math
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from glorot_sweep.engine.torch.masking_noise import MaskingNoise

SHAPE = (10, 37)  # not a multiple of the four inputs that one word decides on


def drawn(seeds: Sequence[int], p: float, layer: int = 0, updates: int = 1) -> Tensor:
    """Return [updates, trials, *SHAPE]."""
    noise = MaskingNoise(seeds, [p] * len(seeds), layer, SHAPE)
    return torch.stack([noise.hidden(update).clone() for update in range(updates)])


@pytest.mark.parametrize("p", [0.0, 0.1, 0.25, 0.5, 0.9])
def test_the_share_is_the_probability(p: float) -> None:
    """4 standard deviations of a mean of n coins."""
    hidden = drawn([1, 2, 3], p, updates=100).double()
    allowed = 4 * math.sqrt(p * (1 - p) / hidden.numel()) + 2**-17
    assert abs(float(hidden.mean()) - p) <= allowed


def test_each_trial_has_its_own_probability() -> None:
    noise = MaskingNoise([1, 2, 3], [0.0, 0.9, 0.1], 0, SHAPE)
    shares = torch.stack([noise.hidden(u).double().mean((1, 2)) for u in range(20)]).mean(0)
    assert float(shares[0]) == 0
    assert shares[1:].tolist() == pytest.approx([0.9, 0.1], abs=4 * math.sqrt(0.09 / 7400))


def test_a_probability_just_below_one() -> None:
    assert float(drawn([5], 1 - 1e-9, updates=50).double().mean()) >= 1 - 4 * 2**-8 / math.sqrt(7e3)


@pytest.mark.parametrize("place", [0, 1, 6])
def test_a_trials_noise_does_not_depend_on_its_neighbours(place: int) -> None:
    alone = drawn([42], 0.25, updates=5)[:, 0]
    seeds = list(range(100, 106))
    assert torch.equal(
        drawn([*seeds[:place], 42, *seeds[place:]], 0.25, updates=5)[:, place], alone
    )


def test_any_update_can_be_drawn_first() -> None:
    noise = MaskingNoise([42], [0.25], 2, SHAPE)
    assert torch.equal(noise.hidden(7)[0], drawn([42], 0.25, layer=2, updates=8)[7, 0])


def test_seeds_layers_updates_and_places_are_not_correlated() -> None:
    """The products of n independent standardized coins: 4 standard deviations are 4 / sqrt(n)."""
    p = 0.25
    one = (drawn([1, 2], p, updates=200).double() - p) / math.sqrt(p * (1 - p))
    other = (drawn([1], p, layer=1, updates=200).double() - p) / math.sqrt(p * (1 - p))
    pairs = {
        "seeds": (one[:, 0], one[:, 1]),
        "layers": (one[:, 0], other[:, 0]),
        "updates": (one[:-1, 0], one[1:, 0]),
        "examples": (one[..., :-1, :], one[..., 1:, :]),
        "inputs": (one[..., :-1], one[..., 1:]),
        "words": (one[..., :-4], one[..., 4:]),
    }
    for name, (a, b) in pairs.items():
        assert abs(float((a * b).mean())) < 4 / math.sqrt(a.numel()), name
