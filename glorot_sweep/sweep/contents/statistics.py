"""When the layers of a sweep's runs are measured."""

from typing import Literal

from glorot_sweep.config.statistics import StatisticsConfig
from glorot_sweep.specs import StatisticsSpec
from glorot_sweep.sweep.contents.schedule import log_spaced

SELDOM, OFTEN = 3, 10  # measurements per factor of ten; the second in monitored runs

Purpose = Literal["trial", "replicate", "monitored"]


def statistics_spec(config: StatisticsConfig, updates: int, purpose: Purpose) -> StatisticsSpec:
    """Return when the layers of a run of so many updates are measured.

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
        between = log_spaced(updates, OFTEN if purpose == "monitored" else SELDOM)[:-1]
    measured_at = (0, *between, updates)
    detailed_at = measured_at if config.cost == "full" else _economical(updates, purpose)
    return StatisticsSpec(measured_at, detailed_at, config.saturation_bound)


def _economical(updates: int, purpose: Purpose) -> tuple[int, ...]:
    return () if purpose == "trial" else (0, updates)
