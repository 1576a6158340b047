"""Hidden activation functions, each with its value and its back-propagation, in place.

All of them are built from operations whose result for one element does not depend on where the
element lies in the tensor. `torch.sigmoid` is not one of these: its vectorized body and its
scalar tail round differently, so the sigmoid is computed as (1 + tanh(s/2)) / 2. Neither is
torch's softplus, which is put together from exp and log1p here.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class ActivationFunction(ABC):
    """A function f applied elementwise to pre-activations s."""

    @abstractmethod
    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write f(s) into `z`; `memo` keeps whatever `backward` needs besides `z`."""

    @abstractmethod
    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write `signal` * f'(s) into `delta`, Eq. (2)."""


class Tanh(ActivationFunction):
    """The hyperbolic tangent."""

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write tanh(s) into `z`."""
        torch.tanh(s, out=z)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write signal * (1 - z^2) into `delta`."""
        torch.ops.aten.tanh_backward.grad_input(signal, z, grad_input=delta)


class HardTanh(ActivationFunction):
    """s between -1 and 1, which it does not leave; its derivative at both ends is taken to be 0.

    R. Collobert, "Large scale machine learning", PhD thesis, Paris VI, 2004.
    """

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write max(-1, min(1, s)) into `z`."""
        torch.clamp(s, -1, 1, out=z)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write the signal where |z| < 1 into `delta`, and 0 elsewhere."""
        torch.ops.aten.hardtanh_backward.grad_input(signal, z, -1, 1, grad_input=delta)


class Softsign(ActivationFunction):
    """s / (1 + |s|), whose derivative is 1 / (1 + |s|)^2.

    The quotient is 1 to the last bit from far below `LARGEST` on; infinity by infinity is not.
    """

    LARGEST = 2.0**126

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write s / (1 + |s|) into `z` and 1 + |s| into `memo`."""
        torch.clamp(s, -self.LARGEST, self.LARGEST, out=z)
        torch.abs(z, out=memo)
        memo.add_(1)
        z.div_(memo)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write signal / (1 + |s|)^2 into `delta`."""
        torch.div(signal, memo, out=delta)
        delta.div_(memo)


class Sigmoid(ActivationFunction):
    """The logistic function 1 / (1 + exp(-s))."""

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write (1 + tanh(s/2)) / 2 into `z`."""
        torch.mul(s, 0.5, out=z)
        z.tanh_().mul_(0.5).add_(0.5)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write signal * z * (1 - z) into `delta`."""
        torch.ops.aten.sigmoid_backward.grad_input(signal, z, grad_input=delta)


class ReLU(ActivationFunction):
    """max(0, s), whose derivative at 0 is taken to be 0."""

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write max(0, s) into `z`."""
        torch.clamp_min(s, 0, out=z)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write the signal where z > 0 into `delta`, and 0 elsewhere."""
        torch.ops.aten.threshold_backward.grad_input(signal, z, 0, grad_input=delta)


class Softplus(ActivationFunction):
    """log(1 + exp(s)), whose derivative is the logistic function of s, or 1 - exp(-f)."""

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write max(0, s) + log(1 + exp(-|s|)) into `z`, which cannot overflow."""
        torch.abs(s, out=z)
        z.neg_().exp_().log1p_()
        torch.clamp_min(s, 0, out=memo)
        z.add_(memo)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write signal * (1 - exp(-z)) into `delta`."""
        torch.neg(z, out=delta)
        delta.expm1_().neg_().mul_(signal)


class Identity(ActivationFunction):
    """The linear regime itself, f(s) = s: what equations (4) to (7) speak of."""

    def forward(self, s: Tensor, z: Tensor, memo: Tensor) -> None:
        """Write s into `z`."""
        z.copy_(s)

    def backward(self, signal: Tensor, z: Tensor, memo: Tensor, delta: Tensor) -> None:
        """Write the signal into `delta`."""
        delta.copy_(signal)
