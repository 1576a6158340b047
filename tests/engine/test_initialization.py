"""Equations (1), (12), (15) and (16)."""

import itertools
import math
from statistics import NormalDist

import numpy as np
import pytest
import torch
from builders import torch_threads

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.torch.initialization import initial_weights
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.torch.initializations import normalized_bound, standard_bound

SIZES = [300, 500, 500, 9]
PAIRS = list(itertools.pairwise(SIZES))


UNIFORM = ("standard", "normalized", "he_uniform", "lecun_uniform")
NORMAL = ("gaussian", "he", "unit_gaussian", "lecun_normal", "xavier_normal")


def variance_of(name: str, fan_in: int, fan_out: int) -> float:
    """Of the weights that are drawn."""
    return {
        "standard": 1 / (3 * fan_in),
        "normalized": 2 / (fan_in + fan_out),
        "he_uniform": 2 / fan_in,
        "lecun_uniform": 1 / fan_in,
        "gaussian": 1 / fan_in,
        "he": 2 / fan_in,
        "unit_gaussian": 1.0,
        "lecun_normal": 1 / fan_in,
        "xavier_normal": 2 / (fan_in + fan_out),
        "truncated_normal": 1 / fan_in,
    }[name]


def test_bounds() -> None:
    assert standard_bound(100) == 0.1
    assert normalized_bound(2, 4) == 1.0
    assert normalized_bound(1000, 1000) == pytest.approx(math.sqrt(0.003), rel=1e-15)


def whole_draws(seed: int, count: int) -> list[int]:
    """Whole numbers below 2**53: of each two words of the Mersenne twister the lower 53 bits."""
    twister = np.random.MT19937()
    twister._legacy_seeding(seed)
    words = [int(word) for word in twister.random_raw(2 * count)]
    return [((high << 32) | low) % 2**53 for high, low in zip(words[::2], words[1::2], strict=True)]


@pytest.mark.parametrize("name", [*UNIFORM, *NORMAL])
def test_draws_are_whole_numbers_from_the_mersenne_twister(name: str) -> None:
    sizes = [30, 50, 9]
    weights = initial_weights(name, sizes, 2**30 - 1)
    draws = whole_draws(2**30 - 1, 30 * 50 + 50 * 9)
    for weight, (n, m) in zip(weights, itertools.pairwise(sizes), strict=True):
        whole, draws = draws[: n * m], draws[n * m :]
        if name in UNIFORM:
            bound = {
                "standard": standard_bound(n),
                "normalized": normalized_bound(n, m),
                "he_uniform": math.sqrt(6 / n),
                "lecun_uniform": math.sqrt(3 / n),
            }[name]
            assert weight.flatten().tolist() == [(k / 2**52 - 1) * bound for k in whole]
        else:
            scale = variance_of(name, n, m) ** 0.5
            expected = [NormalDist().inv_cdf((k + 0.5) / 2**53) * scale for k in whole]
            np.testing.assert_allclose(weight.flatten(), expected, rtol=1e-12)
    assert not draws


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_between_the_bounds(name: str) -> None:
    """Of n uniform draws the largest misses the bound by more than 20/n with chance e^-10."""
    for weight, (fan_in, fan_out) in zip(initial_weights(name, SIZES, 3), PAIRS, strict=True):
        bound = math.sqrt(3 * variance_of(name, fan_in, fan_out)) * (1 + 1e-15)  # it rounds, too
        assert weight.shape == (fan_in, fan_out)
        missing = 1 - 20 / weight.numel()
        assert missing * bound < weight.max() <= bound
        assert -bound <= weight.min() < -missing * bound


@pytest.mark.parametrize("name", UNIFORM)
def test_variance(name: str) -> None:
    """Eq. (15): fan_in Var[W] = 1/3; Eq. (12): Var[W] = 2 / (fan_in + fan_out); He's; LeCun's.

    The mean square of n uniform draws has relative standard deviation sqrt(4/5 / n); five of
    them are allowed. The output matrix, 4,500 draws, is held to 6.7 %, the others to 1.2 %.
    """
    for weight, (fan_in, fan_out) in zip(initial_weights(name, SIZES, 4), PAIRS, strict=True):
        expected = variance_of(name, fan_in, fan_out)
        tolerance = 5 * math.sqrt(0.8 / weight.numel())
        assert float(weight.square().mean()) == pytest.approx(expected, rel=tolerance)
        assert abs(float(weight.mean())) < 5 * math.sqrt(expected / weight.numel())


@pytest.mark.parametrize("name", NORMAL)
def test_gaussian(name: str) -> None:
    """Mean 0, the variance that is asked for, and the tails and the middle of a normal law.

    The mean square of n normal draws has relative standard deviation sqrt(2 / n), a share q
    sqrt(q (1 - q) / n); five of them are allowed.
    """
    for weight, pair in zip(initial_weights(name, SIZES, 4), PAIRS, strict=True):
        n, expected = weight.numel(), variance_of(name, *pair)
        tolerance = 5 * math.sqrt(2 / n)
        assert float(weight.square().mean()) == pytest.approx(expected, rel=tolerance)
        assert abs(float(weight.mean())) < 5 * math.sqrt(expected / n)
        for deviations in (0.5, 2.0):
            share = math.erf(deviations / math.sqrt(2))
            inside = (weight.abs() < deviations * math.sqrt(expected)).double().mean()
            assert abs(float(inside) - share) < 5 * math.sqrt(share * (1 - share) / n)


