"""Claims 19, 20, 24, 52 to 54: how the layers of tanh and softsign networks saturate.

What is compared is compared where the first layer first passes a bound, not after so many
updates: networks of another width or learning rate come there sooner or later.
"""

from collections.abc import Sequence
from statistics import fmean

import numpy as np

from glorot_sweep.papers.glorot2010.claims.columns import OTHER_DATASETS
from glorot_sweep.papers.glorot2010.claims.monitored_runs import at_equal_rates, at_rate, monitored
from glorot_sweep.papers.glorot2010.claims.scales import FULL, SHORT
from glorot_sweep.report.claims.cells import sweep_of
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.estimate import mean_over_seeds
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.passages import course
from glorot_sweep.report.claims.trained import trained
from glorot_sweep.report.evidence import Evidence, LookedAtRun

DEPTH = 5
SATURATED = 0.9  # C19 and C20, of tanh and tanh N
KNEE = 0.6  # of softsign: the lower one of figure 4
BOUNDS = {"tanh": SATURATED, "tanh_n": SATURATED, "softsign": KNEE}
TOGETHER, APART = 0.8, 0.6  # C20 and C24
HARDLY = 0.01  # a share of saturated activations below which nothing is compared
LAG = "p98(z^2) / p98(z^1) where z^1 passes"


@claim(
    "C19",
    Ground.TRAINING,
    expected="tanh, at each learning rate, in every run in which the 98th percentile of any layer "
    "passes 0.9: layer 1 passes it before all others, and among neighbouring layers at most one "
    "upper one passes it before the lower one",
    needs=SHORT,
)
def saturation_in_sequence(evidence: Evidence) -> Measurement:
    """With tanh and (1), layers saturate one after another from layer 1 (figure 3)."""
    found = Measurement()
    _in_sequence(found, evidence, "shapeset")
    return found


@claim(
    "C20",
    Ground.TRAINING,
    expected="where layer 1's 98th percentile first passes 0.6 (softsign; its knee) or 0.9 (tanh), "
    "layer 2's over it: interval above 0.8 for softsign, below 0.6 for tanh; largest share of "
    "|z| > 0.9 in any layer at any look, softsign's minus a fifth of tanh's: interval below 0",
    needs=SHORT,
)
def softsign_saturates_less(evidence: Evidence) -> Measurement:
    """Softsign layers saturate less than tanh's, and the second one with the first (figure 3)."""
    _refuse_other_bound(evidence)
    found = Measurement()
    groups = at_equal_rates(evidence, "softsign", "tanh")
    for runs in groups:
        _less(found, *runs)
    _lags(found, groups)
    return found


@claim(
    "C24",
    Ground.TRAINING,
    expected="where layer 1's 98th percentile first passes 0.9 (tanh, tanh N) or 0.6 (softsign), "
    "layer 2's over it: interval above 0.8 for tanh N and softsign, below 0.6 for tanh",
    needs=SHORT,
)
def tanh_n_evolves_like_softsign(evidence: Evidence) -> Measurement:
    """Tanh N evolves like softsign (figure 10 against figure 3)."""
    found = Measurement()
    _lags(found, at_equal_rates(evidence, "tanh_n", "softsign", "tanh"))
    return found


@claim(
    "C52",
    Ground.TRAINING,
    expected="claim 19's order on MNIST, CIFAR-10 and Small-ImageNet",
    needs=SHORT,
    is_across=True,
)
def sequence_elsewhere(evidence: Evidence) -> Measurement:
    """On the other data sets tanh layers saturate in the same order (Sec. 3.1)."""
    found = Measurement()
    for dataset in OTHER_DATASETS:
        try:
            _in_sequence(found, evidence, dataset)
        except MissingRunsError as missing:
            found.undecided.append(str(missing))
    return found


@claim(
    "C53",
    Ground.TRAINING,
    expected="tanh: largest share of |z^5| > 0.9 at any look, interval below 0.05; std(z^5) at the "
    "last look over that at the start, interval above 0.5 (the sigmoid's falls to a hundredth)",
    needs=SHORT,
)
def top_layer_does_not_saturate(evidence: Evidence) -> Measurement:
    """The top hidden layer of tanh networks does not saturate as the sigmoid's does (Sec. 3.2)."""
    _refuse_other_bound(evidence)
    found = Measurement()
    for runs in monitored(evidence, "tanh", DEPTH):
        place = at_rate(runs)
        shares = [course(run, "activation", "saturation").values[:, -1].max() for run in runs]
        found.demand(f"largest share of |z^5| > 0.9, {place}", mean_over_seeds(shares), high=0.05)
        stds = [course(run, "activation", "std").values[:, -1] for run in runs]
        kept = mean_over_seeds([own[-1] / own[0] for own in stds])
        found.demand(f"std(z^5), last over first look, {place}", kept, low=0.5)
        found.sources.append(trained(runs))
    return found


@claim(
    "C54",
    Ground.TRAINING,
    expected="softsign: where the first layer passes 0.6, the smallest 98th percentile of a layer "
    "over the largest, interval above 0.5; std(z^1) grows more in the first half of training than "
    "in the second, interval of the difference above 0",
    needs=FULL,
)
def softsign_layers_grow_together(evidence: Evidence) -> Measurement:
    """Softsign's layers grow together, first fast, then slowly (figure 3)."""
    found, told = Measurement(), False
    groups = monitored(evidence, "softsign", DEPTH)
    for runs in groups:
        ratios = [(run, ratio) for run in runs if (ratio := _evenness(run)) is not None]
        if not ratios:
            continue
        told, telling = True, [run for run, _ in ratios]
        name = f"smallest over largest p98 at the first passage, {at_rate(runs)}"
        found.demand(name, mean_over_seeds([ratio for _, ratio in ratios]), low=0.5)
        growth = mean_over_seeds(list(map(_early_growth, telling)))
        name = f"growth of std(z^1), first minus second half, {at_rate(runs)}"
        found.demand(name, growth, low=0.0)
        found.sources.append(trained(telling))
    if not told:
        _note_largest(found, groups, "softsign")
        found.undecided.append(f"no layer passes {KNEE:g} at any learning rate")
    return found


