"""Forward and backward through a pack, without allocation.

Equations (2) and (3) of the paper, written out: there is no autograd graph, no optimizer object
and no stored weight gradient. A layer's back-propagated gradients are scaled by learning rate
over batch size once, at the top; everything below is linear in them, so each layer's step is the
single in-place product W -= z^T delta.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from glorot_sweep.engine.torch.layout import Segment
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.torch.activations import ActivationFunction

# A CPU multiplies a layer of this width and more faster by its weights from the left than by their
# transpose from the right: docs/decisions.md, "The training core on a CPU".
WIDE = 768


@dataclass(frozen=True)
class SegmentViews:
    """The part of a layer's buffers that belongs to a segment.

    Attributes:
        function: its activation.
        s, z: pre-activations and activations.
        memo: what the function needs on the way back besides z.
        signal: what comes down from the layer above.
        delta: what comes out at the pre-activations.
    """

    function: ActivationFunction
    s: Tensor
    z: Tensor
    memo: Tensor
    signal: Tensor
    delta: Tensor

    def forward(self) -> None:
        """Compute z of s."""
        self.function.forward(self.s, self.z, self.memo)

    def backward(self) -> None:
        """Compute delta, the signal times f'(s)."""
        self.function.backward(self.signal, self.z, self.memo, self.delta)


Visit = Callable[[int, Tensor, Tensor], None]
"""`visit(layer, below, delta)`: what enters a layer and what has come down to it."""


