"""What each cell of the tables was given: trials, updates, replicates."""

from collections.abc import Sequence

import pandas as pd

from glorot_sweep.report.collect import Collected
from glorot_sweep.report.labels import label
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.trained import TrainedRun


def audit_frame(collected: Collected) -> pd.DataFrame:
    """Return the budget of every cell, at every value: trials, updates, pruning, replicates."""
    return pd.DataFrame([row for one in collected.at_values for row in _rows(one)])


def _rows(collected: Collected) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    value = collected.value
    at: dict[str, object] = {} if value is None else {value.factor: value.number}
    for dataset in collected.config.datasets:
        for variant in collected.config.variants:
            trials = [
                r for r in collected.trials
                if (r.dataset, r.variant) == (dataset, variant)
            ]  # fmt: skip
            replicates = [
                r for r in collected.replicates
                if (r.dataset, r.variant) == (dataset, variant)
            ]  # fmt: skip
            states = [run.state for run in trials]
            depth = collected.config.search.table_depth
            rows.append(
                {
                    "dataset": dataset,
                    "variant": variant,
                    **at,
                    "trials": len(trials),
                    "at table depth": sum(run.depth == depth for run in trials),
                    "complete": states.count(State.COMPLETE),
                    "pruned": states.count(State.PRUNED),
                    "diverged": states.count(State.DIVERGED),
                    "failed": sum(state in {State.FAILED, State.GIVEN_UP} for state in states),
                    "updates": _updates(trials),
                    "pre-training updates": _pretraining_updates(trials),
                    "replicates": len(replicates),
                    "replicate updates": _updates(replicates),
                    "replicate pre-training updates": _pretraining_updates(replicates),
                }
            )
    return rows


def _updates(runs: Sequence[TrainedRun]) -> int:
    return sum(run.updates_done or 0 for run in runs)


def _pretraining_updates(runs: Sequence[TrainedRun]) -> int:
    """SGD steps of hidden layers, which come first: of runs that got any further, all of them."""
    return sum(run.pretraining_updates * run.depth for run in runs if run.updates_done)


def told_of_budgets(collected: Collected) -> pd.DataFrame:
    """Return the audit for a reader: by labels, without pre-training's columns where none was."""
    frame = audit_frame(collected)
    idle = [name for name in frame if "pre-training" in str(name) and not frame[name].any()]
    labels = {name: variant.label for name, variant in collected.config.rows.items()}
    told = {"dataset": frame["dataset"].map(label), "variant": frame["variant"].map(labels)}
    return frame.assign(**told).drop(columns=idle)
