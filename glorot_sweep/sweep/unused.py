"""Keys of a sweep file that are valid and change nothing, each in a sentence."""

from collections.abc import Iterator

from glorot_sweep.config.papers import NO_PAPER
from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.sweep import SweepConfig


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
    return ""
