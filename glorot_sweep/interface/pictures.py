"""One figure of a report, found by what people call it."""

from collections.abc import Iterator, Sequence

from matplotlib.figure import Figure

from glorot_sweep.errors import UserError
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures import NotInEvidence, PlannedFigure, draw_one


def picture(planned: Sequence[PlannedFigure], evidence: Evidence, name: str) -> Figure:
    """Draw a figure.

    Args:
        planned: all that there are.
        evidence: what they are drawn from.
        name: of it, or its number: in the paper, else its place among those that are drawn.

    Raises:
        UserError: there is no such figure, or its runs are missing; says what there is.
    """
    for one in planned:
        if name and name in {one.name, one.number, one.number.removeprefix("Figure ")}:
            try:
                return draw_one(one, evidence).figure
            except NotInEvidence as reason:
                raise UserError(f"the figure {one.name} cannot be drawn: {reason}.") from None
    drawn: dict[str, str] = {}
    missing = []
    for one, result in _tried(planned, evidence):
        if isinstance(result, Figure):
            number = one.number or f"Figure {len(drawn) + 1}"
            if not one.number and name in {number, number.removeprefix("Figure ")}:
                return result
            drawn[one.name] = number
        else:
            missing.append(f"{one.name}: {result}")
    there_is = ", ".join(f"{one} ({number})" for one, number in drawn.items()) or "none"
    lacking = f" Not drawn: {'; '.join(missing)}." if missing else ""
    raise UserError(f"unknown figure {name!r}. There are: {there_is}.{lacking}")


def _tried(
    planned: Sequence[PlannedFigure], evidence: Evidence
) -> Iterator[tuple[PlannedFigure, Figure | str]]:
    """Yield each figure as it is drawn, or why it is not."""
    for one in planned:
        try:
            yield one, draw_one(one, evidence).figure
        except NotInEvidence as reason:
            yield one, str(reason)
