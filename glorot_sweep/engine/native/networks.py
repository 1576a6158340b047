"""The networks of a native pack: their parameters, and what their step rule keeps for each."""

import ctypes
from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from glorot_sweep.engine.native.library import Network
from glorot_sweep.engine.native.panels import Floats, Panels
from glorot_sweep.engine.stepper import Layers
from glorot_sweep.engine.torch.initialization import initial_weights
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.torch.step_rules import LEAST_SHARE
from glorot_sweep.specs import TrialSpec

ACTIVATIONS = (
    "identity", "relu", "sigmoid", "softplus", "softsign", "tanh", "elu", "gelu", "hard_tanh",
    "leaky_relu", "selu", "silu",
)  # fmt: skip
COSTS = ("log_likelihood", "quadratic")
RULES = ("sgd", "hessian", "gradient_variance", "momentum", "nesterov", "adam", "adamw")
"""Parts with a native form, at the numbers by which the core knows them."""


class NativeNetwork:
    """One trial's network.

    Args:
        trial: its specification; the weights begin as its seed gives them.
        stream: number of its training stream in a chunk.
        n_inputs, n_classes: of the data set.
        inputs: what its initialization looks at; see `inputs_seen`.

    Attributes:
        trial: see above.
        panels: how parameters lie.
        parameters: weights and biases.
        kept: what the step rule keeps and derives for each of them, by name.
    """

    def __init__(
        self,
        trial: TrialSpec,
        stream: int,
        n_inputs: int,
        n_classes: int,
        inputs: Tensor | None = None,
    ) -> None:
        self.trial, self.stream = trial, stream
        self.panels = Panels((n_inputs, *trial.layer_widths, n_classes))
        self.rule = STEP_RULES[trial.variant.step_rule]
        drawn = initial_weights(
            trial.variant.initialization, list(self.panels.sizes), trial.weight_seed,
            trial.variant.activation, inputs,
        )  # fmt: skip
        weights = [weight.float().numpy() for weight in drawn]
        layers = tuple((weight, np.zeros(weight.shape[1], np.float32)) for weight in weights)
        self.parameters = self.panels.new(layers)
        self.kept = {name: self.panels.new() for name in (*self.rule.kept, *self.rule.derived)}
        self._sizes = np.array(self.panels.sizes, np.int64)

    def layers(self) -> Layers:
        """Return copies of weights and biases."""
        return self.panels.read(self.parameters)

    def estimates(self) -> dict[str, Layers]:
        """Return copies of what the rule keeps."""
        return {name: self.panels.read(self.kept[name]) for name in self.rule.kept}

    def load(self, layers: Layers, estimates: Mapping[str, Layers]) -> None:
        """Go on from these weights and biases, and from what the rule had kept."""
        self.panels.write(self.parameters, layers)
        for name in self.rule.kept:
            self.panels.write(self.kept[name], estimates[name])
        if "step" in self.kept:
            self._settle()

    def take_curvature(self, diagonal: Floats, number: int) -> None:
        """Bring a diagonal of the Hessian, counted from 0, into the running mean."""
        share, mean = np.float32(max(1 / (number + 1), LEAST_SHARE)), self.kept["curvature"]
        with np.errstate(over="ignore", invalid="ignore"):  # of a trial that diverges
            mean += (diagonal - mean) * share
        self._settle()

    def _settle(self) -> None:
        rate, damping = np.float32(self.trial.learning_rate), np.float32(self.trial.damping or 0.0)
        with np.errstate(over="ignore", invalid="ignore"):  # of a trial that diverges
            np.divide(rate, self.kept["curvature"] + damping, out=self.kept["step"])

    def structure(self, scale: float) -> Network:
        """Return what the core is told of the network.

        Args:
            scale: of dCost/ds at the output.
        """
        variant, kept = self.trial.variant, [block.ctypes.data for block in self._in_steps()]
        return Network(
            layers=len(self.panels.sizes) - 1,
            activation=ACTIVATIONS.index(variant.activation),
            cost=COSTS.index(variant.cost),
            rule=RULES.index(variant.step_rule),
            stream=self.stream,
            symmetric=self.trial.input_scaling == "symmetric",
            sizes=self._sizes.ctypes.data,
            parameters=self.parameters.ctypes.data,
            first=kept[0] if kept else None,
            second=kept[1] if kept[1:] else None,
            scale=scale,
            rate=self.trial.learning_rate,
            decay=variant.weight_decay,
            damping=self.trial.damping or 0.0,
        )

    def update_scale(self) -> float:
        """Return what makes the batch's sum of dCost/ds what the rule steps by.

        A linear rule adds the step itself, that of the Hessian the negative mean gradient times
        its own step sizes; all others are given the mean gradient.
        """
        batch = self.trial.batch_size
        if self.rule.is_linear:
            return -self.trial.learning_rate / batch
        return -1 / batch if self.rule.curvature_every else 1 / batch

    def _in_steps(self) -> list[Floats]:
        """What the core reads and writes in an update."""
        names = self.rule.derived or self.rule.kept
        return [self.kept[name] for name in names]


def structures(networks: Sequence[NativeNetwork], scales: Sequence[float]) -> ctypes.Array[Network]:
    """Return what the core is told of several networks."""
    described = [network.structure(scale) for network, scale in zip(networks, scales, strict=True)]
    return (Network * len(described))(*described)
