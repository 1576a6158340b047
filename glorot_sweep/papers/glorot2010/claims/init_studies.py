"""Networks at initialization, found in the initialization studies."""

import pandas as pd

from glorot_sweep.report.claims.claim import MissingRunsError
from glorot_sweep.report.claims.looks import Look
from glorot_sweep.report.claims.measurement import Source
from glorot_sweep.report.evidence import Evidence, InitStudy

N_VAR: dict[str, float] = {"standard": 1 / 3, "normalized": 1.0}
"""n Var[W] of a square layer: Eq. (15), and Eq. (10) as Eq. (16) fulfills it."""

VARIED_SHAPES = ("growing", "shrinking")


def init_study_of(evidence: Evidence, dataset: str = "shapeset") -> InitStudy:
    """Return the initialization study of a data set.

    Raises:
        MissingRunsError: there is none.
    """
    if dataset not in evidence.init_studies:
        raise MissingRunsError(
            f"no initialization study on {dataset}; run `glorot-sweep init-study` on it"
        )
    return evidence.init_studies[dataset]


def networks(
    init_study: InitStudy, activation: str, initialization: str, shape: str = "equal"
) -> list[Look]:
    """Return the main networks of a study, one for each draw of the weights.

    Args:
        init_study: where to look.
        activation: tanh or identity.
        initialization: standard or normalized.
        shape: `equal` widths, or widths `growing` or `shrinking` with the layer.

    Raises:
        MissingRunsError: the study has none.
    """
    rows = with_shape(init_study.statistics, shape)
    chosen = (
        (rows["activation"] == activation)
        & (rows["initialization"] == initialization)
        & (rows["gain"] == 1)
        & (rows["depth"] == init_study.depth)
    )
    if shape == "equal":  # a network of varied widths has no width to compare
        chosen &= rows["width"] == init_study.width
    if not chosen.any():
        raise MissingRunsError(
            f"the initialization study {init_study.name} on {init_study.dataset} has no "
            f"{activation} network of {shape} widths with {initialization} initialization; run "
            "`glorot-sweep init-study` with one"
        )
    # If the study is as narrow and deep as claim 6's networks, one network may be there twice.
    once = rows[chosen].drop_duplicates(["seed", "quantity", "layer"])
    return [
        Look(
            f"{init_study.name} ({activation}, {initialization}, seed {seed})",
            0,
            init_study.depth,
            own,
        )
        for seed, own in once.groupby("seed", sort=True)
    ]


def with_shape(rows: pd.DataFrame, shape: str) -> pd.DataFrame:
    """Return the rows of networks of one shape; without a column `shape` all are `equal`."""
    if "shape" not in rows.columns:
        return rows if shape == "equal" else rows.iloc[:0]
    if shape == "equal":
        return rows[~rows["shape"].isin(VARIED_SHAPES)]
    return rows[rows["shape"] == shape]


def drawn(init_study: InitStudy, seeds: int) -> Source:
    """Return what a verdict may rest on: that many draws of a study's main networks."""
    return Source((init_study.run_id,), init_study.depth, init_study.width, seeds=seeds)
