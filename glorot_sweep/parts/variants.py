"""The variants under comparison. A further one is a row more in `_FURTHER`, or `register`."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, Final, Literal

from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.registry import Registry
from glorot_sweep.parts.step_rules import STEP_RULES

Profile = Literal["equal", "growing", "shrinking"]

PART_KINDS: Final[dict[str, Registry[Any]]] = {
    "activation": ACTIVATIONS,
    "initialization": INITIALIZATIONS,
    "cost": COSTS,
    "step_rule": STEP_RULES,
}
"""Where the part of each kind is looked up, by the attribute of a variant that names it."""

NARROWEST, WIDEST = 0.6, 1.4  # of the middle width: 600, 800, 1000, 1200, 1400 in five layers


@dataclass(frozen=True)
class Variant:
    """One row of a results table.

    Attributes:
        name: the name used in sweep files, tags and run names.
        label: how tables and figures write it.
        activation: hidden activation function, a name in `ACTIVATIONS`.
        initialization: `standard` is Eq. (1), `normalized` is Eq. (16); a name in
            `INITIALIZATIONS`.
        cost: negative log-likelihood, or the squared error of the probabilities; in `COSTS`.
        step_rule: `sgd`: one learning rate for all; otherwise one for each parameter, from
            the diagonal of the Hessian or from the variance of its gradient; in `STEP_RULES`.
        pretrained: the hidden layers begin as denoising autoencoders.
        profile: how the layers' widths change from the input to the output.

    Its parts need not be at hand: a row that was stored is shown where no plugin is. They are
    checked by `register`, and when a sweep file is read.
    """

    name: str
    label: str
    activation: str
    initialization: str
    cost: str = "log_likelihood"
    step_rule: str = "sgd"
    pretrained: bool = False
    profile: Profile = "equal"

    def check_parts(self) -> None:
        """Refuse parts that are not registered.

        Raises:
            ValueError: names the first, and the nearest that is.
        """
        user = f"the variant {self.name!r}"
        for attribute, registry in PART_KINDS.items():
            registry.require(getattr(self, attribute), user)

    def widths(self, width: int, depth: int) -> tuple[int, ...]:
        """Return the units of each hidden layer, evenly spaced around `width`.

        Example:
            >>> row = Variant("t", "T", "tanh", "standard", profile="growing")
            >>> row.widths(1000, 5), row.widths(100, 1)
            ((600, 800, 1000, 1200, 1400), (100,))
        """
        return widths_of(self.profile, width, depth)


def label_of_parts(variant: Variant) -> str:
    """Return a label that says what a variant is made of, for one that nobody has named.

    Example:
        >>> label_of_parts(Variant("a", "", "leaky_relu", "he", profile="growing"))
        'Leaky relu, he, growing'
    """
    text = ", ".join(_words(variant)).replace("_", " ")
    return text[:1].upper() + text[1:]


def _words(variant: Variant) -> Iterator[str]:
    """Yield the two parts that every variant has, and what else is not as in most."""
    yield variant.activation
    yield variant.initialization
    for each in fields(variant):
        value = getattr(variant, each.name)
        if each.default is not MISSING and value != each.default:
            yield each.name if value is True else str(value)


def widths_of(profile: Profile, width: int, depth: int) -> tuple[int, ...]:
    """Return the units of each hidden layer of a profile; see `Variant.widths`."""
    if profile == "equal" or depth == 1:
        return (width,) * depth
    step = (WIDEST - NARROWEST) / (depth - 1)
    rising = tuple(round(width * (NARROWEST + step * layer)) for layer in range(depth))
    return rising if profile == "growing" else rising[::-1]


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

_FURTHER = (
    *_PRETRAINED,
    Variant("tanh_quadratic", "Tanh, quadratic", "tanh", "standard", cost="quadratic"),
    Variant("tanh_n_quadratic", "Tanh N, quadratic", "tanh", "normalized", cost="quadratic"),
    Variant("tanh_growing", "Tanh, growing", "tanh", "standard", profile="growing"),
    Variant("tanh_n_growing", "Tanh N, growing", "tanh", "normalized", profile="growing"),
    Variant("tanh_shrinking", "Tanh, shrinking", "tanh", "standard", profile="shrinking"),
    Variant("tanh_n_shrinking", "Tanh N, shrinking", "tanh", "normalized", profile="shrinking"),
    Variant("tanh_gaussian", "Tanh, Gaussian", "tanh", "gaussian"),
    Variant("tanh_unit_gaussian", "Tanh, unit Gaussian", "tanh", "unit_gaussian"),
    Variant("tanh_orthogonal", "Tanh, orthogonal", "tanh", "orthogonal"),
    Variant("relu", "ReLU", "relu", "standard"),
    Variant("relu_n", "ReLU N", "relu", "normalized"),
    Variant("relu_he", "ReLU, He", "relu", "he"),
    Variant("relu_orthogonal", "ReLU, orthogonal", "relu", "orthogonal"),
    Variant("softplus", "Softplus", "softplus", "standard"),
    Variant("softplus_n", "Softplus N", "softplus", "normalized"),
    Variant("tanh_hessian", "Tanh, Hessian rates", "tanh", "standard", step_rule="hessian"),
    Variant("tanh_n_hessian", "Tanh N, Hessian rates", "tanh", "normalized", step_rule="hessian"),
    Variant(
        "tanh_gradient_variance", "Tanh, gradient-variance rates", "tanh", "standard",
        step_rule="gradient_variance",
    ),
    Variant(
        "tanh_n_gradient_variance", "Tanh N, gradient-variance rates", "tanh", "normalized",
        step_rule="gradient_variance",
    ),
)  # fmt: skip

PAPER_VARIANTS: dict[str, Variant] = {variant.name: variant for variant in _PAPER}
VARIANTS: dict[str, Variant] = dict(PAPER_VARIANTS)
"""All variants by name: what a sweep file may list."""


def register(variant: Variant) -> None:
    """Let sweep files name a further variant.

    Raises:
        ValueError: its name is taken, or it names a part that is not registered.
    """
    variant.check_parts()
    if variant.name in VARIANTS:
        raise ValueError(f"there is a variant {variant.name!r} already; give it another name")
    VARIANTS[variant.name] = variant


for _variant in _FURTHER:
    register(_variant)

SHIPPED: Final = frozenset(VARIANTS)
"""Names of the variants that come with the package."""
