"""The figures of the paper, in its order."""

from collections.abc import Callable
from functools import partial
from typing import Final

from glorot_sweep.papers.glorot2010.figures.cost_surfaces import cost_surfaces
from glorot_sweep.papers.glorot2010.figures.histograms import at_initialization, end_of_learning
from glorot_sweep.papers.glorot2010.figures.layers_over_updates import (
    sigmoid_activations,
    weight_gradients,
)
from glorot_sweep.papers.glorot2010.figures.saturation import normalized_tanh, tanh_and_softsign
from glorot_sweep.papers.glorot2010.figures.spectra import jacobian_spectra
from glorot_sweep.papers.glorot2010.table_1 import ROWS, TABLE, error_of
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.budget import best_of_trials
from glorot_sweep.report.figures.cells import NAME as CELLS
from glorot_sweep.report.figures.cells import cells
from glorot_sweep.report.figures.error_curves import error_curves
from glorot_sweep.report.figures.figure import Drawing, PlannedFigure, Sources
from glorot_sweep.report.figures.learning_rates import learning_rates
from glorot_sweep.tracking.schema.names import Kind


def _errors_on(*datasets: str) -> Callable[[Evidence], Drawing]:
    return partial(error_curves, datasets=datasets, rows=ROWS, table=TABLE, reference=error_of)


_TANH_AND_SOFTSIGN = Sources((Kind.MONITORED,), variants=("tanh", "softsign"))
_INITIAL = Sources((Kind.INIT_STUDY,), fallback=(Kind.MONITORED,), variants=("tanh", "tanh_n"))
FIGURES: Final[tuple[PlannedFigure, ...]] = (
    PlannedFigure(
        CELLS,
        TABLE,
        "Its rows with their intervals, beside the paper's values",
        "In the paper: on Shapeset tanh with standard initialization is ten points above the "
        "others, the sigmoid at chance; on the other data sets the rows lie close together.",
        partial(cells, rows=ROWS, reference=error_of),
        Sources(()),
    ),
    PlannedFigure(
        "figure_2",
        "Figure 2",
        "Activations of the sigmoid during training",
        "In the paper: the top hidden layer falls to 0 at once and leaves it slowly near epoch "
        "100 with four hidden layers, never with five; the lower layers stay above 0.5.",
        sigmoid_activations,
        Sources((Kind.MONITORED,), variants=("sigmoid",)),
    ),
    PlannedFigure(
        "figure_3",
        "Figure 3",
        "Saturation of tanh and softsign during training",
        "In the paper: tanh saturates layer after layer, from layer 1 on; softsign saturates "
        "less, and all layers together, fast at first and then slowly.",
        tanh_and_softsign,
        _TANH_AND_SOFTSIGN,
    ),
    PlannedFigure(
        "figure_4",
        "Figure 4",
        "Activations of tanh and softsign at the end of learning",
        "In the paper: tanh has modes at -1 and 1 or at 0, and its lower layers are saturated; "
        "softsign has its modes at the knees, 0.6 to 0.8 in absolute value.",
        end_of_learning,
        _TANH_AND_SOFTSIGN,
    ),
    PlannedFigure(
        "figure_5",
        "Figure 5",
        "Cost over two weights: log-likelihood and quadratic",
        "In the paper: the plateaus are more severe with the quadratic cost.",
        cost_surfaces,
        Sources((Kind.INIT_STUDY,)),
    ),
    PlannedFigure(
        "figure_6",
        "Figure 6",
        "Activations of tanh at initialization",
        "In the paper: with standard initialization the peak at 0 grows from layer to layer; "
        "with normalized initialization the spread is kept.",
        partial(at_initialization, quantity="activation"),
        _INITIAL,
    ),
    PlannedFigure(
        "figure_7",
        "Figure 7",
        "Back-propagated gradients of tanh at initialization",
        "In the paper: with standard initialization gradients shrink towards the input; with "
        "normalized initialization they do not.",
        partial(at_initialization, quantity="backpropagated_gradient"),
        _INITIAL,
    ),
    PlannedFigure(
        "figure_8",
        "Figure 8",
        "Weight gradients of tanh at initialization",
        "In the paper: they are roughly equal across layers with both initializations, although "
        "back-propagated gradients shrink with the standard one.",
        partial(at_initialization, quantity="weight_gradient"),
        _INITIAL,
    ),
    PlannedFigure(
        "figure_9",
        "Figure 9",
        "Weight gradients of tanh during training",
        "In the paper: with standard initialization they diverge, the higher layers' being "
        "smaller; with normalized initialization they remain alike.",
        weight_gradients,
        Sources((Kind.MONITORED,), variants=("tanh", "tanh_n")),
    ),
    PlannedFigure(
        "figure_10",
        "Figure 10",
        "Saturation of tanh with normalized initialization during training",
        "In the paper: it resembles softsign in figure 3.",
        normalized_tanh,
        Sources((Kind.MONITORED,), variants=("tanh_n",)),
    ),
    PlannedFigure(
        "figure_11",
        "Figure 11",
        "Test error during training on Shapeset",
        "In the paper: sigmoid and tanh with standard initialization converge more slowly and "
        "end higher; tanh N, softsign and softsign N end close together.",
        _errors_on("shapeset"),
        Sources((Kind.REPLICATE,), datasets=("shapeset",)),
    ),
    PlannedFigure(
        "figure_12",
        "Figure 12",
        "Test error during training on MNIST and CIFAR-10",
        "In the paper: the effects are less visible than on Shapeset.",
        _errors_on("mnist", "cifar10"),
        Sources((Kind.REPLICATE,), datasets=("mnist", "cifar10")),
    ),
    PlannedFigure(
        "jacobian",
        "Equation (17)",
        "Singular values of the layers' Jacobians at initialization",
        "In the paper: their mean is around 0.5 with standard initialization and around 0.8 with "
        "the normalized one.",
        jacobian_spectra,
        _INITIAL,
    ),
    PlannedFigure(
        "learning_rate",
        "Section 2.3",
        "Learning rates and depths of the search",
        "In the paper: learning rate and depth are searched separately for each model; the best "
        "depth on Shapeset is five, four for the sigmoid.",
        learning_rates,
        Sources((Kind.TRIAL,)),
    ),
    PlannedFigure(
        "best_of_trials",
        "Section 2.3, the search",
        "What the search finds with how many trials",
        "The paper does not say how many settings it tried.",
        best_of_trials,
        Sources((Kind.TRIAL,)),
    ),
)
