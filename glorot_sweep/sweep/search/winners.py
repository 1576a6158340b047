"""Winners of the studies."""

from collections.abc import Iterable

from glorot_sweep.sweep.contents.replicates import Winner
from glorot_sweep.sweep.search.study import Study


def find_winners(studies: Iterable[Study], table_depth: int) -> list[Winner]:
    """Return one or two winners of each study: at the table's depth, and over all depths."""
    winners = []
    for study in studies:
        at_depth, overall = study.best(table_depth), study.best()
        same = at_depth.number == overall.number
        winners.append(Winner(study.dataset, study.variant, at_depth, True, same))
        if not same:
            winners.append(Winner(study.dataset, study.variant, overall, False, True))
    return winners
