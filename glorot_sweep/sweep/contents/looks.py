"""When the runs of a sweep are looked into."""

from typing import Literal

from glorot_sweep.config.looking import StatisticsConfig
from glorot_sweep.specs import StatisticsSpec
from glorot_sweep.sweep.contents.schedule import log_spaced

OFTEN = 10  # looks per factor of ten of a monitored run


Purpose = Literal["trial", "replicate", "monitored"]


def statistics_spec(config: StatisticsConfig, updates: int, purpose: Purpose) -> StatisticsSpec:
    """Return when the layers of a run of so many updates are looked at.

    Example:
        >>> statistics_spec(StatisticsConfig(cost="economy"), 300, "replicate").updates
        (0, 100, 200, 300)
        >>> statistics_spec(StatisticsConfig(cost="economy"), 300, "replicate").detailed_at
        (0, 300)
    """
    if config.cost == "none":
        return StatisticsSpec()
    if config.updates:
        between = tuple(update for update in config.updates if update < updates)
    else:
        between = log_spaced(updates, OFTEN if purpose == "monitored" else 3)[:-1]
    looks = (0, *between, updates)
    detailed = looks if config.cost == "full" else _economical(looks, purpose)
    return StatisticsSpec(looks, detailed, config.saturation_bound)


def _economical(looks: tuple[int, ...], purpose: Purpose) -> tuple[int, ...]:
    return () if purpose == "trial" else (looks[0], looks[-1])
