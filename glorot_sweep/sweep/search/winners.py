"""Winners of the studies, and what must be said of them before anyone believes them."""

from collections import defaultdict
from collections.abc import Iterable

from glorot_sweep.sweep.contents.replicates import Candidate, Winner
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.tracking.schema.trained import RangeEdges

ENDS = {"low": "lowest", "high": "highest"}


def find_winners(studies: Iterable[Study], table_depth: int) -> list[Winner]:
    """Return one or two winners of each study: at the table's depth, and over all depths."""
    winners = []
    for study in studies:
        at_depth, overall = study.best(table_depth), study.best()
        same = at_depth.number == overall.number
        winners.append(_winner(study, at_depth, True, same))
        if not same:
            winners.append(_winner(study, overall, False, True))
    return winners


def _winner(study: Study, best: Candidate, at_table_depth: bool, is_overall: bool) -> Winner:
    learned = study.group is None or study.has_learned(best)
    return Winner(
        study.dataset, study.variant, best, at_table_depth, is_overall, study.group, learned
    )


def range_edges(studies: Iterable[Study], table_depth: int) -> dict[str, RangeEdges]:
    """Return whose winners lie in the outer tenth of their range, by the key of the study's run.

    Args:
        studies: all of a sweep.
        table_depth: of the winners that are looked at.
    """
    groups: defaultdict[str, list[Study]] = defaultdict(list)
    for study in studies:
        groups[study.run_key].append(study)
    return {key: _edges(alike, table_depth) for key, alike in groups.items()}


def _edges(groups: list[Study], table_depth: int) -> RangeEdges:
    found = {str(study.group or 0): study.edge(study.best(table_depth)) for study in groups}
    edges = {group: edge for group, edge in found.items() if edge is not None}
    half = len(groups) > 1 and 2 * len(edges) >= len(groups)
    return RangeEdges(
        range_edge=edges,
        range_edges=f"{len(edges)} of {len(groups)} groups" if half else None,
    )


def search_remarks(studies: Iterable[Study], table_depth: int) -> list[str]:
    """Return a line for each winner that says little: of nothing learned, or at an edge.

    Args:
        studies: all of a sweep.
        table_depth: of the winners that are looked at.
    """
    studies = list(studies)
    lines = [line for study in studies for line in _remarks(study, study.best(table_depth))]
    named = {study.run_key: study for study in studies}
    for key, edges in range_edges(studies, table_depth).items():
        if edges.range_edges:
            study = named[key]
            lines.append(
                f"{study.variant} on {study.dataset}: the winners of {edges.range_edges} lie in an "
                f"outer tenth of their range; widen search.learning_rates.{study.variant}, or set "
                "search.extend"
            )
    return lines


def _remarks(study: Study, best: Candidate) -> Iterable[str]:
    group = "" if study.group is None else f", group {study.group}"
    where = f"{study.variant} on {study.dataset}{group}"
    if not study.has_learned(best):
        yield (
            f"{where}: no trial is better than always answering the majority class "
            f"({study.chance:.4g} % validation error), so nothing was learned"
        )
    elif edge := study.edge(best):
        rates = study.range_searched()
        yield (
            f"{where}: the winner's learning rate {best.chosen.learning_rate:.3g} lies in the "
            f"{ENDS[edge]} tenth of its range [{rates.low:g}, {rates.high:g}]"
        )
