"""What is tuned: which parameters a variant's trials have, and a specification made of them."""

import math
from dataclasses import dataclass, replace
from typing import Any

from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.section import RateRange
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.parts.variants import VARIANTS, Variant
from glorot_sweep.specs import Pretraining, TrialSpec


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


def middle(
    search: SearchConfig, variant: Variant, learning_rate: float, depth: int
) -> Hyperparameters:
    """Return these two, and the middle of what else is in a variant's space."""
    rule, pretraining = search.step_rule(variant.step_rule), search.pretraining
    damping = None if rule is None else _middle_of(rule.damping)
    chosen = Hyperparameters(learning_rate, depth, damping)
    if not variant.pretrained:
        return chosen
    assert pretraining is not None
    return replace(
        chosen,
        pretraining_updates=sorted(pretraining.updates)[len(pretraining.updates) // 2],
        pretraining_rate=_middle_of(pretraining.learning_rate),
        noise=(pretraining.noise.low + pretraining.noise.high) / 2,
    )


def _middle_of(rates: RateRange) -> float:
    return math.sqrt(rates.low * rates.high)


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
    network, row = config.network, VARIANTS[variant]
    width = width or network.middle_width
    equal = row.profile == "equal"
    widths = network.widths if equal else row.widths(width, chosen.depth)
    return TrialSpec(
        dataset=dataset,
        variant=row,
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
