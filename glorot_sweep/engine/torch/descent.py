"""How the parameters of a pack follow their gradients: the step rules of `parts`, on stacks.

What a rule keeps lies stacked as the weights do. A rule that is linear in the gradient is folded
into back-propagation; any other is given one piece of a layer after another.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from glorot_sweep.engine.torch.layout import SMALLEST_STACK
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.rates import Rates
from glorot_sweep.parts.step_rules import StepRule
from glorot_sweep.parts.torch.step_rules import Gradient, Parameters
from glorot_sweep.specs import TrialSpec

PIECE = 2**18  # numbers of a layer that are changed at once on a CPU: they stay in its cache

LayerViews = list[tuple[Tensor, Tensor]]
"""What belongs to the weights [fan_in, fan_out] and the biases [fan_out] of each layer."""

Stacks = tuple[list[Tensor], list[Tensor]]
"""What belongs to all weights and to all biases of a pack, shaped as these are."""


class Descent(ABC):
    """The steps of all parameters of a pack.

    Args:
        rule: shared by all trials.
        network: the pack whose parameters are changed.
        trials: its trials.

    Attributes:
        signal_rates: what each trial's back-propagated gradients are to be multiplied by.
        scales_signal: whether they are to be multiplied by the schedule's factor besides.
        rates: of all slices.
        update: number of the update whose steps are done, counted from 0.
    """

    signal_rates: Sequence[float]
    update = 0

    def __init__(self, rule: StepRule, network: PackedNetwork, trials: Sequence[TrialSpec]) -> None:
        self.rule, self.network, self.rates = rule, network, Rates(rule, network, trials)
        self.scales_signal = rule.scales_gradient

    def begin(self, update: int, factor: float) -> None:
        """Set out for an update.

        Args:
            update: counted from 0.
            factor: of all learning rates in it.
        """
        self.update = update
        self.rates.set_factor(factor)

    @abstractmethod
    def descend(self, layer: int, below: Tensor, delta: Tensor) -> None:
        """Do the step of one layer.

        Args:
            layer: counted from 0; the output layer is the last.
            below: what enters the layer [height, batch, fan_in].
            delta: dCost/ds times `signal_rates`, divided by the batch [height, batch, fan_out].
        """

    @abstractmethod
    def take_curvature(self, diagonal: Stacks, number: int) -> None:
        """Take in a diagonal of the Hessian, counted from 0; it is written over."""

    @abstractmethod
    def kept_of(self, trial: int) -> dict[str, LayerViews]:
        """Return what is kept for a trial, by name; views without padding."""

    @abstractmethod
    def settle(self) -> None:
        """Compute what follows from what is kept; called whenever that was loaded."""

    def load(self, trial: int, kept: Mapping[str, LayerViews]) -> None:
        """Take over what was kept for a trial; `settle` must follow."""
        for name, layers in self.kept_of(trial).items():
            for ours, theirs in zip(layers, kept[name], strict=True):
                for tensor, values in zip(ours, theirs, strict=True):
                    tensor.copy_(values)


def make_descent(rule: StepRule, network: PackedNetwork, trials: Sequence[TrialSpec]) -> Descent:
    """Return the steps of a pack by a rule, at their start; see `Descent`."""
    folds = rule.is_linear and not trials[0].variant.weight_decay
    return (LinearDescent if folds else RuledDescent)(rule, network, trials)


class LinearDescent(Descent):
    """One learning rate for all parameters, no decay: a layer's step is one product in place."""

    def __init__(self, rule: StepRule, network: PackedNetwork, trials: Sequence[TrialSpec]) -> None:
        super().__init__(rule, network, trials)
        self.signal_rates = tuple(trial.learning_rate for trial in trials)
        self._bias_gradients = [torch.empty_like(bias) for bias in network.biases]

    def descend(self, layer: int, below: Tensor, delta: Tensor) -> None:
        """Subtract the gradients."""
        gradient = self._bias_gradients[layer]
        self.network.weights[layer].baddbmm_(below.transpose(1, 2), delta, alpha=-1)
        self.network.biases[layer].sub_(torch.sum(delta, 1, keepdim=True, out=gradient))

    def take_curvature(self, diagonal: Stacks, number: int) -> None:
        """No linear rule asks for it."""
        raise NotImplementedError("a linear rule has no use for diagonals of the Hessian")

    def kept_of(self, trial: int) -> dict[str, LayerViews]:
        """Nothing is kept."""
        return {}

    def settle(self) -> None:
        """Nothing follows from nothing."""