def test_truncated_normal() -> None:
    """No further out than the cut, the standard deviation of LeCun's, and the shape within.

    The law before the cut has standard deviation w; its fourth moment after the cut is below 3,
    so the mean square of n draws has relative standard deviation below sqrt(2 / n), as in
    `test_gaussian`.
    """
    for weight, (fan_in, _) in zip(
        initial_weights("truncated_normal", SIZES, 4), PAIRS, strict=True
    ):
        n, law = weight.numel(), NormalDist()
        inside = law.cdf(2) - law.cdf(-2)
        w = 1 / math.sqrt(fan_in * (1 - 4 * law.pdf(2) / inside))
        assert 2 * w * (1 - 100 / n) < float(weight.abs().max()) <= 2 * w * (1 + 1e-12)
        assert float(weight.square().mean()) == pytest.approx(1 / fan_in, rel=5 * math.sqrt(2 / n))
        within = (weight.abs() < w / 2).double().mean()
        share = (law.cdf(0.5) - law.cdf(-0.5)) / inside
        assert abs(float(within) - share) < 5 * math.sqrt(share * (1 - share) / n)


def test_the_outermost_and_innermost_normal_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The uniform draws 0, 1/2 - 2**-53, 1/2 and 1 - 2**-53 lie symmetrically, none at an end."""
    whole = torch.tensor([[0, 2**52 - 1, 2**52, 2**53 - 1]], dtype=torch.float64)
    monkeypatch.setattr(torch, "rand", lambda *_, **__: whole / 2**53)
    (drawn,) = initial_weights("unit_gaussian", [1, 4], 0)
    outer = NormalDist().inv_cdf(2.0**-54)
    inner = -math.sqrt(2 * math.pi) * 2.0**-54  # the density at 0 times this is the share between
    np.testing.assert_allclose(drawn[0], [outer, inner, -inner, -outer], rtol=1e-12)


@pytest.mark.slow
def test_orthogonal() -> None:
    """The shorter side is orthonormal; 500 sums of products below 1 round by 500 units at most.

    Entries of a uniform draw have variance 1 / longer side. Its mean square is fixed, its mean
    is not: without the signs of the reflections the diagonal would be negative in most places.
    """
    drawn = initial_weights("orthogonal", [300, 500, 500, 9], 4)
    for weight in drawn:
        n, m = weight.shape
        gram = weight.T @ weight if n >= m else weight @ weight.T
        torch.testing.assert_close(
            gram, torch.eye(min(n, m), dtype=torch.float64), rtol=0, atol=500 * 2.0**-53
        )
    positive = int((drawn[1].diagonal() > 0).sum())
    assert abs(positive - 250) < 5 * math.sqrt(500) / 2
    assert drawn[0].is_contiguous()


def test_an_orthogonal_draw_does_not_depend_on_the_number_of_threads() -> None:
    with torch_threads(1):
        alone = initial_weights("orthogonal", [400, 400], 4)[0]
    with torch_threads(2):
        together = initial_weights("orthogonal", [400, 400], 4)[0]
        assert torch.get_num_threads() == 2
    assert torch.equal(alone, together)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(INITIALIZATIONS))
def test_the_seed_decides(name: str) -> None:
    inputs = torch.rand(20, SIZES[0], generator=torch.manual_seed(1), dtype=torch.float64)
    first, again = (initial_weights(name, SIZES, 5, "tanh", inputs) for _ in range(2))
    other = initial_weights(name, SIZES, 6, "tanh", inputs)
    torch.manual_seed(99)
    for a, b, c in zip(first, again, other, strict=True):
        assert a.dtype == torch.float64
        assert torch.equal(a, b)
        assert not torch.equal(a, c)


def test_both_initializations_scale_the_same_draw() -> None:
    standard, normalized = (initial_weights(n, [64, 64], 5)[0] for n in ("standard", "normalized"))
    # The bounds are 1/8 and sqrt(6/128); two products and one quotient, each half an ulp.
    torch.testing.assert_close(
        normalized / standard, torch.full_like(standard, math.sqrt(3.0)), rtol=1e-15, atol=0
    )


@pytest.mark.parametrize("initialization", ["standard", "normalized"])
def test_a_pack_starts_from_these_weights_in_both_precisions(initialization: str) -> None:
    asked = [
        Architecture("tanh", initialization, depth, weight_seed=40 + depth) for depth in (2, 4)
    ]
    packs = {
        dtype: PackedNetwork(asked, n_inputs=30, n_classes=9, width=33, dtype=dtype)
        for dtype in (torch.float32, torch.float64)
    }
    for dtype, pack in packs.items():
        pack.initialize()
        for trial, architecture in enumerate(asked):
            sizes = [30, *[33] * architecture.depth, 9]
            drawn = initial_weights(initialization, sizes, architecture.weight_seed)
            layers = pack.layers_of(trial)
            assert len(layers) == len(drawn) == architecture.depth + 1
            for (weight, bias), values in zip(layers, drawn, strict=True):
                assert torch.equal(weight, values.to(dtype))
                assert bias.shape == (values.shape[1],)
                assert not bias.any()
