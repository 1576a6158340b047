"""One trained network as an ordinary module, for export and for use elsewhere."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from glorot_sweep.parts.activations import ACTIVATIONS


class Hidden(nn.Module):
    """An activation function as a module.

    Args:
        activation: a name in `ACTIVATIONS`.
    """

    def __init__(self, activation: str) -> None:
        super().__init__()
        self.function = ACTIVATIONS[activation].function

    def forward(self, s: Tensor) -> Tensor:
        """Return f(s)."""
        z = torch.empty_like(s)
        self.function.forward(s, z, torch.empty_like(s))
        return z


class SingleNetwork(nn.Module):
    """Class probabilities from grey levels 0..255, without gradients.

    Args:
        activation: name of the hidden activation function.
        weights: weight_0 [fan_in, fan_out], bias_0 [fan_out], ..., the output layer last.
        offset: added to grey levels / 255 * `slope`; 0 and 1 are inputs in [0, 1].
        slope: see `offset`; -1 and 2 are inputs in [-1, 1].
        takes_images: grey levels are [n, height, width, channels]. The network was trained on rows
            that hold an image plane by plane, and so are made of them.
    """

    def __init__(
        self,
        activation: str,
        weights: Mapping[str, NDArray[np.float32]],
        offset: float = 0.0,
        slope: float = 1.0,
        takes_images: bool = False,
    ) -> None:
        super().__init__()
        self.offset, self.slope, self.takes_images = offset, slope, takes_images
        layers: list[nn.Module] = []
        for index in range(len(weights) // 2):
            weight, bias = weights[f"weight_{index}"], weights[f"bias_{index}"]
            linear = nn.Linear(*weight.shape).requires_grad_(False)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weight).T)
                linear.bias.copy_(torch.from_numpy(bias))
            layers += [linear, Hidden(activation)]
        self.layers = nn.Sequential(*layers[:-1], nn.Softmax(dim=1))

    def forward(self, grey_levels: Tensor) -> Tensor:
        """Return probabilities [n, classes] of float32 grey levels [n, inputs] in 0..255."""
        if self.takes_images:
            grey_levels = grey_levels.permute(0, 3, 1, 2).flatten(1)
        probabilities: Tensor = self.layers(grey_levels / 255 * self.slope + self.offset)
        return probabilities
