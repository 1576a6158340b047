"""The claims of the paper, in its order; those from 46 on were added to the ledger later.

Source of all of them: Glorot and Bengio (2010), "Understanding the difficulty of training deep
feedforward neural networks", AISTATS. Equations are numbered as there; (6), (7) and (13) are
meant with their misprints corrected.
"""

from glorot_sweep.papers.glorot2010.claims import (
    arithmetic,
    at_initialization,
    convergence,
    early_learning,
    final_curves,
    first_weights,
    full_training,
    gradients_in_training,
    levels,
    linear_regime,
    other_methods,
    saturation,
    sigmoid_escape,
    sigmoid_training,
    table_columns,
    varied_widths,
)
from glorot_sweep.papers.glorot2010.claims.reduced_sets import with_reduced_sets
from glorot_sweep.report.claims.claim import Claim

_MODULES = (
    first_weights,
    linear_regime,
    at_initialization,
    arithmetic,
    early_learning,
    sigmoid_training,
    saturation,
    gradients_in_training,
    sigmoid_escape,
    full_training,
    convergence,
    table_columns,
    levels,
    other_methods,
    varied_widths,
    final_curves,
)

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (
            one if module is levels else with_reduced_sets(one)
            for module in _MODULES
            for one in vars(module).values()
            if isinstance(one, Claim)
        ),
        key=lambda one: int(one.number.removeprefix("C")),
    )
)
