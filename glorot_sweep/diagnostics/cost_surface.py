"""Figure 5: two costs over one weight of each layer of a small network.

The paper gives the network ("one hidden layer, random inputs and targets", tanh) and no more.
Here: 5 inputs, 5 hidden units, 2 classes with softmax, 20 examples, no biases; inputs and all
other weights are standard normal. That draw of the weights gives plateaus over 46 % of the grid
for the quadratic cost and over 13 % for the log-likelihood (means of 30 seeds); uniform draws by
Eq. (1) or (16) show the same contrast with more of both.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

N_INPUTS, N_HIDDEN, N_CLASSES, N_EXAMPLES = 5, 5, 2, 20
REACH = 8.0  # both weights run over [-8, 8]
PLATEAU = 0.1  # of the largest gradient norm on the grid

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CostGrids:
    """Both costs of several networks, one network a seed.

    Attributes:
        axis: values that W^0_11 and W^1_11 take [g].
        log_likelihood: mean of -log p_y over the examples, nats [seeds, g, g]; the first axis of
            the grid is W^0_11, the second W^1_11.
        quadratic: mean over the examples of the sum of (p - y)^2 over classes [seeds, g, g].
        log_likelihood_plateau, quadratic_plateau: share of the grid where the norm of the cost's
            gradient by the two weights is below a tenth of its largest value there [seeds].
    """

    axis: Array
    log_likelihood: Array
    quadratic: Array
    log_likelihood_plateau: Array
    quadratic_plateau: Array


@dataclass(frozen=True)
class SmallNetwork:
    """A network of figure 5 and what it is to learn.

    Attributes:
        x: inputs [n, inputs].
        targets: one-hot random classes [n, classes].
        first, second: weights [inputs, hidden] and [hidden, classes].
    """

    x: Array
    targets: Array
    first: Array
    second: Array


def draw_network(seed: int) -> SmallNetwork:
    """Draw inputs, targets and weights; nothing but the seed decides them."""
    draw = np.random.default_rng(seed)
    return SmallNetwork(
        x=draw.standard_normal((N_EXAMPLES, N_INPUTS)),
        targets=np.eye(N_CLASSES)[draw.integers(0, N_CLASSES, N_EXAMPLES)],
        first=draw.standard_normal((N_INPUTS, N_HIDDEN)),
        second=draw.standard_normal((N_HIDDEN, N_CLASSES)),
    )


def cost_surfaces(seeds: Iterable[int], points: int = 61) -> CostGrids:
    """Compute both surfaces of every seed's network.

    Args:
        seeds: one network each.
        points: g, values of each of the two weights.

    Example:
        >>> grids = cost_surfaces(range(3), points=21)
        >>> grids.quadratic.shape
        (3, 21, 21)
        >>> bool((grids.quadratic_plateau > grids.log_likelihood_plateau).all())
        True
    """
    axis = np.linspace(-REACH, REACH, points)
    found = [_surfaces(draw_network(seed), axis) for seed in seeds]
    return CostGrids(axis, *(np.array(arrays) for arrays in zip(*found, strict=True)))


def _surfaces(network: SmallNetwork, axis: Array) -> tuple[Array, Array, float, float]:
    """Return log-likelihood, quadratic cost and their plateau shares."""
    z, slope = _first_unit(network, axis)
    log_p: Array = special.log_softmax(_logits(network, axis, z), axis=-1)
    p, y = np.exp(log_p), network.targets
    error = p - y
    # By the logits: p - y for the log-likelihood, and the same through the softmax's Jacobian.
    damped = 2 * p * (error - (error * p).sum(-1, keepdims=True))
    return (
        -(log_p * y).sum(-1).mean(-1),
        np.square(error).sum(-1).mean(-1),
        _plateau(_gradient_norm(network, axis, z, slope, error)),
        _plateau(_gradient_norm(network, axis, z, slope, damped)),
    )


def _first_unit(network: SmallNetwork, axis: Array) -> tuple[Array, Array]:
    """First hidden unit and its slope by W^0_11 [g, n], the only ones that this weight changes."""
    others = network.x[:, 1:] @ network.first[1:, 0]
    z = np.tanh(others + axis[:, np.newaxis] * network.x[:, 0])
    return z, (1 - z**2) * network.x[:, 0]


def _logits(network: SmallNetwork, axis: Array, z: Array) -> Array:
    """Logits [g, g, n, classes]; z belongs to the first hidden unit [g, n]."""
    others = np.tanh(network.x @ network.first[:, 1:]) @ network.second[1:]
    outgoing = np.tile(network.second[0], (len(axis), 1))  # [g, classes]
    outgoing[:, 0] = axis
    logits: Array = others + z[:, np.newaxis, :, np.newaxis] * outgoing[:, np.newaxis]
    return logits


def _gradient_norm(
    network: SmallNetwork, axis: Array, z: Array, slope: Array, delta: Array
) -> Array:
    """Norm of the mean gradient by (W^0_11, W^1_11) [g, g], from that by the logits."""
    by_second = (delta[..., 0] * z[:, np.newaxis]).mean(-1)
    signal = delta[..., 0] * axis[:, np.newaxis] + delta[..., 1:] @ network.second[0, 1:]
    by_first = (signal * slope[:, np.newaxis]).mean(-1)
    norm: Array = np.hypot(by_first, by_second)
    return norm


def _plateau(norm: Array) -> float:
    return float((norm < PLATEAU * norm.max()).mean())
