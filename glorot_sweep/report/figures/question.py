"""The figures of a report that is about no paper: what was trained, and what the search saw."""

from typing import Final

from glorot_sweep.report.figures.budget import best_of_trials
from glorot_sweep.report.figures.error_curves import error_curves
from glorot_sweep.report.figures.figure import PlannedFigure, Sources
from glorot_sweep.report.figures.learning_rates import learning_rates
from glorot_sweep.tracking.schema.names import Kind

QUESTION_FIGURES: Final[tuple[PlannedFigure, ...]] = (
    PlannedFigure(
        "test_error",
        "Figure 1",
        "Test error during training",
        "",
        error_curves,
        Sources((Kind.REPLICATE,)),
    ),
    PlannedFigure(
        "learning_rate",
        "Figure 2",
        "Learning rates and depths of the search",
        "",
        learning_rates,
        Sources((Kind.TRIAL,)),
    ),
    PlannedFigure(
        "best_of_trials",
        "Figure 3",
        "What the search finds with how many trials",
        "",
        best_of_trials,
        Sources((Kind.TRIAL,)),
    ),
)
