"""Claims 37 and 55: how many updates it takes to come down, on Shapeset and elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from glorot_sweep.papers.glorot2010.claims.columns import DATASETS, note_sigmoid_depth
from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.report.claims.cells import cell_of, sweep_of
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim, file_with
from glorot_sweep.report.claims.demands import Demand
from glorot_sweep.report.claims.estimate import Estimate, bounded_mean_ratio
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import (
    evaluations,
    first_at_or_below,
    replicates,
    trained,
)
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.tracking.schema.names import Role

LEVEL = 30.0  # C37, percent
SLOWER = 1.3  # C37


@claim(
    "C37",
    Ground.TRAINING,
    expected="test error of tanh and of the sigmoid at its best depth on Shapeset, replicate by "
    "replicate: updates to 30 %, and to 1.2 times the own final error, over those of tanh N and "
    "softsign: intervals above 1.3; a variant that ends above 30 % is compared by the first alone",
    needs=FULL,
)
def slower_convergence(evidence: Evidence) -> Measurement:
    """Sigmoid and tanh with (1) converge more slowly (figure 11).

    A network that learned nothing is within 1.2 times its final error from the start, so that
    measure says something of networks alone that came below 30 %. A sigmoid of another best depth
    than the paper's four may confirm, and contradicts nothing.
    """
    found, config = Measurement(), sweep_of(evidence).config
    window, groups = config.replicates.window, config.at_look(-1).search.groups
    runs = {v: replicates(evidence, v, "shapeset") for v in ("tanh", "tanh_n", "softsign")}
    runs["sigmoid"] = replicates(evidence, "sigmoid", "shapeset", Role.BEST_DEPTH)
    for slow in ("sigmoid", "tanh"):
        for fast in ("tanh_n", "softsign"):
            name = f"{slow} over {fast}"
            both = runs[slow], runs[fast]
            level = [dict.fromkeys((run.seed for run in own), LEVEL) for own in both]
            ratio = times_slower(*both, "test_error", *level, groups=groups)
            found.demand(f"updates to {LEVEL:g} %, {name}", ratio, low=SLOWER)
            if fmean(final_error(run, window) for run in runs[slow]) <= LEVEL:
                level = [{r.seed: 1.2 * final_error(r, window) for r in own} for own in both]  # C37
                ratio = times_slower(*both, "test_error", *level, groups=groups)
                found.demand(f"updates to 1.2 times the final error, {name}", ratio, low=SLOWER)
    sigmoid = cell_of(evidence, "shapeset", "sigmoid", Role.BEST_DEPTH)
    note_sigmoid_depth(found, sigmoid.depth)
    sources = {variant: trained(own, groups) for variant, own in runs.items()}
    sources["sigmoid"] = replace(sources["sigmoid"], depth=None)  # its own best
    found.sources += sources.values()
    return found


@claim(
    "C55",
    Ground.TRAINING,
    expected="test error, replicate by replicate: updates of tanh to its own final error over "
    "those of tanh N to the same: interval above 1.3 on Shapeset and on at least one more data set",
    needs=FULL,
)
def faster_on_several_data_sets(evidence: Evidence) -> Measurement:
    """(16) makes tanh networks converge faster, on more than one data set (figures 11 and 12)."""
    found, among = Measurement(), {}
    config = sweep_of(evidence).config
    window, groups = config.replicates.window, config.at_look(-1).search.groups
    for dataset in DATASETS:
        try:
            slow, fast = (replicates(evidence, v, dataset) for v in ("tanh", "tanh_n"))
        except MissingRunsError:
            continue
        levels = {run.seed: final_error(run, window) for run in slow}
        ratio = times_slower(slow, fast, "test_error", levels, levels, groups=groups)
        name = f"updates of tanh over those of tanh N on {dataset}"
        among[dataset] = Demand(name, ratio, low=SLOWER)
        found.sources += [trained(runs, groups) for runs in (slow, fast)]
    if not among:
        raise MissingRunsError(
            "no replicates of tanh and tanh_n on any data set; "
            + file_with(" or ".join(DATASETS), "tanh", "tanh_n")
        )
    what = "data sets on which tanh takes 1.3 times the updates"
    found.some(what, 2, among, of=len(DATASETS), always="shapeset")
    return found


def times_slower(
    slow: Sequence[LookedAtRun],
    fast: Sequence[LookedAtRun],
    column: str,
    slow_levels: Mapping[int, float],
    fast_levels: Mapping[int, float],
    *,
    groups: int = 1,
) -> Estimate:
    """Return the ratio of updates that runs need until a curve comes down, seed by seed.

    The levels of a run are given by its seed. Runs of one seed were trained on the same stream. A
    ratio whose crossings were not seen is known up to what the evaluations allow. Where fewer
    groups than replicates were searched, the geometric mean of a group's is one observation.

    Raises:
        MissingRunsError: they share no seed, or a run was never evaluated.
    """
    others = {run.seed: run for run in fast}
    lows, highs, units = [], [], []
    for run in slow:
        if run.seed not in others:
            continue
        above = first_at_or_below(run, column, slow_levels[run.seed])
        below = first_at_or_below(others[run.seed], column, fast_levels[run.seed])
        ratio = above.update / below.update if below.update else float("inf")
        lows.append(0.0 if above.at_most or below.at_least else ratio)
        highs.append(float("inf") if above.at_least or below.at_most else ratio)
        units.append(run.seed if groups == 1 else run.seed % groups)
    if not lows:
        raise MissingRunsError(
            f"the runs of {slow[0].variant} and {fast[0].variant} on {slow[0].dataset} share no "
            f"seed; {file_with(slow[0].dataset, slow[0].variant, fast[0].variant)}"
        )
    return bounded_mean_ratio(_geometric_means(lows, units), _geometric_means(highs, units))


def _geometric_means(ratios: Sequence[float], units: Sequence[int]) -> list[float]:
    """Return one number for each unit that ratios belong to."""
    with np.errstate(divide="ignore"):  # of a ratio of 0 nothing is known from below
        logs = np.log(ratios)
    own = [[x for x, unit in zip(logs, units, strict=True) if unit == u] for u in set(units)]
    return [float(np.exp(np.mean(one))) for one in own]


def final_error(run: LookedAtRun, window: int) -> float:
    """Return a replicate's test error, percent: the mean of its last evaluations, so many."""
    return float(evaluations(run, "test_error")["test_error"].iloc[-window:].mean())
