"""Claims 31 to 36 and 38: the columns of Table 1, and its differences across data sets."""

import itertools
import math
from collections.abc import Mapping

from glorot_sweep.papers.glorot2010.claims.columns import pairs_of
from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.papers.glorot2010.table_1 import BOLD, ERRORS, LEVEL
from glorot_sweep.report.claims.cells import adjusted_p_values, column_of, mean, measured
from glorot_sweep.report.claims.claim import MissingRunsError, claim
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.collect import Cell
from glorot_sweep.report.evidence import Evidence

NORMALIZED, STANDARD = ("tanh_n", "softsign_n"), ("tanh", "softsign")


@claim(
    "C31",
    expected="Shapeset: softsign, softsign N and tanh N within 3 points of 16 % and no pair of "
    "them different at p = 0.005 (Welch, Holm); tanh at least 5 points above each; the sigmoid "
    "within 2 points of 83.3 %",
    needs=FULL,
)
def shapeset_column(evidence: Evidence) -> Measurement:
    """On Shapeset three variants lead, tanh trails and the sigmoid learns nothing (Table 1)."""
    found, cells = _column(evidence, "shapeset")
    leaders = _leaders("shapeset")
    for variant in leaders:
        found.between(f"{variant}, percent", mean(cells[variant]), 13.0, 19.0)  # C31
    _check_inseparable(found, {variant: cells[variant] for variant in leaders})
    behind = mean(cells["tanh"]) - max(mean(cells[variant]) for variant in leaders)
    found.at_least("tanh above the worst of them, points", behind, 5.0)  # C31
    found.between("sigmoid, percent", mean(cells["sigmoid"]), 81.3, 85.3)  # C31
    return found


@claim(
    "C32",
    expected="MNIST: each variant within 0.5 points of Table 1; the sigmoid worst; no pair of the "
    "others different at p = 0.005 (Welch, Holm)",
    needs=FULL,
)
def mnist_column(evidence: Evidence) -> Measurement:
    """On MNIST the sigmoid is worst and the others are alike (Table 1)."""
    found, cells = _column(evidence, "mnist")
    _check_near_paper(found, cells, "mnist", 0.5)  # C32
    worst = max(mean(cells[variant]) for variant in _leaders("mnist"))
    found.above("sigmoid above the next, points", mean(cells["sigmoid"]) - worst, 0.0)  # C32
    _check_inseparable(found, {variant: cells[variant] for variant in _leaders("mnist")})
    return found


@claim(
    "C33",
    expected="CIFAR-10: each variant within 3 points of Table 1; each N variant below tanh and "
    "softsign, and these below the sigmoid, within 1 standard error of the difference over seeds",
    needs=FULL,
)
def cifar10_column(evidence: Evidence) -> Measurement:
    """On CIFAR-10 the N variants lead and the sigmoid is last (Table 1)."""
    found, cells = _column(evidence, "cifar10")
    _check_near_paper(found, cells, "cifar10", 3.0)  # C33
    steps = [*itertools.product(NORMALIZED, STANDARD), *((v, "sigmoid") for v in STANDARD)]
    for lower, upper in steps:
        difference = mean(cells[lower]) - mean(cells[upper])
        one = _standard_error(cells[lower], cells[upper])
        found.at_most(f"{lower} minus {upper}, points", difference, one)  # C33
    return found


@claim(
    "C34",
    expected="Small-ImageNet: each variant within 5 points of Table 1; the best is an N variant, "
    "the last the sigmoid or tanh",
    needs=FULL,
)
def small_imagenet_column(evidence: Evidence) -> Measurement:
    """On Small-ImageNet an N variant leads; the sigmoid or tanh is last (Table 1)."""
    found, cells = _column(evidence, "small_imagenet")
    _check_near_paper(found, cells, "small_imagenet", 5.0)  # C34
    lead = min(mean(cells[v]) for v in (*STANDARD, "sigmoid")) - min(
        mean(cells[v]) for v in NORMALIZED
    )
    found.above("lead of the best N variant, points", lead, 0.0)  # C34
    last = max(mean(cells[v]) for v in ("sigmoid", "tanh")) - max(
        mean(cells[v]) for v in (*NORMALIZED, "softsign")
    )
    found.above("sigmoid or tanh behind the rest, points", last, 0.0)  # C34
    return found


