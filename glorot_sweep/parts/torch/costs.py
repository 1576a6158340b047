"""What networks are trained on: the negative log-likelihood, or the quadratic cost of Sec. 4.1.

Both are of softmax probabilities p and one-hot targets y. Padded classes have p = y = 0 and add
nothing to either.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor


class CostFunction(ABC):
    """A cost of one example, as a function of its logits.

    Rows are filled up with padded classes: their log-probability is about -1e30, their target 0.
    They must add 0 to the cost and have the gradient 0.
    """

    @abstractmethod
    def of_examples(self, log_probabilities: Tensor, targets: Tensor, out: Tensor) -> None:
        """Write each example's cost [K, batch] into `out`.

        Args:
            log_probabilities: [K, batch, classes].
            targets: one-hot labels [1 or K, batch, classes].
            out: [K, batch].
        """

    @abstractmethod
    def gradient(self, log_probabilities: Tensor, targets: Tensor, out: Tensor) -> Tensor:
        """Write dCost/ds of the logits [K, batch, classes] into `out`, and return it."""


class LogLikelihood(CostFunction):
    """-log p of the right class, in nats."""

    def of_examples(self, log_probabilities: Tensor, targets: Tensor, out: Tensor) -> None:
        """Write -sum(y log p)."""
        torch.sum(log_probabilities * targets, -1, out=out)
        out.neg_()

    def gradient(self, log_probabilities: Tensor, targets: Tensor, out: Tensor) -> Tensor:
        """Write p - y."""
        return torch.exp(log_probabilities, out=out).sub_(targets)


class Quadratic(CostFunction):
    """Squared error of the probabilities, summed over classes: 0 to 2."""

    def of_examples(self, log_probabilities: Tensor, targets: Tensor, out: Tensor) -> None:
        """Write sum((p - y)^2)."""
        torch.sum(log_probabilities.exp().sub_(targets).square_(), -1, out=out)

    def gradient(self, log_probabilities: Tensor, targets: Tensor, out: Tensor) -> Tensor:
        """Write 2 p (e - sum(e p)) with e = p - y: the error through the softmax's Jacobian."""
        p = log_probabilities.exp()
        error = torch.sub(p, targets, out=out)
        return error.sub_((error * p).sum(-1, keepdim=True)).mul_(p).mul_(2)
