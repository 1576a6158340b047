"""The diagonal of the Hessian, back-propagated as LeCun et al. (1998) do it.

Second derivatives of f and products of different outputs are left out (Gauss-Newton), then all
that is off the diagonal, layer by layer: eta = p (1 - p) at the output, below it
eta^i = f'(s^i)^2 * (W^{i+1})^2 eta^{i+1}; a weight's entry is z_l^2 eta_k, a bias's eta_k. For the
output layer this is the Hessian's diagonal itself.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass


class CurvaturePass(PackedPass):
    """A forward pass, and one that brings curvature down instead of gradients.

    Args:
        network: the pack, as it stands; no later change of its weights is seen.
        batch: examples of each trial in one pass.

    Attributes:
        weight_curvatures, bias_curvatures: sums over all examples seen, stacked as the parameters.
    """

    def __init__(self, network: PackedNetwork, batch: int) -> None:
        super().__init__(network, batch)
        self._transposed = [weight.square().transpose(1, 2) for weight in self.weights]
        self.weight_curvatures = [torch.zeros_like(weight) for weight in self.weights]
        self.bias_curvatures = [torch.zeros_like(bias) for bias in self.biases]

    def add(self, x: Tensor) -> None:
        """Add the curvatures of some examples; see `PackedPass.forward`."""
        self.forward(x)
        eta = torch.exp(self.log_probabilities, out=self.output_deltas)
        eta.mul_(1 - eta)
        self._add_layer(-1, self.entering_output, eta)
        torch.bmm(eta, self._transposed[-1], out=self._signals[-1])
        for layer in range(len(self._runs) - 1, -1, -1):
            eta = self.deltas[layer]
            for run in self._runs[layer]:
                run.activation.backward(run.signal, run.z, run.memo, run.delta)
                run.signal.copy_(run.delta)
                run.activation.backward(run.signal, run.z, run.memo, run.delta)
            below = self.activations[layer - 1][: len(eta)] if layer else self._x
            self._add_layer(layer, below, eta)
            if layer:
                self._pass_down(layer, eta)

    def _add_layer(self, layer: int, below: Tensor, eta: Tensor) -> None:
        self.weight_curvatures[layer].baddbmm_(below.square().transpose(1, 2), eta)
        self.bias_curvatures[layer].add_(eta.sum(1, keepdim=True))


@torch.no_grad()
def hessian_diagonal(
    network: PackedNetwork, batches: Iterable[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the mean over some examples, for weights and biases, stacked as these are.

    Args:
        network: the pack.
        batches: inputs [1 or output_height, n, inputs], all of one size.
    """
    passes: CurvaturePass | None = None
    seen = 0
    for x in batches:
        passes = passes or CurvaturePass(network, x.shape[1])
        passes.add(x)
        seen += x.shape[1]
    if passes is None:
        raise ValueError("the diagonal of the Hessian needs examples")
    for total in (*passes.weight_curvatures, *passes.bias_curvatures):
        total.div_(seen)
    return passes.weight_curvatures, passes.bias_curvatures
