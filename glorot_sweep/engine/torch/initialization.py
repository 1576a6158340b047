"""Initial weights of a network. Biases start at 0."""

import itertools

import torch
from torch import Tensor

from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.stepper import ImageStream
from glorot_sweep.engine.torch.unit_variance import with_unit_variance
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.specs import TrialSpec


def initial_weights(
    initialization: str,
    sizes: list[int],
    seed: int,
    activation: str = "identity",
    inputs: Tensor | None = None,
) -> list[Tensor]:
    """Draw every weight matrix of one network, from the input upwards.

    Args:
        initialization: name in `INITIALIZATIONS`.
        sizes: units of each layer, input and output included.
        seed: seed of the draw; nothing else decides it, but for an initialization that looks at
            examples.
        activation: of the hidden layers, for such an initialization.
        inputs: what `inputs_seen` returns.

    Returns:
        Matrices [fan_in, fan_out] in float64, so that every precision starts at the same point.

    Raises:
        ValueError: the initialization looks at examples, and there are none.

    Example:
        >>> first, second = initial_weights("standard", [4, 100, 2], seed=0)
        >>> bool(first.abs().max() <= 0.5), tuple(second.shape)
        (True, (100, 2))
    """
    generator = torch.Generator().manual_seed(seed)
    part = INITIALIZATIONS[initialization]
    drawn = [part.draw(n, m, generator) for n, m in itertools.pairwise(sizes)]
    if not part.examples:
        return drawn
    if inputs is None:
        raise ValueError(f"the initialization {initialization!r} needs training examples, got none")
    return with_unit_variance(drawn, ACTIVATIONS[activation].function, inputs)


def inputs_seen(trial: TrialSpec, images_of: ImageStream | None) -> Tensor | None:
    """Return the inputs that a trial's initialization looks at; None if it looks at none.

    Args:
        trial: whose own training stream they are the first ones of.
        images_of: training images; None: there are none.

    Returns:
        Inputs in float64 [examples, inputs].
    """
    count = INITIALIZATIONS[trial.variant.initialization].examples
    if not count or images_of is None:
        return None
    images = images_of(trial.data_seed, 0, count)
    return scale_pixels(images.cpu(), torch.float64, trial.input_scaling)
