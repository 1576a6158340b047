"""What is tuned: which parameters a variant's trials have, and a specification made of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.section import RateRange
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.specs import Pretraining, TrialSpec
from glorot_sweep.variants import VARIANTS, Variant

Space = dict[str, BaseDistribution]


@dataclass(frozen=True)
class Hyperparameters:
    """One choice from a search space; what a variant does not have is None.

    Attributes:
        learning_rate, depth: of every variant.
        damping: of a step rule.
        pretraining_updates, pretraining_rate, noise: of pre-training; see `Pretraining`.
    """

    learning_rate: float
    depth: int
    damping: float | None = None
    pretraining_updates: int | None = None
    pretraining_rate: float | None = None
    noise: float | None = None

    @property
    def pretraining(self) -> Pretraining | None:
        """The three of pre-training together."""
        updates, rate, noise = self.pretraining_updates, self.pretraining_rate, self.noise
        if updates is None or rate is None or noise is None:
            return None
        return Pretraining(updates, rate, noise)


def learning_rates(search: SearchConfig, variant: Variant) -> RateRange:
    """Return the range of a variant's learning rate: its step rule's, if it has one."""
    rule = search.step_rule(variant.step_rule)
    return search.learning_rate if rule is None else rule.learning_rate


def search_space(search: SearchConfig, variant: Variant) -> Space:
    """Return what the parameters of a variant's trials are drawn from, in the order of drawing."""
    rates, depths = learning_rates(search, variant), search.depth
    space: Space = {
        "learning_rate": FloatDistribution(rates.low, rates.high, log=True),
        "depth": IntDistribution(depths.low, depths.high),
    }
    if rule := search.step_rule(variant.step_rule):
        space["damping"] = FloatDistribution(rule.damping.low, rule.damping.high, log=True)
    if variant.pretrained:
        config = search.pretraining
        assert config is not None
        rates = config.learning_rate
        space["pretraining_updates"] = CategoricalDistribution(config.updates)
        space["pretraining_rate"] = FloatDistribution(rates.low, rates.high, log=True)
        space["noise"] = FloatDistribution(config.noise.low, config.noise.high)
    return space


def middle(
    search: SearchConfig, variant: Variant, learning_rate: float, depth: int
) -> Hyperparameters:
    """Return these two, and the middle of what else is in a variant's space."""
    others = {
        name: _MIDDLE[type(one)](one)
        for name, one in search_space(search, variant).items()
        if name not in {"learning_rate", "depth"}
    }
    return Hyperparameters(learning_rate=learning_rate, depth=depth, **others)


def _middle_number(one: FloatDistribution) -> float:
    return math.sqrt(one.low * one.high) if one.log else (one.low + one.high) / 2


_MIDDLE: dict[type, Callable[[Any], Any]] = {
    FloatDistribution: _middle_number,
    CategoricalDistribution: lambda one: sorted(one.choices)[len(one.choices) // 2],
}


def make_spec(
    config: SweepConfig,
    dataset: str,
    variant: str,
    chosen: Hyperparameters,
    width: int | None = None,
    **fields: Any,
) -> TrialSpec:
    """Return a specification: what the sweep says of all networks, what was chosen, the rest.

    Args:
        config: the sweep.
        dataset: its name.
        variant: its name.
        chosen: the hyperparameters.
        width: instead of the sweep's.
        fields: all other fields of `TrialSpec`.
    """
    network = config.network
    width = width or network.middle_width
    equal = VARIANTS[variant].profile == "equal"
    widths = network.widths if equal else VARIANTS[variant].widths(width, chosen.depth)
    return TrialSpec(
        dataset=dataset,
        variant=variant,
        depth=chosen.depth,
        width=width,
        widths=widths,
        learning_rate=chosen.learning_rate,
        batch_size=network.batch_size,
        input_scaling=network.input_scaling,
        matmul_precision=network.matmul_precision,
        damping=chosen.damping,
        pretraining=chosen.pretraining,
        **fields,
    )
