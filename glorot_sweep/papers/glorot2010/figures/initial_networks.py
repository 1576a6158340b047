"""The untrained tanh networks of figures 6 to 8 and of the Jacobians, and where they are from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from glorot_sweep.papers.glorot2010.claims.init_studies import with_shape
from glorot_sweep.report.evidence import Evidence, InitStudy
from glorot_sweep.report.figures.captions import hidden_layers
from glorot_sweep.report.figures.figure import NotInEvidence
from glorot_sweep.report.figures.runs import monitored_together
from glorot_sweep.report.labels import label

INITIALIZATIONS = ("standard", "normalized")


@dataclass(frozen=True)
class InitialNetworks:
    """Two networks that differ in their initialization alone.

    Attributes:
        depth: hidden layers of both.
        standard, normalized: their rows of `LayerStatistics` at update 0.
        source: their specification, a sentence.
    """

    depth: int
    standard: pd.DataFrame
    normalized: pd.DataFrame
    source: str


def initial_networks(evidence: Evidence) -> InitialNetworks:
    """Return the networks of the initialization study, else of the monitored runs.

    Raises:
        NotInEvidence: there is neither.
    """
    init_study = evidence.first_init_study
    if init_study is not None:
        return _of_init_study(init_study)
    try:
        return _of_monitored(evidence)
    except NotInEvidence as reason:
        config = None if evidence.sweep is None else evidence.sweep.config
        dataset = "shapeset" if config is None else config.datasets[0]
        is_own = config is not None and dataset in config.image_folders
        options = f"--file FILE --dataset {dataset}` with the sweep's file" if is_own else (
            f"--dataset {dataset}`"
        )  # fmt: skip
        raise NotInEvidence(
            f"there is no initialization study on {label(dataset)}; run `glorot-sweep init-study "
            f"{options}. The first look at monitored runs would do as well, but {reason}"
        ) from reason


def _of_init_study(init_study: InitStudy) -> InitialNetworks:
    rows = with_shape(init_study.statistics, "equal")
    chosen = rows[
        (rows["activation"] == "tanh")
        & np.isclose(rows["gain"], 1)
        & (rows["depth"] == init_study.depth)
        & (rows["width"] == init_study.width)
    ]
    if set(chosen["initialization"]) != set(INITIALIZATIONS):
        raise NotInEvidence(
            f"the initialization study {init_study.name} has no tanh networks with both "
            "initializations; run `glorot-sweep init-study` again"
        )
    seed = int(chosen["seed"].min())
    chosen = chosen[chosen["seed"] == seed]
    standard, normalized = (chosen[chosen["initialization"] == name] for name in INITIALIZATIONS)
    source = (
        f"Tanh on {label(init_study.dataset)}, "
        f"{hidden_layers(init_study.depth, init_study.width)}, seed {seed}, "
        f"0 updates; from the initialization study {init_study.name}."
    )
    return InitialNetworks(init_study.depth, standard, normalized, source)


def _of_monitored(evidence: Evidence) -> InitialNetworks:
    runs = monitored_together(evidence, "tanh", "tanh_n")
    standard, normalized = (run.statistics[run.statistics["update"] == 0] for run in runs)
    top, bottom = runs
    source = (
        f"Tanh on {label(top.dataset)}, {hidden_layers(top.depth, top.width)}, seed {top.seed}, "
        f"0 updates (learning rate {top.learning_rate:g} afterwards); from the monitored runs "
        f"{top.name} and {bottom.name}."
    )
    return InitialNetworks(top.depth, standard, normalized, source)
