"""Shares of saturated activations against a count one by one."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from diagnostics import slow_doubles
from glorot_sweep.diagnostics.saturation import saturation_share
from glorot_sweep.parts.activations import ACTIVATIONS

pytestmark = pytest.mark.usefixtures("one_torch_thread")

NAMES = sorted(ACTIVATIONS)


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
    st.floats(0.05, 0.95),
    st.integers(0, 1000),
)
def test_a_stack_of_different_activations(names: list[str], bound: float, seed: int) -> None:
    """No random value lies within rounding of a bound; `test_at_the_bound` looks there."""
    s = 3 * torch.randn(len(names), 5, 8, generator=torch.manual_seed(seed), dtype=torch.float64)
    z, slopes = torch.empty_like(s), torch.empty_like(s)
    for row, name in enumerate(names):
        function, memo = ACTIVATIONS[name].function, torch.empty_like(s[row])
        function.forward(s[row], z[row], memo)
        function.backward(torch.ones_like(s[row]), z[row], memo, slopes[row])
    functions = [ACTIVATIONS[name] for name in names]
    found = saturation_share(
        z, bound, [f.asymptotes for f in functions], [f.at_zero for f in functions],
        [f.dip for f in functions], slopes,
    )  # fmt: skip
    for row, name in enumerate(names):
        limits = slow_doubles.LIMITS[name]
        expected = slow_doubles.saturation(
            z[row].flatten().tolist(), bound, limits, slow_doubles.DIPS.get(name),
            slopes[row].flatten().tolist(),
        )  # fmt: skip
        assert float(found[row]) == pytest.approx(expected, abs=1e-15)


def test_every_limit_has_a_double() -> None:
    assert sorted(slow_doubles.LIMITS) == NAMES


def test_the_sigmoid_saturates_around_its_own_middle() -> None:
    z = torch.tensor([[0.04, 0.06, 0.5, 0.94, 0.96]], dtype=torch.float64)
    assert saturation_share(z, 0.9, [(0.0, 1.0)]).tolist() == [0.4]
    assert saturation_share(z, 0.9, [(-1.0, 1.0)]).tolist() == [0.4]  # 0.94 and 0.96


def test_with_a_lower_asymptote_alone_it_is_the_way_down_from_f_of_zero() -> None:
    """Exact zeros of the ReLU; of the softplus what has covered 0.9 of the way from log 2."""
    z = torch.tensor([[0.0, 0.0, 1e-300, 7.0], [0.01, 0.069, 0.070, 7.0]], dtype=torch.float64)
    found = saturation_share(z, 0.9, [(0.0, math.inf)] * 2, [0.0, math.log(2.0)])
    assert found.tolist() == [0.5, 0.5]


def test_values_near_zero_are_saturated_on_the_falling_side_of_a_dip_alone() -> None:
    """Half of the way from a dip of -1 up to 0, the bound included."""
    z = torch.tensor([[0.0, -0.5, -0.51, -0.01, 5.0]], dtype=torch.float64)
    slopes = torch.tensor([[0.0, -0.2, -0.2, 0.4, 1.0]], dtype=torch.float64)
    found = saturation_share(z, 0.5, [(0.0, math.inf)], [0.0], [-1.0], slopes)
    assert found.tolist() == [0.4]


def test_at_the_bound() -> None:
    """Beyond means beyond; one half and one quarter have no rounding."""
    z = torch.tensor([[-0.5, 0.5, 0.5 + 2.0**-53, 0.0]], dtype=torch.float64)
    assert saturation_share(z, 0.5, [(-1.0, 1.0)]).tolist() == [0.25]


def test_nothing_saturates_without_asymptotes() -> None:
    z = torch.tensor([[1e30, -1e30, 0.0], [1.0, -1.0, 0.0]])
    found = saturation_share(z, 0.9, [(-math.inf, math.inf), (-1.0, 1.0)])
    assert found.dtype == torch.float64
    assert found.tolist() == [0.0, pytest.approx(2 / 3)]


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "gelu", "identity"])
def test_what_falls_is_saturated_where_its_mirror_image_is(name: str) -> None:
    """f(-s) has the values of f at -s, the asymptotes in the other order and the slopes' signs."""
    f, s = ACTIVATIONS[name], torch.linspace(-4, 4, 81, dtype=torch.float64).unsqueeze(0)
    z, slopes, memo = torch.empty_like(s), torch.empty_like(s), torch.empty_like(s)
    f.function.forward(s, z, memo)
    f.function.backward(torch.ones_like(s), z, memo, slopes)
    rising = saturation_share(z, 0.9, [f.asymptotes], [f.at_zero], [f.dip], slopes)
    fallen = f.asymptotes[1], f.asymptotes[0]
    falling = saturation_share(z.flip(1), 0.9, [fallen], [f.at_zero], [f.dip], -slopes.flip(1))
    assert falling.tolist() == rising.tolist()
    assert (float(rising[0]) > 0) == (name != "identity")


def test_what_tends_to_the_same_value_on_both_sides_is_never_saturated() -> None:
    z = torch.tensor([[0.0, 0.001, 0.5, 1.0]])
    assert saturation_share(z, 0.9, [(0.0, 0.0)]).tolist() == [0.0]


def test_values_are_left_as_they_are() -> None:
    z = torch.rand(2, 30, generator=torch.manual_seed(3), dtype=torch.float64)
    before = z.clone()
    saturation_share(z, 0.9, [(-1.0, 1.0)] * 2)
    assert torch.equal(z, before)