def _in_sequence(found: Measurement, evidence: Evidence, dataset: str) -> None:
    """Demand the order of first passage at each learning rate at which any layer passes."""
    told, groups = False, monitored(evidence, "tanh", DEPTH, dataset=dataset)
    for runs in groups:
        orders = {run.run_id: _order(run) for run in runs}
        if telling := [run for run in runs if orders[run.run_id] is not None]:
            told = True
            name = f"layers that pass {SATURATED:g} from the first on, {at_rate(runs)}, {dataset}"
            found.every(name, [orders[run.run_id] for run in telling])
            found.sources.append(trained(telling))
    if not told:
        _note_largest(found, groups, f"tanh, {dataset}")
        found.undecided.append(
            f"no layer of tanh on {dataset} passes {SATURATED:g} at any learning rate; longer runs "
            "are needed"
        )


def _note_largest(found: Measurement, groups: Sequence[list[LookedAtRun]], name: str) -> None:
    """Note how far runs came of which none says anything."""
    runs = [run for group in groups for run in group]
    largest = max(course(run, "activation", "p98").values.max() for run in runs)
    found.note(f"largest 98th percentile of a layer, {name}", largest)
    found.sources += map(trained, groups)


def _order(run: LookedAtRun) -> bool | None:
    """Whether layers pass from the first on; None if none passes, or some before the first look."""
    when = course(run, "activation", "p98").passages(SATURATED)
    if np.isinf(when).all() or (when == 0).any():
        return None
    inversions = int((when[1:] < when[:-1]).sum())
    return bool((when[0] < when[1:]).all()) and inversions <= 1


def _lags(found: Measurement, groups: Sequence[Sequence[list[LookedAtRun]]]) -> None:
    """Demand how far layer 2 is where layer 1 passes; runs in which it does not say nothing."""
    told: set[str] = set()
    variants = [runs[0].variant for runs in groups[0]]
    for runs in (runs for group in groups for runs in group):
        variant = runs[0].variant
        lags = [(run, lag) for run in runs if (lag := _lag(run)) is not None]
        if not lags:
            continue
        told.add(variant)
        found.sources.append(trained([run for run, _ in lags]))
        estimate = mean_over_seeds([lag for _, lag in lags])
        name = f"{LAG} {BOUNDS[variant]:g}, {variant}, {at_rate(runs)}"
        if variant == "tanh":
            found.demand(name, estimate, high=APART)
        else:
            found.demand(name, estimate, low=TOGETHER)
    for variant in variants:
        if variant not in told:
            silent = [runs for group in groups for runs in group if runs[0].variant == variant]
            _note_largest(found, silent, variant)
            found.undecided.append(
                f"layer 1 of {variant} does not pass {BOUNDS[variant]:g} at any learning rate; "
                "longer runs are needed"
            )


def _lag(run: LookedAtRun) -> float | None:
    """How far layer 2 is where layer 1 first passes the bound; None if it is not seen to pass."""
    percentiles = course(run, "activation", "p98")
    when = percentiles.passages(BOUNDS[run.variant])[0]
    if not 0 < when < np.inf:
        return None
    first, second = percentiles.at(when)[:2]
    return float(second / first)


def _less(found: Measurement, softsign: list[LookedAtRun], tanh: list[LookedAtRun]) -> None:
    place = at_rate(softsign)
    shares = [
        [course(run, "activation", "saturation").values.max() for run in runs]
        for runs in (softsign, tanh)
    ]
    found.note(f"largest share of |z| > 0.9, softsign, {place}", fmean(shares[0]))
    found.note(f"largest share of |z| > 0.9, tanh, {place}", fmean(shares[1]))
    if min(shares[1]) < HARDLY:
        found.undecided.append(f"tanh has hardly saturated, {place}")
        return
    excess = mean_over_seeds([own - other / 5 for own, other in zip(*shares, strict=True)])
    found.demand(f"softsign's share minus a fifth of tanh's, {place}", excess, high=0.0)


def _evenness(run: LookedAtRun) -> float | None:
    """Smallest over largest percentile of the layers where the first of them passes the knee."""
    percentiles = course(run, "activation", "p98")
    when = percentiles.passages(KNEE).min()
    if not 0 < when < np.inf:
        return None
    there = percentiles.at(when)
    return float(there.min() / there.max())


def _early_growth(run: LookedAtRun) -> float:
    """Growth of std(z^1) in the first half of a run minus that in the second."""
    stds = course(run, "activation", "std")
    start, middle, end = (stds.at(share * run.updates)[0] for share in (0, 0.5, 1))
    return float((middle - start) - (end - middle))


def _refuse_other_bound(evidence: Evidence) -> None:
    bound = sweep_of(evidence).config.statistics.saturation_bound
    if bound != SATURATED:
        raise MissingRunsError(
            f"the sweep's statistics count activations beyond {bound:g} as saturated; the claim "
            f"needs `saturation_bound: {SATURATED}`"
        )
