"""Equations (5) to (7), corrected: against the written-out products, and against chance itself."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics import slow_doubles
from glorot_sweep.diagnostics.variance_prediction import WeightScale, predict_variances

SIZES = (6, 5, 4, 3)  # two hidden layers
DRAWS = 40_000

positive = st.floats(1e-3, 1e3)


@given(st.lists(st.integers(1, 50), min_size=3, max_size=9), st.data())
def test_against_written_out_products(sizes: list[int], values: st.DataObject) -> None:
    """At most 20 roundings on either side."""
    shapes = list(itertools.pairwise(sizes))
    variances = [values.draw(positive) for _ in shapes]
    x2, delta2 = values.draw(positive), values.draw(positive)
    scales = [WeightScale(*shape, v) for shape, v in zip(shapes, variances, strict=True)]
    found = predict_variances(scales, x2, delta2)
    expected = slow_doubles.predicted_variances(shapes, variances, x2, delta2)
    columns = (found.activations, found.gradients, found.weight_gradients)
    for column, other in zip(columns, expected, strict=True):
        assert column == pytest.approx(other, rel=40 * 2.0**-53)


def test_against_random_linear_networks() -> None:
    """The mean over draws of the weights, and within 5 of its standard errors.

    The gradient that arrives at the output is drawn apart from the weights, as the derivation
    assumes. Inputs have a mean, so that E[x^2] and Var[x] differ.
    """
    draw = np.random.default_rng(0)
    variances = (0.3, 0.1, 0.5)
    x = 1 + draw.standard_normal((DRAWS, 1, SIZES[0]))
    weights = [
        np.sqrt(variance) * draw.standard_normal((DRAWS, rows, columns))
        for variance, rows, columns in zip(variances, SIZES, SIZES[1:], strict=False)
    ]
    entering = [x, x @ weights[0], x @ weights[0] @ weights[1]]
    last = draw.standard_normal((DRAWS, 1, SIZES[-1]))
    turned = [weight.transpose(0, 2, 1) for weight in weights]
    deltas = [last @ turned[2] @ turned[1], last @ turned[2], last]
    products = [z * delta.transpose(0, 2, 1) for z, delta in zip(entering, deltas, strict=True)]
    scales = [
        WeightScale(rows, columns, variance)
        for variance, rows, columns in zip(variances, SIZES, SIZES[1:], strict=False)
    ]
    predicted = predict_variances(scales, input_square=2.0, output_gradient_square=1.0)
    pairs = [
        *zip(entering[1:], predicted.activations, strict=True),
        *zip(deltas, predicted.gradients, strict=True),
        *zip(products, predicted.weight_gradients, strict=True),
    ]
    assert len(pairs) == 2 + 3 + 3
    for values, variance in pairs:
        squares = (values**2).mean((1, 2))  # independent over draws, not within one
        assert abs(squares.mean() - variance) < 5 * squares.std() / np.sqrt(DRAWS)
        assert squares.std() / np.sqrt(DRAWS) < 0.04 * variance


def test_one_size_and_one_variance() -> None:
    """Eq. (13) corrected and Eq. (14): n Var[W] = 1/3, Eq. (15), for five hidden layers."""
    found = predict_variances([WeightScale(30, 30, 1 / 90)] * 6, 0.343, 0.5)
    assert found.activations == pytest.approx([0.343 / 3**i for i in range(1, 6)])
    assert found.gradients == pytest.approx([0.5 / 3 ** (5 - i) for i in range(6)])
    assert found.weight_gradients == pytest.approx([0.343 * 0.5 / 3**5] * 6)
