"""Forward and backward through a pack, and the SGD step, without allocation.

Equations (2) and (3) of the paper, written out: there is no autograd graph, no optimizer object
and no stored weight gradient. A layer's back-propagated gradients are scaled by learning rate
over batch size once, at the top; everything below is linear in them, so each layer's step is the
single in-place product W -= z^T delta.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from glorot_sweep.engine.torch.activations import ACTIVATIONS, Activation
from glorot_sweep.engine.torch.costs import COSTS
from glorot_sweep.engine.torch.layout import Run
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.step_rules import StepRule
from glorot_sweep.parts.variants import Cost

# A CPU multiplies a layer of this width and more faster by its weights from the left than by their
# transpose from the right: docs/decisions.md, "The training core on a CPU".
WIDE = 768


@dataclass(frozen=True)
class _RunViews:
    """The part of a layer's buffers that belongs to neighbours of one activation."""

    activation: Activation
    s: Tensor
    z: Tensor
    memo: Tensor
    signal: Tensor
    delta: Tensor


class PackedPass:
    """Buffers for batches of one size, and what is computed in them.

    Args:
        network: the pack; its weights are read, and changed by `update` alone.
        batch: examples of each trial in one pass.
        cost: what `backward` is the gradient of, for all trials.
        inference: for `forward` alone, with less memory.
        rule: how `update` follows the gradients; None: with one learning rate, `scale`.

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
        cost: Cost = "log_likelihood",
        *,
        inference: bool = False,
        rule: StepRule | None = None,
    ) -> None:
        layout = network.layout
        self.cost, self.rule = COSTS[cost], rule
        self.weights, self.biases = network.weights, network.biases
        self._transposed = [weight.transpose(1, 2) for weight in self.weights]
        self._members = [layout.members(layer) for layer in range(layout.depth)] + [0]
        self._bias_gradients = [torch.empty_like(bias) for bias in self.biases]
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
        self._runs = [
            [self._views(layer, run) for run in layout.runs(layer)] for layer in range(layout.depth)
        ]
        heights = [weight.shape[0] for weight in self.weights[1:-1]]
        self._below = [z[:height] for z, height in zip(self.activations, heights, strict=False)]
        self._leaving = [self._exit(layer) for layer in range(layout.depth)]

    def _views(self, layer: int, run: Run) -> "_RunViews":
        signal = self._signals[layer][run.start : run.stop]
        buffers = (self.pre_activations, self.activations, self._memos, self.deltas)
        s, z, memo, delta = (
            layers[layer][run.start : run.stop] if layers else signal for layers in buffers
        )
        return _RunViews(ACTIVATIONS[run.activation], s, z, memo, signal, delta)

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
        for layer, runs in enumerate(self._runs):
            below = self._below[layer - 1] if layer else self._x
            torch.baddbmm(biases[layer], below, weights[layer], out=self.pre_activations[layer])
            for run in runs:
                run.activation.forward(run.s, run.z, run.memo)
            last, entering = self._leaving[layer]
            if len(last):
                entering.copy_(last)
        logits = torch.baddbmm(
            biases[-1], self.entering_output, weights[-1], out=self.output_deltas
        )
        torch.log_softmax(logits, -1, out=self.log_probabilities)
        return self.log_probabilities

    def backward(self, targets: Tensor, scale: Tensor, *, update: bool) -> None:
        """Compute `scale` * dCost/ds of every layer.

        Args:
            targets: one-hot labels [1 or output_height, batch, classes], padded classes last.
            scale: factor of each trial [output_height, 1, 1]; learning rate / batch for a step
                along the gradient averaged over the batch, 1 / batch for a step by a rule.
            update: subtract the scaled weight gradients, Eq. (3), on the way down. Each layer's
                weights are changed after they have passed the signal on.
        """
        delta = self.cost.gradient(self.log_probabilities, targets, self.output_deltas)
        delta.mul_(scale)
        torch.bmm(delta, self._transposed[-1], out=self._signals[-1])
        if update:
            self._descend(len(self._runs), self.entering_output, delta)
        for layer in range(len(self._runs) - 1, -1, -1):
            delta = self.deltas[layer]
            for run in self._runs[layer]:
                run.activation.backward(run.signal, run.z, run.memo, run.delta)
            if layer:
                self._pass_down(layer, delta)
            if update:
                self._descend(layer, self._below[layer - 1] if layer else self._x, delta)

    def update(self, x: Tensor, targets: Tensor, scale: Tensor) -> Tensor:
        """Do one SGD step of every trial; return the log-probabilities before it."""
        log_probabilities = self.forward(x)
        self.backward(targets, scale, update=True)
        return log_probabilities

    def _pass_down(self, layer: int, delta: Tensor) -> None:
        """Overwrite the signal of the trials that have this layer; the others keep theirs."""
        members, transposed = self._members[layer], self._transposed[layer]
        signal, columns = self._signals[layer - 1][:members], self._columns[layer]
        if columns is not None:
            torch.bmm(transposed.transpose(1, 2), delta.transpose(1, 2), out=columns)
            signal.copy_(columns[:members].transpose(1, 2))
        elif members == delta.shape[0]:
            torch.bmm(delta, transposed, out=signal)
        else:  # a lone trial: its idle companion must not write over a neighbour's signal
            signal.copy_(torch.bmm(delta, transposed)[:members])

    def _descend(self, layer: int, below: Tensor, delta: Tensor) -> None:
        if self.rule is not None:
            self.rule.descend(layer, below, delta)
            return
        gradient = self._bias_gradients[layer]
        self.weights[layer].baddbmm_(below.transpose(1, 2), delta, alpha=-1)
        self.biases[layer].sub_(torch.sum(delta, 1, keepdim=True, out=gradient))
