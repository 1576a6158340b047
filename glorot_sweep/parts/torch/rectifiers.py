"""Relatives of the rectifier: leaky, exponential and smooth ones, each by its defining paper.

See `activations` for what they may be built from. Torch's own GELU and SiLU are not among it: the
body of a vector and its tail round differently.
"""

import math

import torch
from torch import Tensor

from glorot_sweep.parts.torch.activations import ActivationFunction


class LeakyReLU(ActivationFunction):
    """s above 0, s / 100 below, where the slope is 1 / 100; so it is at 0.

    A. Maas, A. Hannun and A. Ng, "Rectifier nonlinearities improve neural network acoustic models",
    ICML 2013 workshop on deep learning for audio, speech and language processing.
    """

    LEAK = 0.01

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write max(s, s / 100) into `z`."""
        torch.mul(s, self.LEAK, out=memo)
        torch.maximum(s, memo, out=z)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write the signal where z > 0 into `delta`, and a hundredth of it elsewhere."""
        torch.ops.aten.leaky_relu_backward.grad_input(signal, z, self.LEAK, True, grad_input=delta)


class ELU(ActivationFunction):
    """s above 0, exp(s) - 1 below.

    D.-A. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning by
    exponential linear units (ELUs)", ICLR 2016, with alpha = 1.
    """

    SCALE, ALPHA = 1.0, 1.0

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write scale * (max(0, s) + alpha * (exp(min(0, s)) - 1)) into `z`."""
        torch.clamp_max(s, 0, out=z)
        z.expm1_().mul_(self.SCALE * self.ALPHA)
        torch.clamp_min(s, 0, out=memo)
        z.add_(memo.mul_(self.SCALE))

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write the signal times scale where z > 0, times z + scale * alpha elsewhere."""
        torch.ops.aten.elu_backward.grad_input(
            signal, self.ALPHA, self.SCALE, 1, True, z, grad_input=delta
        )


class SELU(ELU):
    """The ELU by lambda and alpha, which draw mean and variance of activations to 0 and 1.

    G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, "Self-normalizing neural networks",
    NeurIPS 2017, Eq. (2), with their constants; weights are to have variance 1 / fan-in.
    """

    SCALE, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


class GELU(ActivationFunction):
    """s Phi(s), Phi being the normal law's distribution: the exact one, not by tanh.

    D. Hendrycks and K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415, 2016.
    """

    FAR = 40.0  # Phi(-40) is 0 in both precisions; infinity times 0 would be none
    DENSITY_AT_0 = 1 / math.sqrt(2 * math.pi)

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write s Phi(s) into `z`, and its derivative Phi(s) + s phi(s) into `memo`."""
        torch.mul(s, -math.sqrt(0.5), out=memo)
        memo.erfc_().mul_(0.5)
        torch.clamp(s, -self.FAR, self.FAR, out=z)
        bell = torch.mul(z, -0.5).mul_(z).exp_().mul_(self.DENSITY_AT_0).mul_(z)
        torch.clamp_min(s, -self.FAR, out=z)
        z.mul_(memo)
        memo.add_(bell)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write signal * f'(s) into `delta`."""
        torch.mul(signal, memo, out=delta)


class SiLU(ActivationFunction):
    """s times the logistic function of s, also known as swish.

    S. Elfwing, E. Uchibe and K. Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning", Neural Networks 107, 2018; P. Ramachandran,
    B. Zoph and Q. Le, "Searching for activation functions", arXiv:1710.05941, 2017, with beta = 1.
    """

    FAR = 1000.0  # exp(1000) is infinite in both precisions, and 1000 by infinity 0

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write s / (1 + exp(-s)) into `z`, and 1 / (1 + exp(-s)) into `memo`."""
        torch.neg(s, out=memo)
        memo.exp_().add_(1).reciprocal_()
        torch.clamp_min(s, -self.FAR, out=z)
        z.mul_(memo)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write signal * (m + z (1 - m)) into `delta`, m being `memo`."""
        torch.neg(memo, out=delta)
        delta.add_(1).mul_(z).add_(memo).mul_(signal)
