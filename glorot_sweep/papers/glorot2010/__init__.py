"""Glorot and Bengio (2010): its table, its claims, its figures."""

from typing import Final

from glorot_sweep.papers.glorot2010.claims import CLAIMS
from glorot_sweep.papers.glorot2010.claims.scales import SCALES
from glorot_sweep.papers.glorot2010.figures import FIGURES
from glorot_sweep.papers.glorot2010.svm import SVM
from glorot_sweep.papers.glorot2010.table_1 import (
    BOLD,
    COMPARISONS,
    ERRORS,
    ROWS,
    TABLE,
    column_of,
)
from glorot_sweep.report.paper import Citation, Paper

PAPER: Final = Paper(
    name="glorot2010",
    question="Why do deep feedforward networks train badly from random weights, and does an "
    "initialization that keeps the variance of activations and gradients the same in every layer "
    "mend it?",
    title="Which initialization is better?",
    citation=Citation(
        "X.\N{NO-BREAK SPACE}Glorot and Y.\N{NO-BREAK SPACE}Bengio",
        "Understanding the difficulty of training deep feedforward neural networks",
        "AISTATS 2010",
    ),
    scale="1000 units, 5,000,000 updates",
    size=(1000, 5),
    table=TABLE,
    rows=ROWS,
    references={(row, column): error for row in ROWS for column, error in ERRORS[row].items()},
    bold=BOLD,
    test="two_proportions",
    column_of=column_of,
    comparisons=COMPARISONS,
    compared="normalized against standard initialization",
    scales=SCALES,
    claims=CLAIMS,
    figures=FIGURES,
    svm=SVM,
)
