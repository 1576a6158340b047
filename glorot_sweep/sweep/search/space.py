"""What the parameters of a variant's trials are drawn from."""

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.section import RateRange
from glorot_sweep.parts.variants import Variant

Space = dict[str, BaseDistribution]


def search_space(search: SearchConfig, variant: Variant, rates: RateRange) -> Space:
    """Return what the parameters of a variant's trials are drawn from, in the order of drawing.

    Args:
        search: the ranges of all else.
        variant: which of them it has.
        rates: the range of the learning rate.
    """
    depths = search.depth
    space: Space = {
        "learning_rate": FloatDistribution(rates.low, rates.high, log=True),
        "depth": IntDistribution(depths.low, depths.high),
    }
    if rule := search.step_rule(variant.step_rule):
        space["damping"] = FloatDistribution(rule.damping.low, rule.damping.high, log=True)
    if variant.pretrained:
        config = search.pretraining
        assert config is not None
        own = config.learning_rate
        space["pretraining_updates"] = CategoricalDistribution(config.updates)
        space["pretraining_rate"] = FloatDistribution(own.low, own.high, log=True)
        space["noise"] = FloatDistribution(config.noise.low, config.noise.high)
    return space