@claim(
    "C35",
    expected="tanh minus tanh N positive on all four data sets, and different at p = 0.005 "
    "(Welch, Holm over the data sets) on all but MNIST",
    needs=FULL,
)
def normalization_helps_tanh(evidence: Evidence) -> Measurement:
    """(16) helps tanh on every data set."""
    pairs, missing = pairs_of(evidence, "tanh", "tanh_n")
    found = Measurement(sources=measured(evidence, itertools.chain(*pairs.values())))
    for (dataset, (tanh, tanh_n)), p in zip(
        pairs.items(), adjusted_p_values(pairs.values()), strict=True
    ):
        found.above(f"tanh minus tanh N on {dataset}, points", mean(tanh) - mean(tanh_n), 0.0)
        if dataset == "mnist":
            found.note("adjusted p on mnist", p)
        else:
            found.at_most(f"adjusted p on {dataset}", p, LEVEL)  # C35
    if found.holds:  # one data set where it does not hold is enough
        _ask_for(found, missing)
    return found


@claim(
    "C36",
    expected="|softsign minus softsign N| smaller than |tanh minus tanh N| on Shapeset and on at "
    "least 3 of the 4 data sets",
    needs=FULL,
)
def softsign_less_sensitive(evidence: Evidence) -> Measurement:
    """Softsign is less sensitive to initialization than tanh."""
    softsign, without_softsign = pairs_of(evidence, "softsign", "softsign_n")
    tanh, without_tanh = pairs_of(evidence, "tanh", "tanh_n")
    found, larger = Measurement(), 0
    for dataset in (name for name in softsign if name in tanh):
        small, large = (abs(mean(a) - mean(b)) for a, b in (softsign[dataset], tanh[dataset]))
        name = f"softsign's difference on {dataset}, points"
        found.note(f"tanh's difference on {dataset}, points", large)
        if dataset == "shapeset":
            found.below(name, small, large)  # C36
        else:
            found.note(name, small)
        larger += small >= large
        found.sources += measured(evidence, (*softsign[dataset], *tanh[dataset]))
    found.at_most("data sets on which it is not smaller", larger, 1)  # C36: 3 of 4
    missing = dict.fromkeys([*without_softsign, *without_tanh])
    if found.holds and ("shapeset" in missing or len(missing) + larger > 1):
        _ask_for(found, missing)
    return found


@claim(
    "C38",
    expected="(tanh minus tanh N) / tanh on Shapeset positive and at least twice that on any "
    "other data set",
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
    gains = {d: (mean(tanh) - mean(n)) / mean(tanh) for d, (tanh, n) in pairs.items()}
    shapeset = gains.pop("shapeset")
    found.above("relative gain on shapeset", shapeset, 0.0)
    for dataset, gain in gains.items():
        found.at_most(f"relative gain on {dataset}", gain, shapeset / 2)  # C38
    if found.holds:
        _ask_for(found, missing)
    return found


def _column(evidence: Evidence, dataset: str) -> tuple[Measurement, dict[str, Cell]]:
    cells = column_of(evidence, dataset, ERRORS)
    return Measurement(sources=measured(evidence, cells.values())), cells


def _leaders(dataset: str) -> list[str]:
    """Variants that are not significantly worse than the column's best in the paper."""
    return [variant for variant in ERRORS if (variant, dataset) in BOLD]


def _check_near_paper(
    found: Measurement, cells: Mapping[str, Cell], dataset: str, tolerance: float
) -> None:
    for variant, cell in cells.items():
        paper = ERRORS[variant][dataset]
        found.between(f"{variant}, percent", mean(cell), paper - tolerance, paper + tolerance)


def _check_inseparable(found: Measurement, cells: Mapping[str, Cell]) -> None:
    adjusted = adjusted_p_values(itertools.combinations(cells.values(), 2))
    found.above("smallest adjusted p among the leading variants", min(adjusted), LEVEL)


def _standard_error(a: Cell, b: Cell) -> float:
    """Of the difference of two means over seeds, points."""
    for cell in (a, b):
        if len(cell.errors) < 2:
            raise MissingRunsError(
                f"a standard error over seeds needs two replicates; {cell.variant} on "
                f"{cell.dataset} has {len(cell.errors)}. Run a sweep file with more seeds"
            )
    return math.sqrt(sum(c.errors.var(ddof=1) / len(c.errors) for c in (a, b)))


def _ask_for(found: Measurement, datasets: Mapping[str, None] | list[str]) -> None:
    if datasets:
        found.lacking.append(f"no replicates of these variants on {', '.join(datasets)}")
