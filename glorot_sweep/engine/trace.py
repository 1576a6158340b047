"""The trace: what one forward and backward pass leaves in every layer, for all trials of a pack."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class LayerTrace:
    """One layer of the trials that have it; views without padding, valid until the next pass.

    T trials, n examples. Of the output layer, activations and derivatives are None.

    Attributes:
        trials: number of the trial at each position, as given to the pack.
        activation_names: the hidden activation function of each trial.
        entering: what enters the layer [T or 1, n, fan_in].
        activations: z [T, n, fan_out].
        derivatives: f'(s) [T, n, fan_out].
        gradients: dCost/ds of each example, not divided by n [T, n, fan_out].
        weights: [T, fan_in, fan_out].
        biases: [T, fan_out].
    """

    trials: tuple[int, ...]
    activation_names: tuple[str, ...]
    entering: Tensor
    activations: Tensor | None
    derivatives: Tensor | None
    gradients: Tensor
    weights: Tensor
    biases: Tensor


@dataclass(frozen=True)
class Trace:
    """All layers of a pack.

    Attributes:
        hidden: the hidden layers, from the input upwards; deeper ones have fewer trials.
        output: the output layer, which every trial has.
        labels: classes of the examples [n].
        log_probabilities: [K, n, classes], trials as in `output.trials`.
    """

    hidden: tuple[LayerTrace, ...]
    output: LayerTrace
    labels: Tensor
    log_probabilities: Tensor
