"""Where the learning rates of a group's trials come from: its range, as it grows, or a grid."""

from collections.abc import Callable

from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.section import RateRange
from glorot_sweep.parts.variants import Variant
from glorot_sweep.sweep.contents.hyperparameters import learning_rates
from glorot_sweep.sweep.search.ranges import edge_of, evenly_spaced, grown, within_parts

PLACES = (0.382, 0.618)  # of a round's rates between those of a grid: the golden section


def range_of(
    search: SearchConfig,
    variant: Variant,
    number: int,
    best_before: Callable[[int], float | None],
) -> RateRange:
    """Return the range from which a trial's learning rate is drawn.

    Args:
        search: whose rounds may have let it grow.
        variant: whose range it is.
        number: of the trial.
        best_before: the rate of the best one at the table's depth among the trials before a
            number; None where none has learned anything.
    """
    rates = learning_rates(search, variant)
    starts = [start for stage in search.stages for start in stage.round_starts if start <= number]
    for start in starts:
        rate = best_before(start)
        rates = grown(rates, None if rate is None else edge_of(rates, rate))
    return rates


def fixed_rates(search: SearchConfig, number: int, rates: RateRange) -> dict[str, float]:
    """Return the learning rate that a grid gives a trial, as a parameter; none without a grid.

    The rates of the two rounds lie between those of the grid, so that none is trained again.

    Args:
        search: whose grid it is.
        number: of the trial.
        rates: its range.
    """
    if search.sampler != "grid":
        return {}
    place, stage = search.at_table_depth_before(number), search.stage_of(number)
    if (found := stage.round_of(number)) is not None:
        first = stage.round_starts[found]
        spaced = within_parts(rates, stage.round_trials, PLACES[found])
        return {"learning_rate": spaced[number - first]}
    count = stage.at_table_depth_before(stage.start + stage.first_trials)
    if search.is_at_table_depth(number):
        return {"learning_rate": evenly_spaced(rates, count)[place]}
    return {"learning_rate": evenly_spaced(rates, stage.first_trials - count)[number - place]}
