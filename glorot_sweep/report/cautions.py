"""What a search leaves open: winners at the edge of its range, and other sweeps with its seed."""

from collections.abc import Iterator, Mapping
from itertools import product

from glorot_sweep.report.collect import Collected
from glorot_sweep.report.labels import label
from glorot_sweep.tracking.same_seed import same_seed_sentence
from glorot_sweep.tracking.schema.studies import StudyRun

ENDS = {"low": "lowest", "high": "highest"}


def cautions(collected: Collected) -> list[str]:
    """Return sentences on each study with winners at the edge, and one on a shared seed."""
    edges = [sentence for one in collected.at_values for sentence in _edges(one)]
    others = collected.same_seed
    return [*edges, same_seed_sentence(collected.config.seed, others)] if others else edges


def _edges(collected: Collected) -> Iterator[str]:
    """Yield sentences on the studies at one value."""
    config, at = collected.config, "" if collected.value is None else f", {collected.value}"
    studies = {(run.dataset, run.variant): run for run in collected.studies}
    for key in product(config.datasets, config.variants):
        if key in studies:
            who = f"{label(key[0])}, {config.rows[key[1]].label}{at}"
            groups = collected.reached.groups(config, *key)
            yield from _of_study(studies[key], who, groups, config.search.extend)


def _of_study(run: StudyRun, who: str, groups: int, extends: bool) -> Iterator[str]:
    """Yield what is to be said of the winners at the table's depth, and of those at any depth."""
    widen = f"widen search.learning_rates.{run.variant}"
    if run.range_edge:
        extend = "" if extends else ", or set search.extend,"
        yield _caution(who, run.range_edge, groups, "", f"{widen}{extend}")
    if run.best_range_edge:
        yield _caution(who, run.best_range_edge, groups, " at its best depth", widen)


def _caution(who: str, range_edge: Mapping[str, str], groups: int, which: str, remedy: str) -> str:
    edges = list(range_edge.values())
    ends = [end for end in ENDS if end in edges]
    if groups == 1:
        where = f"the winner{which} lies in the {ENDS[ends[0]]} tenth"
    else:
        counts = " and ".join(f"{edges.count(end)} in the {ENDS[end]}" for end in ends)
        where = f"of {groups} winners{which} {counts} tenth"
    half = groups > 1 and 2 * len(edges) >= groups
    advice = f" That is half of them or more: {remedy} in a sweep of another name."
    last = advice if half else ""
    return f"{who}: {where} of the range of learning rates; a better rate may lie beyond.{last}"
