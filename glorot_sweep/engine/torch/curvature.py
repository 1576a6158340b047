"""The diagonal of the Hessian, back-propagated as LeCun et al. (1998) do it.

Second derivatives of f and products of different outputs are left out (Gauss-Newton), then all
that is off the diagonal, layer by layer: eta = p (1 - p) at the output, below it
eta^i = f'(s^i)^2 * (W^{i+1})^2 eta^{i+1}; a weight's entry is z_l^2 eta_k, a bias's eta_k. For the
output layer this is the Hessian's diagonal itself.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from glorot_sweep.engine.torch.descent import Stacks
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass, SegmentViews

BATCH = 50  # examples of each trial at a time, at most


def batch_of(examples: int) -> int:
    """Return how many examples are seen at a time: the most by which their number is divided.

    Example:
        >>> batch_of(500), batch_of(120), batch_of(30)
        (50, 40, 30)
    """
    return max(size for size in range(1, BATCH + 1) if examples % size == 0)


class CurvatureSum:
    """Sums of the curvatures of all examples seen, with the buffers of a pass.

    Args:
        network: the pack, as it stands; no later change of its weights is seen.
        batch: examples of each trial in one pass.

    Attributes:
        weights, biases: the sums, stacked as the parameters.
    """

    def __init__(self, network: PackedNetwork, batch: int) -> None:
        self._passes = PackedPass(network, batch)
        self._squares = [weight.square().transpose(1, 2) for weight in network.weights]
        self.weights = [torch.zeros_like(weight) for weight in network.weights]
        self.biases = [torch.zeros_like(bias) for bias in network.biases]

    def add(self, x: Tensor) -> None:
        """Add the curvatures of some examples; see `PackedPass.forward`."""
        log_probabilities = self._passes.forward(x)
        eta = torch.exp(log_probabilities, out=self._passes.output_deltas)
        eta.mul_(1 - eta)
        self._passes.bring_down(self._squares, _through_twice, self._add_layer)

    def _add_layer(self, layer: int, below: Tensor, eta: Tensor) -> None:
        self.weights[layer].baddbmm_(below.square().transpose(1, 2), eta)
        self.biases[layer].add_(eta.sum(1, keepdim=True))


def _through_twice(segment: SegmentViews) -> None:
    """Multiply by f'(s)^2."""
    segment.backward()
    segment.signal.copy_(segment.delta)
    segment.backward()


@torch.no_grad()
def hessian_diagonal(network: PackedNetwork, batches: Iterable[Tensor]) -> Stacks:
    """Return the mean over some examples, for weights and biases, stacked as these are.

    Args:
        network: the pack.
        batches: inputs [1 or output_height, n, inputs], all of one size.
    """
    sums: CurvatureSum | None = None
    seen = 0
    for x in batches:
        sums = sums or CurvatureSum(network, x.shape[1])
        sums.add(x)
        seen += x.shape[1]
    if sums is None:
        raise ValueError("the diagonal of the Hessian needs examples")
    for total in (*sums.weights, *sums.biases):
        total.div_(seen)
    return sums.weights, sums.biases
