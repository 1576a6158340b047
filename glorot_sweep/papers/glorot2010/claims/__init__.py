"""The 45 claims of the paper, in its order.

Source of all of them: Glorot and Bengio (2010), "Understanding the difficulty of training deep
feedforward neural networks", AISTATS. Equations are numbered as there; (6), (7) and (13) are
meant with their misprints corrected.
"""

from glorot_sweep.papers.glorot2010.claims import (
    arithmetic,
    at_initialization,
    early_learning,
    first_weights,
    full_training,
    linear_regime,
    other_methods,
    short_training,
    sigmoid_escape,
    sigmoid_training,
    table_columns,
    varied_widths,
)
from glorot_sweep.report.claims.claim import Claim

_MODULES = (
    first_weights,
    linear_regime,
    at_initialization,
    arithmetic,
    early_learning,
    sigmoid_training,
    short_training,
    sigmoid_escape,
    full_training,
    table_columns,
    other_methods,
    varied_widths,
)

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (one for module in _MODULES for one in vars(module).values() if isinstance(one, Claim)),
        key=lambda one: int(one.number.removeprefix("C")),
    )
)
