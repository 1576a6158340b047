"""The figures of a report that is about no paper: all cells, what was trained and searched."""

from typing import Final

from glorot_sweep.report.figures.budget import best_of_trials
from glorot_sweep.report.figures.cells import NAME, cells
from glorot_sweep.report.figures.error_curves import error_curves
from glorot_sweep.report.figures.figure import PlannedFigure, Sources
from glorot_sweep.report.figures.layers import layers
from glorot_sweep.report.figures.learning_rates import learning_rates
from glorot_sweep.tracking.schema.names import Kind

_REPLICATES, _TRIALS = Sources((Kind.REPLICATE,)), Sources((Kind.TRIAL,))

QUESTION_FIGURES: Final[tuple[PlannedFigure, ...]] = (
    PlannedFigure(NAME, "", "Test error of every variant", "", cells, Sources(())),
    PlannedFigure("test_error", "", "Test error during training", "", error_curves, _REPLICATES),
    PlannedFigure(
        "learning_rate", "", "Learning rates and depths of the search", "", learning_rates, _TRIALS
    ),
    PlannedFigure(
        "best_of_trials",
        "",
        "What the search finds with how many trials",
        "",
        best_of_trials,
        _TRIALS,
    ),
    PlannedFigure(
        "layers",
        "",
        "Activations and gradients of each layer during training",
        "",
        layers,
        Sources((Kind.MONITORED,)),
    ),
)
