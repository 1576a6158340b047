"""Claims 56 and 57: in which order the curves of figures 11 and 12 end."""

import itertools

from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.papers.glorot2010.table_1 import ERRORS, N_TEST
from glorot_sweep.report.claims.cells import column_of, measured, minus
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.significance import smallest_significant_difference

FIGURE_12 = ("mnist", "cifar10")


@claim(
    "C56",
    Ground.END,
    expected="Shapeset: each of tanh N, softsign N, softsign, tanh and sigmoid minus tanh "
    "pre-trained, interval above 0",
    needs=FULL,
)
def pretraining_ends_lowest(evidence: Evidence) -> Measurement:
    """The pre-trained network's curve ends below all others (figure 11)."""
    cells = column_of(evidence, "shapeset", (*ERRORS, "tanh_pretrained"))
    found = Measurement(sources=measured(evidence, cells.values()))
    for variant in ERRORS:
        difference = minus(cells[variant], cells["tanh_pretrained"])
        found.demand(f"{variant} minus tanh_pretrained, points", difference, low=0.0)
    return found


@claim(
    "C57",
    Ground.END,
    expected="MNIST and CIFAR-10, every pair of Table 1's variants whose errors there differ by "
    "what 10,000 examples can tell at p = 0.005: interval of the difference above 0, in the "
    "paper's direction; every other pair: above minus that",
    needs=FULL,
)
def order_of_figure_12(evidence: Evidence) -> Measurement:
    """On MNIST and CIFAR-10 the curves end in the paper's order (figure 12)."""
    found = Measurement()
    for dataset in FIGURE_12:
        try:
            cells = column_of(evidence, dataset, ERRORS)
        except MissingRunsError as missing:
            found.undecided.append(str(missing))
            continue
        found.sources += measured(evidence, cells.values())
        order = sorted(ERRORS, key=lambda variant: -ERRORS[variant][dataset])
        for upper, lower in itertools.combinations(order, 2):
            theirs = ERRORS[upper][dataset] - ERRORS[lower][dataset]
            pooled = (ERRORS[upper][dataset] + ERRORS[lower][dataset]) / 2
            told = smallest_significant_difference(pooled, N_TEST)
            name = f"{upper} minus {lower} on {dataset}, points"
            bound = 0.0 if theirs >= told else -told
            found.demand(name, minus(cells[upper], cells[lower]), low=bound)
    return found