class PackedPass:
    """Buffers for batches of one size, and what is computed in them.

    Args:
        network: the pack; its weights are only read.
        batch: examples of each trial in one pass.
        cost: what `backward` is the gradient of, for all trials.
        inference: for `forward` alone, with less memory.

    Attributes:
        cost: the cost.
        pre_activations, activations, deltas: one tensor [height, batch, width] a hidden layer;
            `deltas` is dCost/ds, scaled as the last backward pass was asked to.
        log_probabilities: [K, batch, classes], padded classes last.
        entering_output: each trial's last hidden layer [K, batch, width].
        output_deltas: dCost/ds of the output layer, as `log_probabilities`.
    """

    def __init__(
        self,
        network: PackedNetwork,
        batch: int,
        cost: str = "log_likelihood",
        *,
        inference: bool = False,
    ) -> None:
        layout = network.layout
        self.cost = COSTS[cost].function
        self.weights, self.biases = network.weights, network.biases
        self._transposed = [weight.transpose(1, 2) for weight in self.weights]
        self._members = [layout.members(layer) for layer in range(layout.depth)] + [0]
        # Without a backward pass two buffers are enough: what enters a layer and what leaves it.
        kinds = 2 if inference else layout.depth
        self.pre_activations = self._hidden(1 if inference else kinds, batch)
        self.activations = self._hidden(kinds, batch)
        self._memos = self._hidden(1 if inference else kinds, batch)
        self.deltas = [] if inference else self._hidden(kinds, batch)
        last = self.weights[-1]
        self.entering_output = last.new_zeros(last.shape[0], batch, last.shape[1])
        # Trials that have left wait in it for their layer; they all are equally wide.
        heights = [last.shape[0]] * layout.depth
        self._signals = self._views_of([self._storage(batch)], batch, heights)
        self._columns = [] if inference else self._make_columns(batch)
        self.log_probabilities = last.new_zeros(last.shape[0], batch, last.shape[2])
        self.output_deltas = torch.zeros_like(self.log_probabilities)
        self._x = self.weights[0]
        # Every slice that an update needs, made once.
        self._segments = [
            [self._views(layer, segment) for segment in layout.segments(layer)]
            for layer in range(layout.depth)
        ]
        heights = [weight.shape[0] for weight in self.weights[1:-1]]
        self._below = [z[:height] for z, height in zip(self.activations, heights, strict=False)]
        self._leaving = [self._exit(layer) for layer in range(layout.depth)]

    def _views(self, layer: int, segment: Segment) -> SegmentViews:
        part = slice(segment.start, segment.stop)
        signal = self._signals[layer][part]
        buffers = (self.pre_activations, self.activations, self._memos, self.deltas)
        s, z, memo, delta = (layers[layer][part] if layers else signal for layers in buffers)
        function = ACTIVATIONS[segment.activation].function
        return SegmentViews(function, s, z, memo, signal, delta)

    def _exit(self, layer: int) -> tuple[Tensor, Tensor]:
        """Where the trials that end with a layer have their last activations, and leave them."""
        leaving = slice(self._members[layer + 1], self._members[layer])
        return self.activations[layer][leaving], self.entering_output[leaving]

    def _storage(self, batch: int) -> Tensor:
        """Room for any layer of all trials."""
        widest = max(weight.shape[2] for weight in self.weights[:-1])
        return self.weights[-1].new_zeros(self.weights[-1].shape[0] * batch * widest)

    def _make_columns(self, batch: int) -> list[Tensor | None]:
        """For each layer [height, inputs, batch], if its signal is made transposed."""
        hidden = self.weights[1:-1]
        wide = [w.shape[1] >= WIDE and w.device.type == "cpu" for w in hidden]
        if not any(wide):
            return [None] * (1 + len(hidden))
        room = self._storage(batch)
        shapes = [(w.shape[0], w.shape[1], batch) for w in hidden]
        return [None] + [
            room[: math.prod(shape)].view(shape) if is_wide else None
            for shape, is_wide in zip(shapes, wide, strict=True)
        ]

    def _hidden(self, kinds: int, batch: int) -> list[Tensor]:
        """One tensor a hidden layer, of that layer's height, on `kinds` different buffers."""
        heights = [weight.shape[0] for weight in self.weights[:-1]]
        buffers = [self._storage(batch) for _ in range(min(kinds, len(heights)))]
        return self._views_of(buffers, batch, heights)

    def _views_of(self, buffers: list[Tensor], batch: int, heights: list[int]) -> list[Tensor]:
        """Tensors [height, batch, width] of the hidden layers, which take turns in the buffers."""
        shapes = [
            (height, batch, weight.shape[2])
            for height, weight in zip(heights, self.weights, strict=False)
        ]
        return [
            buffers[layer % len(buffers)][: math.prod(shape)].view(shape)
            for layer, shape in enumerate(shapes)
        ]

    def forward(self, x: Tensor) -> Tensor:
        """Compute log-probabilities.

        Args:
            x: inputs [1, batch, inputs], the same for all trials, or [output_height, batch,
                inputs] in the order of the stacks.

        Returns:
            `log_probabilities`, in the order of the stacks.
        """
        weights, biases = self.weights, self.biases
        self._x = x.expand(weights[0].shape[0], -1, -1)
        for layer, segments in enumerate(self._segments):
            below = self._below[layer - 1] if layer else self._x
            torch.baddbmm(biases[layer], below, weights[layer], out=self.pre_activations[layer])
            for segment in segments:
                segment.forward()
            last, entering = self._leaving[layer]
            if len(last):
                entering.copy_(last)
        logits = torch.baddbmm(
            biases[-1], self.entering_output, weights[-1], out=self.output_deltas
        )
        torch.log_softmax(logits, -1, out=self.log_probabilities)
        return self.log_probabilities

    def backward(self, targets: Tensor, scale: Tensor, visit: Visit | None = None) -> None:
        """Compute `scale` * dCost/ds of every layer.

        Args:
            targets: one-hot labels [1 or output_height, batch, classes], padded classes last.
            scale: factor of each trial [output_height, 1, 1].
            visit: called for each layer; see `bring_down`.
        """
        delta = self.cost.gradient(self.log_probabilities, targets, self.output_deltas)
        delta.mul_(scale)
        self.bring_down(self._transposed, SegmentViews.backward, visit)

    def bring_down(
        self,
        matrices: Sequence[Tensor],
        through: Callable[[SegmentViews], None],
        visit: Visit | None = None,
    ) -> None:
        """Bring what is in `output_deltas` down to every layer, into `deltas`.

        Args:
            matrices: what each layer passes a signal on by [height, fan_out, fan_in].
            through: brings the signal of a segment to its `delta`.
            visit: called for each layer from the top, after it has passed the signal on; it may
                change the layer's weights.
        """
        torch.bmm(self.output_deltas, matrices[-1], out=self._signals[-1])
        if visit is not None:
            visit(len(self._segments), self.entering_output, self.output_deltas)
        for layer in range(len(self._segments) - 1, -1, -1):
            delta = self.deltas[layer]
            for segment in self._segments[layer]:
                through(segment)
            if layer:
                self._pass_down(layer, delta, matrices[layer])
            if visit is not None:
                visit(layer, self._below[layer - 1] if layer else self._x, delta)

    def _pass_down(self, layer: int, delta: Tensor, transposed: Tensor) -> None:
        """Overwrite the signal of the trials that have this layer; the others keep theirs."""
        members = self._members[layer]
        signal, columns = self._signals[layer - 1][:members], self._columns[layer]
        if columns is not None:
            torch.bmm(transposed.transpose(1, 2), delta.transpose(1, 2), out=columns)
            signal.copy_(columns[:members].transpose(1, 2))
        elif members == delta.shape[0]:
            torch.bmm(delta, transposed, out=signal)
        else:  # a lone trial: its idle companion must not write over a neighbour's signal
            signal.copy_(torch.bmm(delta, transposed)[:members])
