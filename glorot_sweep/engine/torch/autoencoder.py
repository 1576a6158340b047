"""One hidden layer of a pack as a denoising autoencoder, and its SGD step, without allocation.

Encoder: the layer's own weights W and bias. Decoder: the transposed weights and a bias of its own.
What is reconstructed is the clean output z of the layers below (or the pixels), from a copy in
which masking noise has set some inputs to 0. The unit fits the range of z:

| reconstructed | range | unit | cost of an example |
|:--|:--|:--|:--|
| pixels; sigmoid codes | [0, 1] | sigmoid | cross-entropy with z |
| symmetric pixels; tanh and softsign codes | [-1, 1] | sigmoid | cross-entropy with (z + 1) / 2 |
| codes without bounds on both sides | unbounded | linear | half of the squared error |

Either way the back-propagated gradient at the unit is its value minus its target, so nothing else
depends on the choice. W is used twice, and its gradient is the sum over both uses, x^T delta +
error^T h: one product of the two pairs stacked along the batch.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from glorot_sweep.engine.torch.layout import Segment, padded
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.torch.activations import ActivationFunction


@dataclass(frozen=True)
class _SegmentViews:
    """The part of the layer's buffers that belongs to a segment."""

    function: ActivationFunction
    part: slice
    span: tuple[float, float]
    s: Tensor
    code: Tensor
    memo: Tensor
    signal: Tensor
    delta: Tensor
    error: Tensor


class _LayerBelow:
    """A finished layer, forward only, for the trials that have the layer in training."""

    def __init__(self, weight: Tensor, bias: Tensor, batch: int, segments: list[Segment]) -> None:
        self.weight, self.bias = weight, bias
        self.s, self.z, memo = bias.new_zeros(3, len(bias), batch, bias.shape[2]).unbind()
        self.segments = []
        for segment in segments:
            function = ACTIVATIONS[segment.activation].function
            part = slice(segment.start, segment.stop)
            self.segments.append((function, self.s[part], self.z[part], memo[part]))

    def forward(self, x: Tensor) -> Tensor:
        torch.baddbmm(self.bias, x, self.weight, out=self.s)
        for function, s, z, memo in self.segments:
            function.forward(s, z, memo)
        return self.z


class PackedAutoencoder:
    """Buffers for batches of one size; only trials that have the layer take part.

    Args:
        network: the pack; weights and biases of the layer are changed by `update`.
        layer: hidden layer, from 0.
        batch: examples of each trial in one update.
        input_span: smallest and largest input of the network.

    Attributes:
        members: trials that have the layer, the first ones of the stacks.
        inputs: of the layer.
        visible_biases: of the decoders [height, 1, inputs]; 0 at the start.
    """

    def __init__(
        self,
        network: PackedNetwork,
        layer: int,
        batch: int,
        input_span: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        layout = network.layout
        height, segments = layout.height(layer), layout.segments(layer)
        self.members = layout.members(layer)
        self.inputs = inputs = network.layers_of(layout.order[0])[layer][0].shape[0]
        below = zip(network.weights[:layer], network.biases[:layer], strict=True)
        self._below = [_LayerBelow(w[:height], b[:height], batch, segments) for w, b in below]
        # Rows beyond the layer's inputs are padding, which is not to be reconstructed.
        self._weight, self._bias = network.weights[layer][:, :inputs], network.biases[layer]
        # Rows are stored padded, so that all slices lie alike: see `layout`.
        self.visible_biases = self._bias.new_zeros(height, 1, padded(inputs))[..., :inputs]
        visible = self._bias.new_zeros(height, 2 * batch, padded(inputs))[..., :inputs]
        hidden = self._bias.new_zeros(height, 2 * batch, self._bias.shape[2])
        self._noisy, self._error = visible[:, :batch], visible[:, batch:]
        self._delta, self._code = hidden[:, :batch], hidden[:, batch:]
        self._uses = visible.transpose(1, 2), hidden
        self._s, memo, self._signal = self._bias.new_zeros(
            3, height, batch, self._bias.shape[2]
        ).unbind()
        buffers = (self._s, self._code, memo, self._signal, self._delta, self._error)
        self._segments = []
        for segment in segments:
            part, activation = slice(segment.start, segment.stop), ACTIVATIONS[segment.activation]
            span = activation.asymptotes if layer else input_span
            views = [buffer[part] for buffer in buffers]
            self._segments.append(_SegmentViews(activation.function, part, span, *views))

    def update(self, x: Tensor, hidden: Tensor, scale: Tensor) -> None:
        """Do one SGD step of the layer in every trial that has it.

        Args:
            x: inputs of the network, not of the layer [1 or at least height, batch, inputs], in
                the order of the stacks.
            hidden: which inputs of the layer the noise hides [members, batch, inputs].
            scale: factor of each trial [height, 1, 1]: learning rate / batch.
        """
        clean = self._clean(x)
        self._noisy[: self.members].copy_(clean[: self.members]).masked_fill_(hidden, 0)
        torch.baddbmm(self._bias, self._noisy, self._weight, out=self._s)
        for one in self._segments:
            one.function.forward(one.s, one.code, one.memo)
        decoder = self._weight.transpose(1, 2)
        torch.baddbmm(self.visible_biases, self._code, decoder, out=self._error)
        for one in self._segments:
            _subtract_target(one.error, clean[one.part], one.span)
        self._error.mul_(scale)
        torch.bmm(self._error, self._weight, out=self._signal)
        for one in self._segments:
            one.function.backward(one.signal, one.code, one.memo, one.delta)
        self._weight.baddbmm_(*self._uses, alpha=-1)
        self._bias.sub_(self._delta.sum(1, keepdim=True))
        self.visible_biases.sub_(self._error.sum(1, keepdim=True))

    def _clean(self, x: Tensor) -> Tensor:
        """What enters the layer without noise [height, batch, inputs]."""
        height = len(self._noisy)
        x = x.expand(height, -1, -1) if len(x) == 1 else x[:height]
        for layer in self._below:
            x = layer.forward(x)
        return x[..., : self.inputs]


def _subtract_target(unit: Tensor, clean: Tensor, span: tuple[float, float]) -> None:
    """Turn a reconstruction's pre-activation into the unit's value minus its target, in place."""
    low, high = span
    if not 0 < abs(high - low) < math.inf:
        unit.sub_(clean)
        return
    slope = 1 / (high - low)  # the target is (clean - low) * slope
    unit.mul_(0.5).tanh_().mul_(0.5).sub_(clean, alpha=slope)  # the sigmoid as in `activations`
    if offset := 0.5 + low * slope:
        unit.add_(offset)
