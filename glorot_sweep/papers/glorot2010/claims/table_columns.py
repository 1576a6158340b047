"""Claims 31 to 36 and 38: orders in the columns of Table 1, and differences across data sets.

What the paper's columns say of levels, claims 46 to 49 ask.
"""

import itertools
from collections.abc import Iterable

from glorot_sweep.papers.glorot2010.claims.columns import SEPARABLE, pairs_of
from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.papers.glorot2010.table_1 import BOLD, ERRORS
from glorot_sweep.report.claims.cells import column_of, contrast, mean, measured, minus
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.demands import Demand
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.collect import Cell
from glorot_sweep.report.evidence import Evidence

NORMALIZED, STANDARD = ("tanh_n", "softsign_n"), ("tanh", "softsign")
ALIKE = {"shapeset": SEPARABLE, "mnist": 0.5}
"""Points between which differences count as none: what 10,000 examples can tell at p = 0.005."""


@claim(
    "C31",
    Ground.END,
    expected="Shapeset: softsign, softsign N and tanh N alike within 1.46 points, tanh above each "
    "of them, the sigmoid above tanh; by intervals of the differences",
    needs=FULL,
)
def shapeset_column(evidence: Evidence) -> Measurement:
    """On Shapeset three variants lead and are alike, tanh trails, the sigmoid is last (Table 1)."""
    found, cells = _column(evidence, "shapeset")
    leaders = _leaders("shapeset")
    _alike(found, cells, leaders, "shapeset")
    _above(found, cells, [("tanh", leader) for leader in leaders])
    _above(found, cells, [("sigmoid", "tanh")])
    return found


@claim(
    "C32",
    Ground.END,
    expected="MNIST: the sigmoid above each of the others, these alike within 0.5 points; by "
    "intervals of the differences",
    needs=FULL,
)
def mnist_column(evidence: Evidence) -> Measurement:
    """On MNIST the sigmoid is worst and the others are alike (Table 1)."""
    found, cells = _column(evidence, "mnist")
    leaders = _leaders("mnist")
    _above(found, cells, [("sigmoid", leader) for leader in leaders])
    _alike(found, cells, leaders, "mnist")
    return found


@claim(
    "C33",
    Ground.END,
    expected="CIFAR-10: tanh and softsign above each N variant and below the sigmoid; by intervals "
    "of the differences",
    needs=FULL,
)
def cifar10_column(evidence: Evidence) -> Measurement:
    """On CIFAR-10 the N variants lead and the sigmoid is last (Table 1)."""
    found, cells = _column(evidence, "cifar10")
    _above(found, cells, itertools.product(STANDARD, NORMALIZED))
    _above(found, cells, [("sigmoid", variant) for variant in STANDARD])
    return found


@claim(
    "C34",
    Ground.END,
    expected="Small-ImageNet: the better N variant below each variant that is none; the worse of "
    "sigmoid and tanh above each of the other three; by intervals of the differences",
    needs=FULL,
)
def small_imagenet_column(evidence: Evidence) -> Measurement:
    """On Small-ImageNet an N variant leads; the sigmoid or tanh is last (Table 1)."""
    found, cells = _column(evidence, "small_imagenet")
    best = min(NORMALIZED, key=lambda variant: mean(cells[variant]))
    last = max(("sigmoid", "tanh"), key=lambda variant: mean(cells[variant]))
    above = [(variant, best) for variant in (*STANDARD, "sigmoid")]
    above += [(last, variant) for variant in (*NORMALIZED, "softsign")]
    _above(found, cells, dict.fromkeys(above))
    return found


@claim(
    "C35",
    Ground.END,
    expected="tanh minus tanh N: interval above 0 on Shapeset, CIFAR-10 and Small-ImageNet, above "
    "-0.5 on MNIST, where the paper's own difference is within the error of its test",
    needs=FULL,
)
def normalization_helps_tanh(evidence: Evidence) -> Measurement:
    """(16) helps tanh on every data set."""
    pairs, missing = pairs_of(evidence, "tanh", "tanh_n")
    found = Measurement(sources=measured(evidence, itertools.chain(*pairs.values())))
    for dataset, (tanh, tanh_n) in pairs.items():
        bound = -ALIKE["mnist"] if dataset == "mnist" else 0.0
        name = f"tanh minus tanh N on {dataset}, points"
        found.demand(name, minus(tanh, tanh_n), low=bound)
    _ask_for(found, missing)
    return found


