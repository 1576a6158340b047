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
    last = search.round_of(number)
    for each in range(0 if last is None else last + 1):
        rate = best_before(search.first_trials + each * search.round_trials)
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
    place = search.at_table_depth_before(number)
    if (found := search.round_of(number)) is not None:
        first = search.first_trials + found * search.round_trials
        spaced = within_parts(rates, search.round_trials, PLACES[found])
        return {"learning_rate": spaced[number - first]}
    if search.is_at_table_depth(number):
        count = search.at_table_depth_before(search.first_trials)
        return {"learning_rate": evenly_spaced(rates, count)[place]}
    count = search.first_trials - search.at_table_depth_before(search.first_trials)
    return {"learning_rate": evenly_spaced(rates, count)[number - place]}
