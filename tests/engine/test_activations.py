"""Each activation against torch's own function and against autograd."""

import pytest
import torch
from oracles import FUNCTIONS

from glorot_sweep.parts.activations import ACTIVATIONS

pytestmark = pytest.mark.usefixtures("one_torch_thread")

NAMES = sorted(ACTIVATIONS)
# Large arguments saturate; 0 is softsign's kink; the last ones underflow.
SPECIAL = [0.0, -0.0, 40.0, -40.0, 800.0, -800.0, 1e30, -1e30, 1e-30, -1e-300]


def arguments(dtype: torch.dtype) -> torch.Tensor:
    spread = 4 * torch.randn(3, 5, 16, dtype=torch.float64, generator=torch.manual_seed(0))
    spread[0, 0, : len(SPECIAL)] = torch.tensor(SPECIAL, dtype=torch.float64)
    return spread.to(dtype)


def applied(name: str, s: torch.Tensor, signal: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    z, memo, delta = torch.empty_like(s), torch.empty_like(s), torch.empty_like(s)
    ACTIVATIONS[name].function.forward(s, z, memo)
    ACTIVATIONS[name].function.backward(signal, z, memo, delta)
    return z, delta


def test_names() -> None:
    assert sorted(FUNCTIONS) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_value_and_derivative(name: str, dtype: torch.dtype) -> None:
    """Values of the bounded functions lie within [-2, 2], all derivatives within [-1, 2].

    The identity, the ReLU and their derivatives are exact on both sides. Of the others, neither
    side takes more than 8 roundings of numbers below 1, or below the value itself for the
    functions without bounds (the sigmoid: halve, tanh of 2 ulp at most, halve, add), so they differ
    by 16 unit round-offs at most, times the signal, below 5, for the derivative. Found: 2.2 and
    4.9 units.
    """
    unit = torch.finfo(dtype).eps / 2
    s = arguments(dtype).requires_grad_()
    signal = torch.randn(s.shape, generator=torch.manual_seed(1)).to(dtype).clamp(-5, 5)
    expected = FUNCTIONS[name](s)
    (gradient,) = torch.autograd.grad(expected, s, signal)
    z, delta = applied(name, s.detach(), signal)
    torch.testing.assert_close(z, expected.detach(), rtol=16 * unit, atol=16 * unit)
    torch.testing.assert_close(delta, gradient, rtol=0, atol=5 * 16 * unit)


@pytest.mark.parametrize("name", NAMES)
def test_a_bit_does_not_depend_on_the_place(name: str) -> None:
    """Shifted by any number of elements, and so in a vector's body or in its tail."""
    s = 3 * torch.randn(400, generator=torch.manual_seed(2))
    signal = torch.randn(400, generator=torch.manual_seed(3))
    z, delta = applied(name, s, signal)
    for start in range(33):
        part_z, part_delta = applied(name, s[start : 300 + start], signal[start : 300 + start])
        assert torch.equal(part_z, z[start : 300 + start])
        assert torch.equal(part_delta, delta[start : 300 + start])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_silent_bias_is_silent(name: str, dtype: torch.dtype) -> None:
    s = torch.full((1, 2, 16), ACTIVATIONS[name].silent_bias, dtype=dtype)
    z, delta = applied(name, s, torch.zeros_like(s))
    assert not z.any()
    assert not delta.any()


@pytest.mark.parametrize("name", NAMES)
def test_the_dip_is_the_least_value(name: str) -> None:
    """Of a million arguments; f falls before it, and nowhere if there is none.

    Around a dip f is flat: half a step of 2e-5 off, the value is off by 1e-10 or less.
    """
    s = torch.linspace(-10, 10, 1_000_001, dtype=torch.float64)
    z, slopes = applied(name, s, torch.ones_like(s))
    dip = ACTIVATIONS[name].dip
    if dip is None:
        assert (z.diff() >= 0).all()
    else:
        assert float(z.min()) == pytest.approx(dip, abs=1e-10)
        assert ((slopes < 0) == (s < s[z.argmin()])).sum() >= len(s) - 2


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softplus"])
def test_it_stays_silent_under_any_signal(name: str) -> None:
    s = torch.full((1, 2, 16), ACTIVATIONS[name].silent_bias)
    _, delta = applied(name, s, torch.full_like(s, 1e30))
    assert not delta.any()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_value_at_infinity(name: str, dtype: torch.dtype) -> None:
    """The asymptotes, by which saturation is measured, are reached; a NaN stays one."""
    s = torch.tensor([-torch.inf, torch.inf, torch.nan], dtype=dtype)
    z, _ = applied(name, s, torch.ones_like(s))
    assert torch.equal(z[:2], torch.tensor(ACTIVATIONS[name].asymptotes, dtype=dtype))
    assert z[2].isnan()


@pytest.mark.parametrize("name", NAMES)
def test_value_at_zero(name: str) -> None:
    """f(0) is an attribute because saturation is measured from it."""
    value = float(FUNCTIONS[name](torch.zeros((), dtype=torch.float64)))
    assert ACTIVATIONS[name].at_zero == pytest.approx(value, abs=1e-15)