class RuledDescent(Descent):
    """Steps by the functions of a rule; those of a linear one where weights decay."""

    def __init__(self, rule: StepRule, network: PackedNetwork, trials: Sequence[TrialSpec]) -> None:
        super().__init__(rule, network, trials)
        self.signal_rates = (1.0,) * len(network)
        self._functions = Gradient() if rule.is_linear else rule.functions
        self._stacks: dict[str, Stacks] = {
            name: (_zeros(network.weights), _zeros(network.biases))
            for name in (*rule.kept, *rule.derived)
        }
        dampings = [trial.damping or 0.0 for trial in trials]
        self._rates, self._decays, self._lost = self.rates.rates, self.rates.decays, self.rates.lost
        self._dampings = [self._per_slice(dampings, layer, 1.0) for layer in self._layers]
        self._cuts = [_cuts(weight) for weight in network.weights]
        self._buffers = self._make_buffers()
        self._pieces = [
            [self._piece(0, layer, cut) for cut in self._cuts[layer]] for layer in self._layers
        ]
        self._bias_pieces = [self._piece(1, layer, slice(None)) for layer in self._layers]

    def descend(self, layer: int, below: Tensor, delta: Tensor) -> None:
        """Form the gradients of one piece after another, and do its step."""
        for cut, piece in zip(self._cuts[layer], self._pieces[layer], strict=True):
            self._form_gradient(piece, below[cut], delta[cut], layer, cut)
            self._functions.step(piece, self.update)
        piece = self._bias_pieces[layer]
        torch.sum(delta, 1, keepdim=True, out=piece.gradient)
        self._functions.step(piece, self.update)

    def _form_gradient(
        self, piece: Parameters, below: Tensor, delta: Tensor, layer: int, cut: slice
    ) -> None:
        """Make the gradient of some weights, with their decay; or let them decay before."""
        x, gradient = below.transpose(1, 2), piece.gradient
        if not self.rates.decay:
            torch.bmm(x, delta, out=gradient)
        elif self.rule.decoupled:
            piece.values.sub_(torch.mul(piece.values, self._lost[layer][cut], out=gradient))
            torch.bmm(x, delta, out=gradient)
        else:
            torch.mul(piece.values, self._decays[layer][cut], out=gradient).baddbmm_(x, delta)

    def take_curvature(self, diagonal: Stacks, number: int) -> None:
        """Pass on to the rule what belongs to each piece."""
        weights, biases = diagonal
        for layer in self._layers:
            for cut, piece in zip(self._cuts[layer], self._pieces[layer], strict=True):
                self._functions.take_curvature(piece, weights[layer][cut], number)
            self._functions.take_curvature(self._bias_pieces[layer], biases[layer], number)

    def kept_of(self, trial: int) -> dict[str, LayerViews]:
        """Return what the rule keeps for a trial."""
        return {name: self.network.views(trial, *self._stacks[name]) for name in self.rule.kept}

    def settle(self) -> None:
        """Let the rule compute what it derives."""
        for layer in self._layers:
            for piece in (*self._pieces[layer], self._bias_pieces[layer]):
                self._functions.settle(piece)

    @property
    def _layers(self) -> range:
        return range(len(self.network.weights))

    def _per_slice(self, values: Sequence[float], layer: int, idle: float) -> Tensor:
        stacked = self.network.layout.stacked(values, layer, idle)
        return self.network.weights[layer].new_tensor(stacked).view(-1, 1, 1)

    def _make_buffers(self) -> list[Tensor]:
        """Room for the gradient and what is spare, shared by all pieces."""
        pairs = zip(self.network.weights, self._cuts, strict=True)
        sizes = [weight[cut].numel() for weight, cuts in pairs for cut in cuts]
        largest = max(*sizes, *(bias.numel() for bias in self.network.biases))
        kinds = 1 + self._functions.n_spare
        return [self.network.weights[0].new_zeros(largest) for _ in range(kinds)]

    def _piece(self, kind: int, layer: int, cut: slice) -> Parameters:
        """Some slices of the weights (kind 0) or of the biases (kind 1) of a layer."""
        values = (self.network.weights, self.network.biases)[kind][layer][cut]
        gradient, *spare = (b[: values.numel()].view(values.shape) for b in self._buffers)
        kept = {name: stacks[kind][layer][cut] for name, stacks in self._stacks.items()}
        rate, damping = self._rates[layer][cut], self._dampings[layer][cut]
        return Parameters(values, gradient, tuple(spare), kept, rate, damping)


def _zeros(stacks: Sequence[Tensor]) -> list[Tensor]:
    return [torch.zeros_like(stack) for stack in stacks]


def _cuts(weight: Tensor) -> list[slice]:
    """Cut a stack into parts of two slices or more, as few on a GPU, small ones on a CPU."""
    height, one = len(weight), weight[0].numel()
    count = max(SMALLEST_STACK, PIECE // one) if weight.device.type == "cpu" else height
    starts = range(0, max(height - 1, 1), count)
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], height], strict=True)]