@claim(
    "C36",
    Ground.END,
    expected="|tanh minus tanh N| less |softsign minus softsign N| above 0 on Shapeset and on at "
    "least 3 of the 4 data sets, by intervals; softsign's difference counts with that sign which "
    "makes it larger",
    needs=FULL,
)
def softsign_less_sensitive(evidence: Evidence) -> Measurement:
    """Softsign is less sensitive to initialization than tanh."""
    softsign, _ = pairs_of(evidence, "softsign", "softsign_n")
    tanh, _ = pairs_of(evidence, "tanh", "tanh_n")
    found, among = Measurement(), {}
    for dataset in (name for name in softsign if name in tanh):
        name = f"tanh's difference less softsign's on {dataset}, points"
        among[dataset] = _sensitivity(name, tanh[dataset], softsign[dataset])
        found.sources += measured(evidence, (*softsign[dataset], *tanh[dataset]))
    if not among:
        raise MissingRunsError(
            "no replicates of tanh, tanh_n, softsign and softsign_n on one data set; run a sweep "
            "file that lists them"
        )
    what = "data sets on which softsign's difference is smaller"
    found.some(what, 3, among, of=4, always="shapeset")
    return found


@claim(
    "C38",
    Ground.END,
    expected="(tanh minus tanh N) / tanh: interval above 0 on Shapeset; that on Shapeset minus "
    "twice that on each other data set: interval above 0",
    needs=FULL,
)
def largest_on_shapeset(evidence: Evidence) -> Measurement:
    """The effects are larger on Shapeset."""
    pairs, missing = pairs_of(evidence, "tanh", "tanh_n")
    if "shapeset" not in pairs:
        raise MissingRunsError(
            "no replicates of tanh and tanh_n on shapeset; run a sweep file that lists them"
        )
    found = Measurement(sources=measured(evidence, itertools.chain(*pairs.values())))
    pairs = {dataset: pair for dataset, pair in pairs.items() if _has_share(found, dataset, pair)}
    if "shapeset" not in pairs:
        return found
    gain, slopes = _relative_gain(*pairs.pop("shapeset"))
    found.demand("relative gain on shapeset", contrast(gain, slopes), low=0.0)
    for dataset, pair in pairs.items():
        other, theirs = _relative_gain(*pair)
        parts = [*slopes, *((cell, -2 * slope) for cell, slope in theirs)]
        name = f"relative gain on shapeset minus twice that on {dataset}"
        found.demand(name, contrast(gain - 2 * other, parts), low=0.0)  # C38
    _ask_for(found, missing)
    return found


def _column(evidence: Evidence, dataset: str) -> tuple[Measurement, dict[str, Cell]]:
    cells = column_of(evidence, dataset, ERRORS)
    return Measurement(sources=measured(evidence, cells.values())), cells


def _leaders(dataset: str) -> list[str]:
    """Variants that are not significantly worse than the column's best in the paper."""
    return [variant for variant in ERRORS if (variant, dataset) in BOLD]


def _above(found: Measurement, cells: dict[str, Cell], pairs: Iterable[tuple[str, str]]) -> None:
    """Demand that the first of each pair has the higher error."""
    for upper, lower in pairs:
        difference = minus(cells[upper], cells[lower])
        found.demand(f"{upper} minus {lower}, points", difference, low=0.0)


def _alike(found: Measurement, cells: dict[str, Cell], variants: list[str], dataset: str) -> None:
    """Demand that all differences are smaller than a margin."""
    margin = ALIKE[dataset]
    for first, second in itertools.combinations(variants, 2):
        difference = minus(cells[first], cells[second])
        found.demand(f"{first} minus {second}, points", difference, -margin, margin)


def _sensitivity(name: str, tanh: tuple[Cell, Cell], softsign: tuple[Cell, Cell]) -> Demand:
    """Demand that tanh's difference is larger than softsign's, whatever their signs."""
    large, small = (mean(a) - mean(b) for a, b in (tanh, softsign))
    ours, theirs = (1.0 if difference >= 0 else -1.0 for difference in (large, small))
    slopes = [(tanh[0], ours), (tanh[1], -ours), (softsign[0], -theirs), (softsign[1], theirs)]
    return Demand(name, contrast(abs(large) - abs(small), slopes), low=0.0)


def _has_share(found: Measurement, dataset: str, pair: tuple[Cell, Cell]) -> bool:
    """Note a data set that tanh makes no error on: of nothing there is no share."""
    if mean(pair[0]):
        return True
    found.undecided.append(f"tanh makes no error on {dataset}, of which a share could be taken")
    return False


def _relative_gain(tanh: Cell, tanh_n: Cell) -> tuple[float, list[tuple[Cell, float]]]:
    """Share of tanh's error that (16) takes away, and its slopes along both errors."""
    kept = mean(tanh_n) / mean(tanh)
    return 1 - kept, [(tanh, kept / mean(tanh)), (tanh_n, -1 / mean(tanh))]


def _ask_for(found: Measurement, datasets: list[str]) -> None:
    if datasets:
        found.undecided.append(f"no replicates of these variants on {', '.join(datasets)}")
