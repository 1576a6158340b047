"""Claims 46 to 50: the levels of the paper's errors, apart from their order.

The paper does not say how inputs were scaled, and a lower error is no failure to reproduce, so
errors are bounded from above alone; only the sigmoid on Shapeset must stay where it learns nothing.
"""

import math
from collections.abc import Mapping

from glorot_sweep.papers.glorot2010.claims.finite import same_examples
from glorot_sweep.papers.glorot2010.claims.scales import FULL, OWN_LENGTH
from glorot_sweep.papers.glorot2010.svm import SVM
from glorot_sweep.papers.glorot2010.table_1 import ERRORS
from glorot_sweep.report.claims.cells import column_of, contrast, mean, measured
from glorot_sweep.report.claims.claim import Claim, Ground, claim
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.collect import Cell
from glorot_sweep.report.evidence import Evidence

CHANCE = 81.3  # C31: 2 points below the majority class's error on Shapeset
SVM_TOLERANCE = 3.0  # C40


def _level_claim(number: str, dataset: str, title: str, tolerance: float) -> Claim:
    """Make the claim that a column's errors are at most so many points above the paper's."""
    learns_nothing = dataset == "shapeset"
    more = f"; the sigmoid's above {CHANCE} %, where it learns nothing" if learns_nothing else ""

    def test(evidence: Evidence) -> Measurement:
        cells = column_of(evidence, dataset, ERRORS)
        found = Measurement(sources=measured(evidence, cells.values()))
        bounds = {v: ERRORS[v][dataset] + tolerance for v in ERRORS}
        lows = {"sigmoid": CHANCE} if learns_nothing else {}
        _levels(found, cells, bounds, lows)
        return found

    test.__doc__ = f"Errors on {title} are as low as the paper's (Table 1)."
    return claim(
        number,
        Ground.END,
        expected=f"{title}: each variant's error, interval below the paper's plus {tolerance:g} "
        f"points{more}",
        needs=FULL,
    )(test)


shapeset_levels = _level_claim("C46", "shapeset", "Shapeset", 3.0)
mnist_levels = _level_claim("C47", "mnist", "MNIST", 0.5)
cifar10_levels = _level_claim("C48", "cifar10", "CIFAR-10", 3.0)
small_imagenet_levels = _level_claim("C49", "small_imagenet", "Small-ImageNet", 5.0)


@claim(
    "C50",
    Ground.END,
    expected="100,000 fixed Shapeset examples: the SVM's test error at most 3 points above "
    "59.47 %, that of tanh N, interval below 50.47 % plus 3",
    needs=OWN_LENGTH,
)
def finite_levels(evidence: Evidence) -> Measurement:
    """On 100,000 examples SVM and network have errors as low as the paper's."""
    svm, network = same_examples(evidence)
    found = Measurement(sources=[*measured(evidence, [network]), Source((svm.run_id,))])
    if svm.examples < SVM.examples:
        found.lacking.append(f"{svm.examples:,} of {SVM.examples:,} examples")
    elif svm.examples > SVM.examples:  # what more of them reach says nothing of these
        found.lacking.append(f"{SVM.examples:,} examples; these are {svm.examples:,}")
    found.at_most("SVM, percent", svm.test_error, SVM.svm_error + SVM_TOLERANCE)
    level = contrast(mean(network), [(network, 1.0)])
    found.demand("tanh N, percent", level, high=SVM.network_error + SVM_TOLERANCE)
    return found


def _levels(
    found: Measurement,
    cells: Mapping[str, Cell],
    bounds: Mapping[str, float],
    lows: Mapping[str, float],
) -> None:
    for variant, cell in cells.items():
        level = contrast(mean(cell), [(cell, 1.0)])
        low = lows.get(variant, -math.inf)
        found.demand(f"{variant}, percent", level, low, bounds[variant])
