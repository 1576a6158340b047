"""Keys of a sweep file that are valid and change nothing, each in a sentence."""

from collections.abc import Iterator

from glorot_sweep.config.papers import NO_PAPER
from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.contents.pruning import CompleteTrial, trial_limits


def unused(config: SweepConfig) -> Iterator[str]:
    """Yield a sentence for each key that was given and decides nothing.

    Args:
        config: as it was read from a file; what the file leaves out is not told.

    Example:
        >>> search = {"trials": 4, "generation": 4, "learning_rate": {"low": 0.01, "high": 0.1},
        ...     "pruner": {"kind": "median"}}
        >>> config = SweepConfig(name="mine", datasets=["shapeset"], search=search,
        ...     replicates={"updates": 100})
        >>> print(*unused(config))
        search.pruner gives up no trial: there are no search.rungs
    """
    if why := _never_prunes(config.search):
        yield f"search.pruner gives up no trial: {why}"
    if config.significance.equivalence and not config.all_comparisons and config.paper == NO_PAPER:
        yield (
            "significance.equivalence is asked of no pair: nothing is named beforehand; name pairs "
            "by comparisons, or one variant by base"
        )
    given = config.statistics.model_fields_set - {"cost"}
    if config.statistics.cost == "none" and given:
        yield f"statistics.{min(given)} changes nothing: statistics.cost is none"


def _never_prunes(search: SearchConfig) -> str:
    """Say why a pruner that the file gives can give up no trial; nothing if it can."""
    pruner = search.pruner
    if "pruner" not in search.model_fields_set or pruner.kind == "none":
        return ""
    if not search.rungs:
        return "there are no search.rungs"
    if not any(rung / search.updates >= pruner.start for rung in search.rungs):
        return (
            f"all of search.rungs lie before search.pruner.start, {pruner.start:g} of the "
            f"{search.updates:,} updates"
        )
    if search.group_trials <= search.generation:
        return "each group has a single generation, and trials are compared with earlier ones"
    if not any(_may_be_given_up(search, number) for number in range(search.group_trials)):
        return (
            f"none of the {search.group_trials} trials of a group comes after "
            f"{pruner.startup_trials} of earlier generations (search.pruner.startup_trials) and, "
            f"at search.table_depth, after the first {pruner.least_complete} "
            "(search.pruner.least_complete)"
        )
    return ""


def _may_be_given_up(search: SearchConfig, number: int) -> bool:
    """Return whether a trial has a limit if all earlier ones are complete, and of its depth."""
    earlier = min(search.generation_of(number).start, search.pruner.startup_trials)
    complete = CompleteTrial(search.table_depth, dict.fromkeys(search.rungs, 0.0))
    return bool(trial_limits(search, number, search.table_depth, [complete] * earlier))
