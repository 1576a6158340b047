"""Winners of the studies, and what must be said of them before anyone believes them."""

from collections import defaultdict
from collections.abc import Iterable, Sized

from glorot_sweep.sweep.contents.replicates import Candidate, Winner
from glorot_sweep.sweep.search.ranges import Edge
from glorot_sweep.sweep.search.study import Study
from glorot_sweep.tracking.schema.studies import RangeEdges

ENDS = {"low": "lowest", "high": "highest"}


def find_winners(studies: Iterable[Study]) -> list[Winner]:
    """Return one or two winners of each study: at the table's depth, and over all depths."""
    winners = []
    for study in studies:
        at_depth, overall = study.best(study.table_depth), study.best()
        same = at_depth.number == overall.number
        winners.append(_winner(study, at_depth, True, same))
        if not same:
            winners.append(_winner(study, overall, False, True))
    return winners


def _winner(study: Study, best: Candidate, at_table_depth: bool, is_overall: bool) -> Winner:
    return Winner(
        study.dataset,
        study.variant,
        best,
        at_table_depth,
        is_overall,
        study.group,
        study.has_learned(best),
        study.value,
    )


def range_edges(studies: Iterable[Study]) -> dict[str, RangeEdges]:
    """Return whose winners lie in the outer tenth of their range, by the key of the study's run.

    The winners that make the table are looked at, and those at any depth.

    Args:
        studies: all of a sweep.
    """
    groups: defaultdict[str, list[Study]] = defaultdict(list)
    for study in studies:
        groups[study.run_key].append(study)
    return {key: _edges(alike) for key, alike in groups.items()}


def _edges(groups: list[Study]) -> RangeEdges:
    at_depth = _at_an_edge(groups, groups[0].table_depth)
    overall = _at_an_edge(groups, None)
    if all(at_depth.get(group) == (number, edge) for group, (number, edge) in overall.items()):
        overall = {}
    return RangeEdges(
        range_edge={group: edge for group, (_, edge) in at_depth.items()},
        range_edges=_half(at_depth, groups),
        best_range_edge={group: edge for group, (_, edge) in overall.items()},
        best_range_edges=_half(overall, groups),
    )


def _at_an_edge(groups: list[Study], depth: int | None) -> dict[str, tuple[int, Edge]]:
    """Return number and edge of the winners that lie at one, by group."""
    found = {str(study.group or 0): (study, study.best(depth)) for study in groups}
    return {
        group: (best.number, edge)
        for group, (study, best) in found.items()
        if (edge := study.edge(best)) is not None
    }


def _half(edges: Sized, groups: Sized) -> str | None:
    """Say how many of the groups lie at an edge, where it is half of several or more."""
    half = len(groups) > 1 and 2 * len(edges) >= len(groups)
    return f"{len(edges)} of {len(groups)} groups" if half else None


def search_remarks(studies: Iterable[Study]) -> list[str]:
    """Return a line for each winner that says little: of nothing learned, or at an edge.

    The winners that make the table are looked at, and those at any depth.

    Args:
        studies: all of a sweep.
    """
    studies = list(studies)
    lines = [line for study in studies for line in _remarks(study)]
    named = {study.run_key: study for study in studies}
    for key, edges in range_edges(studies).items():
        study = named[key]
        where = _where(study)
        widen = f"widen search.learning_rates.{study.variant}"
        extend = "" if study.config.search.extend else ", or set search.extend,"
        if edges.range_edges:
            lines.append(
                f"{where}: the winners of {edges.range_edges} lie in an outer tenth of their "
                f"range; {widen}{extend} in a sweep of another name"
            )
        if edges.best_range_edges:
            lines.append(
                f"{where}: at any depth the winners of {edges.best_range_edges} lie in an outer "
                f"tenth of their range; {widen} in a sweep of another name"
            )
    return lines


def _where(study: Study) -> str:
    at = "" if study.value is None else f", {study.value}"
    return f"{study.variant} on {study.dataset}{at}"


def _remarks(study: Study) -> Iterable[str]:
    at_depth, overall = study.best(study.table_depth), study.best()
    where = _where(study) + ("" if study.group is None else f", group {study.group}")
    if not study.has_learned(at_depth):
        there = f" at depth {study.table_depth}" if study.has_learned(overall) else ""
        yield (
            f"{where}: no trial{there} is better than always answering the majority class "
            f"({study.chance:.4g} % validation error), so nothing was learned"
        )
    elif edge := study.edge(at_depth):
        yield f"{where}: the winner's {_place(study, at_depth, edge)}"
    if overall.number != at_depth.number and (edge := study.edge(overall)):
        yield (
            f"{where}, at any depth: the winner has depth {overall.chosen.depth}, and its "
            f"{_place(study, overall, edge)}"
        )


def _place(study: Study, best: Candidate, edge: Edge) -> str:
    rates = study.range_around(best)
    return (
        f"learning rate {best.chosen.learning_rate:.3g} lies in the {ENDS[edge]} tenth of its "
        f"range [{rates.low:g}, {rates.high:g}]"
    )
