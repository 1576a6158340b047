"""The variants under comparison. A further one is a row more in `_FURTHER`."""

from dataclasses import dataclass, replace
from typing import Literal

ActivationName = Literal["sigmoid", "softsign", "tanh"]
InitializationName = Literal["standard", "normalized"]
Cost = Literal["log_likelihood", "quadratic"]
StepRule = Literal["sgd", "hessian", "gradient_variance"]
Profile = Literal["equal", "growing", "shrinking"]

NARROWEST, WIDEST = 0.6, 1.4  # of the middle width: 600, 800, 1000, 1200, 1400 in five layers


@dataclass(frozen=True)
class Variant:
    """One row of a results table.

    Attributes:
        name: the name used in sweep files, tags and run names.
        label: how tables and figures write it.
        activation: hidden activation function.
        initialization: `standard` is Eq. (1), `normalized` is Eq. (16).
        cost: negative log-likelihood, or the squared error of the probabilities.
        step_rule: `sgd`: one learning rate for all; otherwise one for each parameter, from
            the diagonal of the Hessian or from the variance of its gradient.
        pretrained: the hidden layers begin as denoising autoencoders.
        profile: how the layers' widths change from the input to the output.
    """

    name: str
    label: str
    activation: ActivationName
    initialization: InitializationName
    cost: Cost = "log_likelihood"
    step_rule: StepRule = "sgd"
    pretrained: bool = False
    profile: Profile = "equal"

    def widths(self, width: int, depth: int) -> tuple[int, ...]:
        """Return the units of each hidden layer, evenly spaced around `width`.

        Example:
            >>> row = Variant("t", "T", "tanh", "standard", profile="growing")
            >>> row.widths(1000, 5), row.widths(100, 1)
            ((600, 800, 1000, 1200, 1400), (100,))
        """
        if self.profile == "equal" or depth == 1:
            return (width,) * depth
        step = (WIDEST - NARROWEST) / (depth - 1)
        rising = tuple(round(width * (NARROWEST + step * layer)) for layer in range(depth))
        return rising if self.profile == "growing" else rising[::-1]


_PAPER = (  # in the order of the paper's Table 1
    Variant("softsign", "Softsign", "softsign", "standard"),
    Variant("softsign_n", "Softsign N", "softsign", "normalized"),
    Variant("tanh", "Tanh", "tanh", "standard"),
    Variant("tanh_n", "Tanh N", "tanh", "normalized"),
    Variant("sigmoid", "Sigmoid", "sigmoid", "standard"),
)

_PRETRAINED = tuple(
    replace(row, name=f"{row.name}_pretrained", label=f"{row.label}, pre-trained", pretrained=True)
    for row in _PAPER
)

_FURTHER: tuple[Variant, ...] = (*_PRETRAINED,)

PAPER_VARIANTS: dict[str, Variant] = {variant.name: variant for variant in _PAPER}
VARIANTS: dict[str, Variant] = {variant.name: variant for variant in (*_PAPER, *_FURTHER)}
