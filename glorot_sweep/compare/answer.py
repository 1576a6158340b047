"""What a comparison comes to, in a sentence for each of its tables: before any number."""

from typing import Final

from glorot_sweep.compare.cells import ComparedCells, Difference
from glorot_sweep.compare.compared import Compared
from glorot_sweep.compare.render import ROLE_TITLES, is_marked
from glorot_sweep.report.labels import label

MOST_NAMED: Final = 4


def answers(compared: Compared) -> list[str]:
    """Say of each table which of its differences are significant."""
    return [_answer(compared, table) for table in compared.tables]


def _answer(compared: Compared, table: ComparedCells) -> str:
    where = ROLE_TITLES[table.role].removeprefix("Cells at ")
    tested = [one for one in table.differences if one.test is not None]
    if not tested:
        return f"At {where} no difference can be tested."
    found = [one for one in tested if is_marked(one, compared.level)]
    said = (
        f"At {where} {len(found) or 'none'} of {len(tested)} "
        f"difference{'s' if len(tested) > 1 else ''} {'are' if len(found) > 1 else 'is'} "
        f"significant at p = {compared.level:g}"
    )
    names = [_said(compared, one) for one in found[:MOST_NAMED]]
    names += [f"and {len(found) - MOST_NAMED} more"] if len(found) > MOST_NAMED else []
    return f"{said}: {'; '.join(names)}." if names else f"{said}."


def _said(compared: Compared, one: Difference) -> str:
    points = one.points or 0.0
    lower, higher = (one.second, one.first) if points < 0 else (one.first, one.second)
    cell = f"{compared.label_of(one.variant)} on {label(one.dataset)}"
    return f"{cell}, {lower} {abs(points):.2f} points below {higher}"
