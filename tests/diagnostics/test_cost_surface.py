"""Figure 5 against autograd, one point of the grid at a time."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from glorot_sweep.diagnostics.cost_surface import SmallNetwork, cost_surfaces, draw_network

pytestmark = pytest.mark.usefixtures("one_torch_thread")

POINTS = 7
SEEDS = (0, 1, 5)
# Costs below 20 nats, of fewer than 200 roundings: 200 x 20 x 2^-53 = 4.4e-13.
CLOSE = 1e-12


def at_one_point(network: SmallNetwork, a: float, b: float) -> tuple[list[float], list[float]]:
    """Both costs, and the norms of their gradients by the two weights."""
    first, second = torch.tensor(network.first), torch.tensor(network.second)
    first[0, 0], second[0, 0] = a, b
    first.requires_grad_()
    second.requires_grad_()
    logits = torch.tanh(torch.tensor(network.x) @ first) @ second
    labels = torch.tensor(network.targets).argmax(1)
    p = logits.softmax(1)
    costs = [
        functional.cross_entropy(logits, labels),
        (p - functional.one_hot(labels, 2)).square().sum() / len(labels),
    ]
    norms = []
    for cost in costs:
        by_first, by_second = torch.autograd.grad(cost, (first, second), retain_graph=True)
        norms.append(float(torch.hypot(by_first[0, 0], by_second[0, 0])))
    return [float(cost.detach()) for cost in costs], norms


@pytest.mark.parametrize("place", range(len(SEEDS)))
def test_against_autograd(place: int) -> None:
    """No norm lies within rounding of a tenth of the largest."""
    grids = cost_surfaces(SEEDS, POINTS)
    network = draw_network(SEEDS[place])
    costs, norms = np.empty((2, POINTS, POINTS)), np.empty((2, POINTS, POINTS))
    for i, a in enumerate(grids.axis.tolist()):
        for j, b in enumerate(grids.axis.tolist()):
            costs[:, i, j], norms[:, i, j] = at_one_point(network, a, b)
    np.testing.assert_allclose(grids.log_likelihood[place], costs[0], rtol=0, atol=CLOSE)
    np.testing.assert_allclose(grids.quadratic[place], costs[1], rtol=0, atol=CLOSE)
    shares = [float(np.mean(norm < 0.1 * norm.max())) for norm in norms]
    assert grids.log_likelihood_plateau[place] == pytest.approx(shares[0], abs=1e-15)
    assert grids.quadratic_plateau[place] == pytest.approx(shares[1], abs=1e-15)


def test_the_set_up() -> None:
    """What the module's docstring says: 5 inputs, 5 hidden units, 2 classes, 20 examples."""
    network = draw_network(3)
    assert network.x.shape == (20, 5)
    assert network.first.shape == (5, 5)
    assert network.second.shape == (5, 2)
    assert network.targets.sum(1).tolist() == [1.0] * 20
    assert 0 < network.targets[:, 0].sum() < 20
    axis = cost_surfaces([3]).axis
    assert len(axis) == 61
    assert (axis[0], axis[30], axis[60]) == (-8.0, 0.0, 8.0)


@pytest.mark.slow
def test_plateaus_are_worse_for_the_quadratic_cost() -> None:
    """Claim 14: in at least 9 of 10 seeds, and by as much as was found elsewhere.

    The reference is 0.46 against 0.13. Over seeds the shares spread by 0.15 and 0.055, so means
    of 30 have standard errors of 0.027 and 0.01; twice that. Found: 0.462 and 0.130.
    """
    grids = cost_surfaces(range(30))
    worse = grids.quadratic_plateau > grids.log_likelihood_plateau
    assert worse[:10].sum() >= 9
    assert grids.quadratic_plateau.mean() == pytest.approx(0.46, abs=0.055)
    assert grids.log_likelihood_plateau.mean() == pytest.approx(0.13, abs=0.02)


def test_a_seed_decides_its_network_alone() -> None:
    together, alone = cost_surfaces([4, 7], POINTS), cost_surfaces([7], POINTS)
    assert np.array_equal(together.quadratic[1], alone.quadratic[0])
    assert not np.array_equal(together.quadratic[0], alone.quadratic[0])
