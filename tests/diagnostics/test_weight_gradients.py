"""Moments of weight gradients against gradients formed entry by entry, and against autograd."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from diagnostics import slow_doubles
from glorot_sweep.diagnostics.weight_gradients import batch_gradients, weight_gradient_moments

pytestmark = pytest.mark.usefixtures("one_torch_thread")

# Sums of at most 100 products on either side, of numbers of order 1: 200 roundings, and a factor
# of 20 for the square root of a difference of squares.
CLOSE = 1e-12


def draw(trials: int, n: int, fan_in: int, fan_out: int, seed: int) -> tuple[Tensor, Tensor]:
    """Something that enters, with a mean, and gradients."""
    generator = torch.Generator().manual_seed(seed)
    entering = 0.5 + torch.rand(trials, n, fan_in, generator=generator, dtype=torch.float64)
    return entering, torch.randn(trials, n, fan_out, generator=generator, dtype=torch.float64)


@given(
    trials=st.integers(1, 4),
    n=st.integers(3, 17),
    fan_in=st.integers(1, 6),
    fan_out=st.integers(1, 6),
    batch=st.integers(1, 3),
    shared=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_against_formed_gradients(
    trials: int, n: int, fan_in: int, fan_out: int, batch: int, shared: bool, seed: int
) -> None:
    entering, gradients = draw(trials, n, fan_in, fan_out, seed)
    entering = entering[:1] if shared else entering
    found = weight_gradient_moments(entering, gradients, batch)
    formed = list(batch_gradients(entering, gradients, batch))
    for trial in range(trials):
        each = slow_doubles.example_gradients(
            entering[0 if shared else trial].numpy(), gradients[trial].numpy()
        )
        batches = np.array(slow_doubles.mean_of_batches(each, batch))
        used = np.array(each[: len(batches) * batch])
        np.testing.assert_allclose(formed[trial].numpy(), batches, rtol=0, atol=CLOSE)
        assert found.count == batches.size
        assert float(found.mean[trial]) == pytest.approx(batches.mean(), abs=CLOSE)
        # Where the spread is 0, the root of what rounding leaves is all there is: 1e-15 ** 0.5.
        assert float(found.std[trial]) ** 2 == pytest.approx(batches.var(), abs=CLOSE)
        assert float(found.per_example_std[trial]) ** 2 == pytest.approx(used.var(), abs=CLOSE)


def test_batches_of_ten_against_autograd() -> None:
    """The gradient of a batch's mean cost on a matrix of its own."""
    entering, gradients = draw(1, 40, 7, 5, seed=0)
    expected = []
    for first in range(0, 40, 10):
        weight = torch.zeros(7, 5, dtype=torch.float64, requires_grad=True)
        s = entering[0, first : first + 10] @ weight
        (gradient,) = torch.autograd.grad((s * gradients[0, first : first + 10]).sum() / 10, weight)
        expected.append(gradient)
    (formed,) = batch_gradients(entering, gradients)
    torch.testing.assert_close(formed, torch.stack(expected), rtol=0, atol=CLOSE)


def test_an_incomplete_batch_is_left_out() -> None:
    entering, gradients = draw(2, 25, 4, 3, seed=1)
    cut = weight_gradient_moments(entering[:, :20], gradients[:, :20])
    found = weight_gradient_moments(entering, gradients)
    assert found.count == cut.count == 2 * 4 * 3
    assert torch.equal(found.mean, cut.mean)
    assert torch.equal(found.std, cut.std)
    assert torch.equal(found.per_example_std, cut.per_example_std)


def test_less_than_a_batch_is_refused() -> None:
    entering, gradients = draw(1, 9, 4, 3, seed=2)
    with pytest.raises(ValueError, match="9 examples do not fill a batch of 10"):
        weight_gradient_moments(entering, gradients)
    with pytest.raises(ValueError, match="9 examples do not fill a batch of 10"):
        next(batch_gradients(entering, gradients))


def test_a_mean_a_hundred_thousand_times_the_spread() -> None:
    """What the module promises: five digits. z = 1, so every column of a gradient is one mean."""
    noise = torch.randn(1, 400, 3, generator=torch.manual_seed(3), dtype=torch.float64)
    gradients = 1e5 + noise
    found = weight_gradient_moments(torch.ones(1, 400, 2, dtype=torch.float64), gradients, batch=1)
    assert float(found.std) == pytest.approx(float(gradients.std(correction=0)), rel=1e-5)


def test_gradients_that_are_all_alike_have_no_spread() -> None:
    ones = torch.ones(2, 20, 3)
    found = weight_gradient_moments(ones, ones)
    assert found.mean.tolist() == [1.0, 1.0]
    assert found.std.tolist() == found.per_example_std.tolist() == [0.0, 0.0]


def test_single_precision_is_widened_first() -> None:
    entering, gradients = (values.float() for values in draw(2, 20, 6, 4, seed=4))
    found = weight_gradient_moments(entering, gradients)
    wide = weight_gradient_moments(entering.double(), gradients.double())
    assert found.std.dtype == torch.float64
    assert torch.equal(found.std, wide.std)
