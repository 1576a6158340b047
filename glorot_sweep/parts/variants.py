"""The variants under comparison. A further one is a row more in `_FURTHER`, or `register`."""

import math
from collections.abc import Iterator
from dataclasses import MISSING, asdict, dataclass, fields, replace
from numbers import Real
from typing import Any, Final, Literal, get_args

from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.names import check_name
from glorot_sweep.parts.registry import Registry
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.spelling import nearest

Profile = Literal["equal", "growing", "shrinking"]
LONGEST_LABEL: Final = 60  # characters; a table has it in one line
A_LABEL: Final = (
    f"a label is one line of at most {LONGEST_LABEL} characters, without control characters and "
    "without spaces at its ends"
)
PROFILES: Final[tuple[Profile, ...]] = get_args(Profile)

PART_KINDS: Final[dict[str, Registry[Any]]] = {
    "activation": ACTIVATIONS,
    "initialization": INITIALIZATIONS,
    "cost": COSTS,
    "step_rule": STEP_RULES,
    "schedule": SCHEDULES,
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
        step_rule: how parameters follow their gradients; in `STEP_RULES`.
        pretrained: the hidden layers begin as denoising autoencoders.
        profile: how the layers' widths change from the input to the output.
        schedule: how the learning rate changes over the updates; in `SCHEDULES`.
        weight_decay: for each weight w, `weight_decay` * w is added to its gradient, as if the
            cost had `weight_decay` / 2 * w^2 besides; decoupled rules take that times the rate off
            the weight itself. Biases do not decay. 0 or more, less than 1.

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
    schedule: str = "constant"
    weight_decay: float = 0.0

    def check_parts(self) -> None:
        """Refuse parts that are unknown or do not go together, and other attributes' wrong values.

        Raises:
            ValueError: names the first, and the nearest that is known.
        """
        user = f"the variant {self.name!r}"
        for attribute, registry in PART_KINDS.items():
            registry.require(getattr(self, attribute), user)
        if self.profile not in PROFILES:
            near = nearest(str(self.profile), PROFILES)
            raise ValueError(f"{user} names an unknown profile {self.profile!r}{near}")
        if not isinstance(self.pretrained, bool):
            raise ValueError(f"{user}: pretrained must be True or False, got {self.pretrained!r}")
        check_weight_decay(self.weight_decay, self.step_rule, user)
        check_cost(self.cost, self.step_rule, user)

    def widths(self, width: int, depth: int) -> tuple[int, ...]:
        """Return the units of each hidden layer, evenly spaced around `width`.

        Example:
            >>> row = Variant("t", "T", "tanh", "standard", profile="growing")
            >>> row.widths(1000, 5), row.widths(100, 1)
            ((600, 800, 1000, 1200, 1400), (100,))
        """
        return widths_of(self.profile, width, depth)


def is_label(text: Any) -> bool:
    """Return whether tables and figures can write a text in one line."""
    is_text = isinstance(text, str) and 0 < len(text) <= LONGEST_LABEL
    return is_text and text.isprintable() and text.strip() == text


def check_weight_decay(decay: Any, step_rule: str, user: str) -> None:
    """Refuse a weight decay that is no share, or that a step rule has no place for.

    Args:
        decay: see `Variant`.
        step_rule: by name; one that is not at hand is not asked.
        user: whose decay it is, for the message.

    Raises:
        ValueError: says why.
    """
    is_number = isinstance(decay, Real) and not isinstance(decay, bool)
    if not (is_number and math.isfinite(decay) and 0 <= decay < 1):
        raise ValueError(
            f"{user}: weight_decay must be a number from 0 on that is less than 1, got {decay!r}; "
            "0.0001 to 0.01 are usual"
        )
    if decay and step_rule in STEP_RULES and STEP_RULES[step_rule].has_damping:
        raise ValueError(
            f"{user}: the step rule {step_rule!r} divides by an estimate of the cost alone, so "
            f"its weights cannot decay, got weight_decay {decay}; leave it out, or take another "
            "step rule"
        )


def check_cost(cost: str, step_rule: str, user: str) -> None:
    """Refuse a cost whose curvature a step rule would not be given.

    Args:
        cost: by name.
        step_rule: by name; one that is not at hand is not asked.
        user: whose cost it is, for the message.

    Raises:
        ValueError: says why.
    """
    if cost == "log_likelihood" or step_rule not in STEP_RULES:
        return
    if STEP_RULES[step_rule].curvature_every:
        raise ValueError(
            f"{user}: the step rule {step_rule!r} divides by the curvature of the log-likelihood, "
            f"so the cost must be log_likelihood, got {cost!r}; leave it out, or take another step "
            "rule"
        )


BEFORE: Final[dict[str, Any]] = {"schedule": "constant", "weight_decay": 0.0}
"""What a row without these attributes means: stored ones of before there were any."""


def content_of(variant: Variant) -> dict[str, Any]:
    """Return a variant as plain data, as it has been stored since before there were `BEFORE`."""
    return without_values_of_before(asdict(variant))


def without_values_of_before(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as plain data without the attributes that have their value of `BEFORE`."""
    return {k: v for k, v in row.items() if k not in BEFORE or v != BEFORE[k]}


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
            yield _said(each.name, value)


def _said(attribute: str, value: object) -> str:
    if value is True:
        return attribute
    return f"{attribute} {value:g}" if isinstance(value, float) else str(value)


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
    Variant("hard_tanh_n", "Hard tanh N", "hard_tanh", "normalized"),
    Variant("leaky_relu_he", "Leaky ReLU, He", "leaky_relu", "he"),
    Variant("elu_he", "ELU, He", "elu", "he"),
    Variant("selu_lecun", "SELU, LeCun", "selu", "lecun_normal"),
    Variant("gelu_he", "GELU, He", "gelu", "he"),
    Variant("silu_he", "SiLU, He", "silu", "he"),
    Variant("relu_lsuv", "ReLU, LSUV", "relu", "lsuv"),
    Variant("tanh_lsuv", "Tanh, LSUV", "tanh", "lsuv"),
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
    Variant("tanh_n_momentum", "Tanh N, momentum", "tanh", "normalized", step_rule="momentum"),
    Variant("tanh_n_nesterov", "Tanh N, Nesterov", "tanh", "normalized", step_rule="nesterov"),
    Variant("tanh_n_adam", "Tanh N, Adam", "tanh", "normalized", step_rule="adam"),
    Variant(
        "tanh_n_adamw", "Tanh N, AdamW", "tanh", "normalized", step_rule="adamw",
        weight_decay=0.01,
    ),
    Variant("tanh_n_step", "Tanh N, rate in steps", "tanh", "normalized", schedule="step"),
    Variant("tanh_n_cosine", "Tanh N, cosine", "tanh", "normalized", schedule="cosine"),
    Variant("tanh_n_warm_up", "Tanh N, warm-up", "tanh", "normalized", schedule="warm_up"),
    Variant("tanh_n_decay", "Tanh N, decay", "tanh", "normalized", weight_decay=0.0001),
    Variant("relu_he_momentum", "ReLU, He, momentum", "relu", "he", step_rule="momentum"),
    Variant("relu_he_adam", "ReLU, He, Adam", "relu", "he", step_rule="adam"),
)  # fmt: skip

PAPER_VARIANTS: dict[str, Variant] = {variant.name: variant for variant in _PAPER}
VARIANTS: Final = Registry("variant", (*_PAPER, *_FURTHER))
"""All variants by name: what a sweep file may list."""

SHIPPED: Final = VARIANTS.shipped
"""Names of the variants that come with the package."""


def register(variant: Variant) -> None:
    """Let sweep files name a further variant; without a label it gets one made of its parts.

    Raises:
        ValueError: its name is taken or looks like none, it names a part that is not registered, or
            its label is none or, given by whoever registers it, that of another variant.
    """
    check_name("variant", variant.name)
    variant.check_parts()
    decay, label = float(variant.weight_decay), variant.label or label_of_parts(variant)
    if not is_label(label):
        raise ValueError(f"the variant {variant.name!r}: {A_LABEL}, got {label!r}")
    for other in VARIANTS.values() if variant.label else ():
        if other.label == label and other.name != variant.name:
            raise ValueError(
                f"the variant {variant.name!r} would be written as {other.name!r} is, {label!r}; "
                "give it another label"
            )
    VARIANTS.add(replace(variant, label=label, weight_decay=decay))
