"""The weights of a pack: every layer of K networks is one stack of matrices."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.torch.initialization import initial_weights
from glorot_sweep.engine.torch.layout import PackLayout, padded
from glorot_sweep.parts.activations import ACTIVATIONS

SILENT_LOGIT = -1e30  # bias of a padded class: its probability is exactly 0


class PackedNetwork:
    """K networks with the same input, widths and classes; activation is each trial's own.

    So is the depth, if all layers are equally wide; else all trials have every layer.

    Stored rows are padded to a multiple of 16. A padded unit has zero weights and a bias at which
    its activation is exactly 0, so it neither gives nor receives anything, and stays so.

    Args:
        architectures: one for each trial.
        n_inputs, n_classes: units below and above the hidden layers.
        width: units of each hidden layer: one number for all, or one for each layer.
        dtype: precision.
        device: where the weights lie.

    Attributes:
        widths: units of each hidden layer of the deepest trial.
        weights: for each hidden layer l a stack [height(l), fan_in, widths[l]], then the output
            layer [K, widths[-1], classes]; all with padded sizes.
        biases: the same with one row: [height(l), 1, widths[l]], [K, 1, classes].

    Raises:
        ValueError: unequal widths, and a trial that does not have just so many layers.
    """

    def __init__(
        self,
        architectures: Sequence[Architecture],
        n_inputs: int,
        n_classes: int,
        width: int | Sequence[int],
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        self.layout = PackLayout(architectures)
        self.n_inputs, self.n_classes = n_inputs, n_classes
        self.widths = _widths(width, self.layout)
        sizes = [n_inputs, *map(padded, self.widths), padded(n_classes)]
        heights = [self.layout.height(layer) for layer in range(self.layout.depth + 1)]
        like = torch.zeros(0, dtype=dtype, device=device)
        shapes = list(zip(heights, sizes, sizes[1:], strict=False))
        self.weights = [like.new_zeros(shape) for shape in shapes]
        self.biases = [like.new_zeros(height, 1, fan_out) for height, _, fan_out in shapes]
        self._silence_padding()

    @property
    def dtype(self) -> torch.dtype:
        """Precision of weights and activations."""
        return self.weights[0].dtype

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.weights[0].device

    def __len__(self) -> int:
        return len(self.layout)

    def initialize(self, inputs_of: Callable[[int], Tensor | None] = lambda _: None) -> None:
        """Draw every trial's weights from its own seed; biases become 0.

        Args:
            inputs_of: what a trial's initialization looks at, by the trial's number; see
                `inputs_seen`.
        """
        for trial, one in enumerate(self.layout.architectures):
            drawn = initial_weights(
                one.initialization, self._sizes(one.depth), one.weight_seed, one.activation,
                inputs_of(trial),
            )  # fmt: skip
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
        sizes = self._sizes(depth)
        return [
            (weights[layer][position, :fan_in, :fan_out], biases[layer][position, 0, :fan_out])
            for layer, fan_in, fan_out in zip(layers, sizes, sizes[1:], strict=False)
        ]

    def keep(self, trials: Sequence[int]) -> "PackedNetwork":
        """Return a smaller pack of these trials, in this order, with copies of their weights."""
        architectures = [self.layout.architectures[trial] for trial in trials]
        depth = max(architecture.depth for architecture in architectures)
        kept = PackedNetwork(
            architectures, self.n_inputs, self.n_classes, self.widths[:depth], self.dtype,
            self.device,
        )  # fmt: skip
        for new, old in enumerate(trials):
            for ours, theirs in zip(kept.layers_of(new), self.layers_of(old), strict=True):
                ours[0].copy_(theirs[0])
                ours[1].copy_(theirs[1])
        return kept

    def _sizes(self, depth: int) -> list[int]:
        """Units of each layer of a trial, from the input to the output."""
        return [self.n_inputs, *self.widths[:depth], self.n_classes]

    def _silence_padding(self) -> None:
        for layer in range(self.layout.depth):
            for segment in self.layout.segments(layer):
                silent = ACTIVATIONS[segment.activation].silent_bias
                padding = self.biases[layer][segment.start : segment.stop, :, self.widths[layer] :]
                padding.fill_(silent)
        self.biases[-1][:, :, self.n_classes :] = SILENT_LOGIT


def _widths(width: int | Sequence[int], layout: PackLayout) -> tuple[int, ...]:
    if isinstance(width, int):
        return (width,) * layout.depth
    widths, depths = tuple(width), sorted({a.depth for a in layout.architectures})
    if len(widths) != layout.depth or (len(set(widths)) > 1 and len(depths) > 1):
        raise ValueError(f"the widths {widths} do not fit trials of {depths} hidden layers")
    return widths
