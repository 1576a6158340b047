"""Claims 3 to 6: variances in linear networks at initialization, Eqs. (5) to (7)."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from glorot_sweep.papers.glorot2010.claims.init_studies import (
    N_VAR,
    drawn,
    init_study_of,
    networks,
    with_shape,
)
from glorot_sweep.papers.glorot2010.claims.scales import AT_START
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, Needs, claim
from glorot_sweep.report.claims.looks import Look
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.evidence import Evidence, InitStudy

DEPTHS = (5, 10, 20)  # C6
N_VARS = (1 / 3, 1.0, 3.0)  # C6


@claim(
    "C3",
    Ground.THEOREM,
    expected="std(z^(k+1)) / std(z^k) of linear networks within 3 % of 0.577 (standard) and 1 "
    "(normalized) on average over layers and draws, 6 % each; std(z^1) within 6 % of Eq. (5)",
    needs=replace(AT_START, seeds=5),  # C3: the mean of 4 layers and 5 draws
)
def forward_variance(evidence: Evidence) -> Measurement:
    """In the linear regime the forward variance is that of Eq. (5)."""
    init_study, found = init_study_of(evidence), Measurement()
    for initialization, n_var in N_VAR.items():
        looks = networks(init_study, "identity", initialization)
        std = np.array([look.values("activation", "std") for look in looks])
        predicted = np.array([look.values("activation", "predicted_std", [1]) for look in looks])
        steps = std[:, 1:] / std[:, :-1] / math.sqrt(n_var)
        name = f"of std(z^(k+1)) / std(z^k), {initialization}"
        found.at_most(f"deviation of the mean {name}", abs(steps.mean() - 1), 0.03)  # C3
        found.at_most(f"largest deviation {name}", abs(steps - 1).max(), 0.06)  # C3
        first = abs(std[:, :1] / predicted - 1).max()
        found.at_most(f"largest deviation of std(z^1), {initialization}", first, 0.06)  # C3
        found.sources.append(drawn(init_study, len(looks)))
    return found


@claim(
    "C4",
    Ground.THEOREM,
    expected="std(delta^i) / std(delta^(i+1)) of linear networks within 3 % of 0.577 (standard) "
    "and 1 (normalized) at every step, std(delta^0) / std(delta^4) within 6 % of 0.111 and 1",
    needs=AT_START,
)
def backward_variance(evidence: Evidence) -> Measurement:
    """In the linear regime the backward variance is that of Eqs. (6) and (13), corrected."""
    init_study, found = init_study_of(evidence), Measurement()
    for initialization, n_var in N_VAR.items():
        looks = networks(init_study, "identity", initialization)
        std = np.array([look.values("backpropagated_gradient", "std") for look in looks])
        steps = std[:, :-1] / std[:, 1:] / math.sqrt(n_var)
        product = std[:, 0] / std[:, -1] / math.sqrt(n_var) ** (init_study.depth - 1)
        name = f"of std(delta^i) / std(delta^(i+1)), {initialization}"
        found.at_most(f"largest deviation {name}", abs(steps - 1).max(), 0.03)  # C4
        name = f"of std(delta^0) / std(delta^{init_study.depth - 1}), {initialization}"
        found.at_most(f"largest deviation {name}", abs(product - 1).max(), 0.06)  # C4
        found.sources.append(drawn(init_study, len(looks)))
    return found


@claim(
    "C5",
    Ground.THEOREM,
    expected="largest over smallest std of dCost/dW^0 to dCost/dW^4 of linear networks, per "
    "example, at most 1.10; that of the output matrix sqrt(n/K) (standard) or sqrt((n+K)/2K) "
    "(normalized) times larger, within 15 %",
    needs=AT_START,
)
def equal_weight_gradients(evidence: Evidence) -> Measurement:
    """In the linear regime the weight gradients' variance is the same for all layers, Eq. (14).

    The equation speaks of one example, so its gradients are judged; batches of 10 are noted.
    """
    init_study, found = init_study_of(evidence), Measurement()
    n, k = init_study.width, init_study.n_classes
    factors = {"standard": math.sqrt(n / k), "normalized": math.sqrt((n + k) / (2 * k))}
    for initialization, factor in factors.items():
        looks = networks(init_study, "identity", initialization)
        single, batches = (_weight_gradients(looks, c) for c in ("per_example_std", "std"))
        name = f"largest over smallest std of dCost/dW, {initialization}"
        found.at_most(name, _spread(single[:, :-1]), 1.10)  # C5
        found.note(f"{name}, batches of 10", _spread(batches[:, :-1]))
        output = single[:, -1] / single[:, :-1].mean(axis=1) / factor
        name = f"largest deviation of the output matrix's factor, {initialization}"
        found.at_most(name, abs(output - 1).max(), 0.15)  # C5
        found.sources.append(drawn(init_study, len(looks)))
    return found


@claim(
    "C6",
    Ground.THEOREM,
    expected="ln Var[delta^i] of linear networks changes by ln(n Var[W]) a layer, within 0.1, "
    "for 5, 10 and 20 layers and n Var[W] of 1/3, 1 and 3",
    needs=Needs("I", width=300),
)
def vanishing_and_exploding(evidence: Evidence) -> Measurement:
    """With equal weight gradients, back-propagated ones still vanish or explode with depth."""
    init_study, found = init_study_of(evidence), Measurement()
    rows = with_shape(init_study.statistics, "equal")
    rows = rows[rows["activation"] == "identity"]
    n_var = rows["gain"] * rows["initialization"].map(N_VAR).astype("float64")
    for depth in DEPTHS:
        for wanted in N_VARS:
            chosen = rows[(rows["depth"] == depth) & np.isclose(n_var, wanted)]
            _slopes(found, init_study, chosen, depth, wanted)
    return found


def _slopes(
    found: Measurement, init_study: InitStudy, rows: pd.DataFrame, depth: int, n_var: float
) -> None:
    """Check the slopes of all networks of one depth and one n Var[W]."""
    name = f"{depth} layers, n Var[W] = {n_var:.3g}"
    if rows.empty:
        raise MissingRunsError(
            f"the initialization study {init_study.name} has no linear networks of {name}; run "
            "`glorot-sweep init-study` again"
        )
    slopes = []
    for _, own in rows.groupby(["initialization", "gain", "width", "seed"]):
        look = Look(
            f"{init_study.name} ({name})", 0, depth, own.drop_duplicates(["quantity", "layer"])
        )
        variances = look.values("backpropagated_gradient", "std") ** 2
        slopes.append(-np.polyfit(np.arange(depth), np.log(variances), 1)[0])
    worst = max(slopes, key=lambda slope: abs(slope - math.log(n_var)))
    low, high = math.log(n_var) - 0.1, math.log(n_var) + 0.1  # C6
    found.between(f"slope of ln Var[delta] downwards, {name}", worst, low, high)
    width, seeds = int(rows["width"].min()), int(rows["seed"].nunique())
    found.sources.append(Source((init_study.run_id,), depth, width, seeds=seeds))


def _weight_gradients(looks: list[Look], column: str) -> np.ndarray:
    """Standard deviations [draws, layers], the output matrix last."""
    layers = range(1, looks[0].depth + 2)
    return np.array([look.values("weight_gradient", column, layers) for look in looks])


def _spread(std: np.ndarray) -> float:
    """Largest over smallest of a network's layers, of the draw where it is largest."""
    return float((std.max(axis=1) / std.min(axis=1)).max())
