"""What is tuned: which parameters a variant's trials have."""

import math
from dataclasses import dataclass, replace

from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.section import RateRange
from glorot_sweep.parts.variants import Variant
from glorot_sweep.specs import Pretraining


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
    """Return the range of a variant's learning rate: its own, its step rule's, or that of all."""
    if own := search.learning_rates.get(variant.name):
        return own
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
