"""The weights of a pack: every layer of K networks is one stack of matrices."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from glorot_sweep.network.activations import ACTIVATIONS
from glorot_sweep.network.initialization import initial_weights
from glorot_sweep.network.layout import Architecture, PackLayout, padded

SILENT_LOGIT = -1e30  # bias of a padded class: its probability is exactly 0


class PackedNetwork(nn.Module):
    """K networks with the same input, width and classes; depth and activation are each trial's own.

    Stored rows are padded to a multiple of 16. A padded unit has zero weights and a bias at which
    its activation is exactly 0, so it neither gives nor receives anything, and stays so.

    Attributes:
        weights: for each hidden layer l a stack [height(l), fan_in, width], then the output
            layer [K, width, classes]; all with padded sizes.
        biases: the same with one row: [height(l), 1, width], [K, 1, classes].
    """

    def __init__(
        self,
        architectures: Sequence[Architecture],
        n_inputs: int,
        n_classes: int,
        width: int,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.layout = PackLayout(architectures)
        self.n_inputs, self.n_classes, self.width = n_inputs, n_classes, width
        inside, outside = padded(width), padded(n_classes)
        heights = [self.layout.height(layer) for layer in range(self.layout.depth)]
        shapes = [
            (height, n_inputs if layer == 0 else inside, inside)
            for layer, height in enumerate(heights)
        ]
        shapes.append((self.layout.output_height, inside, outside))
        for layer, (height, fan_in, fan_out) in enumerate(shapes):
            self.register_buffer(
                f"weight_{layer}", torch.zeros(height, fan_in, fan_out, dtype=dtype)
            )
            self.register_buffer(f"bias_{layer}", torch.zeros(height, 1, fan_out, dtype=dtype))
        self._silence_padding()

    @property
    def weights(self) -> list[Tensor]:
        """Stacks of weights, from the first hidden layer to the output layer."""
        return [self.get_buffer(f"weight_{layer}") for layer in range(self.layout.depth + 1)]

    @property
    def biases(self) -> list[Tensor]:
        """Stacks of biases, in the order of `weights`."""
        return [self.get_buffer(f"bias_{layer}") for layer in range(self.layout.depth + 1)]

    @property
    def dtype(self) -> torch.dtype:
        """Precision of weights and activations."""
        return self.get_buffer("weight_0").dtype

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.get_buffer("weight_0").device

    def __len__(self) -> int:
        return len(self.layout)

    def initialize(self) -> None:
        """Draw every trial's weights from its own seed; biases become 0."""
        for trial, architecture in enumerate(self.layout.architectures):
            sizes = [self.n_inputs, *[self.width] * architecture.depth, self.n_classes]
            drawn = initial_weights(architecture.initialization, sizes, architecture.weight_seed)
            for (weight, bias), values in zip(self.layers_of(trial), drawn, strict=True):
                weight.copy_(values)
                bias.zero_()

    def layers_of(self, trial: int) -> list[tuple[Tensor, Tensor]]:
        """Views of one trial's weight matrices [fan_in, fan_out] and biases [fan_out], unpadded."""
        return self.views(trial, self.weights, self.biases)

    def views(
        self, trial: int, weights: Sequence[Tensor], biases: Sequence[Tensor]
    ) -> list[tuple[Tensor, Tensor]]:
        """Views of one trial's part of stacks that are shaped as weights and biases are."""
        position, depth = self.layout.position(trial), self.layout.architectures[trial].depth
        layers = [*range(depth), self.layout.depth]
        sizes = [self.n_inputs, *[self.width] * depth, self.n_classes]
        return [
            (weights[layer][position, :fan_in, :fan_out], biases[layer][position, 0, :fan_out])
            for layer, fan_in, fan_out in zip(layers, sizes, sizes[1:], strict=False)
        ]

    def keep(self, trials: Sequence[int]) -> "PackedNetwork":
        """Return a smaller pack of these trials, in this order, with copies of their weights."""
        kept = PackedNetwork(
            [self.layout.architectures[trial] for trial in trials],
            self.n_inputs,
            self.n_classes,
            self.width,
            self.dtype,
        ).to(self.device)
        for new, old in enumerate(trials):
            for ours, theirs in zip(kept.layers_of(new), self.layers_of(old), strict=True):
                ours[0].copy_(theirs[0])
                ours[1].copy_(theirs[1])
        return kept

    def _silence_padding(self) -> None:
        for layer in range(self.layout.depth):
            for run in self.layout.runs(layer):
                silent = ACTIVATIONS[run.activation].silent_bias
                self.biases[layer][run.start : run.stop, :, self.width :] = silent
        self.biases[-1][:, :, self.n_classes :] = SILENT_LOGIT
