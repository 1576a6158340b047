"""Singular values against numpy's dense SVD of a Jacobian that autograd made."""

import math
import statistics

import numpy as np
import pytest
import torch
from scipy import stats

from diagnostics import slow_doubles
from glorot_sweep.diagnostics.jacobian import singular_values, spectrum
from glorot_sweep.engine.torch.initialization import initial_weights

pytestmark = pytest.mark.usefixtures("one_torch_thread")

# Both decompositions are backward stable: within a small multiple of n u sigma_max, and
# n = 12, sigma_max < 10.
CLOSE = 1e-12


@pytest.mark.parametrize("shape", [(6, 6), (4, 9), (9, 4), (12, 1)])
def test_against_dense_svd(shape: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(3, *shape, generator=generator, dtype=torch.float64)
    slopes = torch.rand(3, 5, shape[1], generator=generator, dtype=torch.float64)
    found = singular_values(weights, slopes)
    assert found.shape == (3, 5, min(shape))
    for values, weight, slope in zip(found, weights, slopes, strict=True):
        expected = slow_doubles.jacobian_spectra(weight.numpy(), slope.numpy())
        np.testing.assert_allclose(values.numpy(), expected, rtol=0, atol=CLOSE)
    assert (found.diff(dim=2) <= 0).all()


def test_is_the_jacobian_of_the_layer() -> None:
    """Eq. (17) itself: autograd's dz'/dz of tanh(z W)."""
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(5, 7, generator=generator, dtype=torch.float64)
    z = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    slopes = 1 - torch.tanh(z @ weight).square()
    found = singular_values(weight[None], slopes[None])[0]
    for values, example in zip(found, z, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda v: torch.tanh(v @ weight), example)
        expected = np.linalg.svd(jacobian.numpy(), compute_uv=False)
        np.testing.assert_allclose(values.numpy(), expected, rtol=0, atol=CLOSE)


def test_single_precision_is_widened_first() -> None:
    generator = torch.Generator().manual_seed(2)
    weights, slopes = torch.randn(2, 6, 6, generator=generator), torch.rand(2, 3, 6)
    found = singular_values(weights, slopes)
    assert found.dtype == torch.float64
    assert torch.equal(found, singular_values(weights.double(), slopes.double()))


def test_spectrum() -> None:
    values = torch.rand(2, 3, 8, generator=torch.manual_seed(3), dtype=torch.float64) + 0.01
    flat = values.flatten().tolist()
    found = spectrum(values)
    assert found.mean == pytest.approx(statistics.mean(flat), rel=1e-14)
    assert found.std == pytest.approx(statistics.pstdev(flat), rel=1e-14)
    assert (found.minimum, found.maximum) == (min(flat), max(flat))
    assert found.rms == pytest.approx(math.sqrt(math.fsum(v * v for v in flat) / 48), rel=1e-14)
    assert found.geometric_mean == pytest.approx(stats.gmean(flat), rel=1e-14)


def test_a_dead_unit_leaves_no_volume() -> None:
    weights = torch.eye(3, dtype=torch.float64)[None]
    found = spectrum(singular_values(weights, torch.tensor([[[0.0, 1.0, 0.5]]])))
    assert found.minimum == 0
    assert found.geometric_mean == 0
    assert found.mean == pytest.approx(0.5)


@pytest.mark.parametrize(("initialization", "scale"), [("standard", 3**-0.5), ("normalized", 1.0)])
def test_the_quarter_circle_law(initialization: str, scale: float) -> None:
    """Sec. 2.2: mean 8/(3 pi), rms 1, geometric mean e^(-1/2), in units of sqrt(n Var[W]).

    The mean square is a mean of n^2 squares, uniform ones with a spread of 0.9: its standard
    error is 0.9 / n = 0.3 % and half that for the root. The law itself is approached as 1/n.
    """
    (weight,) = initial_weights(initialization, [300, 300], seed=5)
    found = spectrum(singular_values(weight[None], torch.ones(1, 1, 300)))
    assert found.rms == pytest.approx(scale, rel=0.01)
    assert found.mean == pytest.approx(8 / (3 * math.pi) * scale, rel=0.01)
    assert found.geometric_mean == pytest.approx(math.exp(-0.5) * scale, rel=0.01)
