"""A small sweep in this process, and everything that it left behind."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from sweep_builders import all_runs, by_name, store_uri, write_sweep

from glorot_sweep.sweep.execution.preparation import ExecutionOptions
from glorot_sweep.sweep.job import SweepOptions, run_sweep
from glorot_sweep.tracking.place import Place

ONE_VARIANT = {"variants": ["tanh"]}
# For tests that compare no number with those of the whole sweep: one pack, then the replicates.
ONE_PACK = {**ONE_VARIANT, "search.trials": 4, "search.generation": 4, "statistics": "none"}


def options(folder: Path, executor: str = "local") -> SweepOptions:
    storage = f"sqlite:///{folder / 'optuna.db'}"
    execution = ExecutionOptions(executor)
    return SweepOptions(store_uri(folder), "tests", storage, execution=execution)


def sweep(
    folder: Path,
    changes: Mapping[str, Any] | None = None,
    console: Console | None = None,
    executor: str = "local",
) -> Any:
    """Run or continue a sweep in the stores of a folder."""
    file = write_sweep(folder / "small.yaml", changes)
    return run_sweep(file, options(folder, executor), console or Console(quiet=True))


def numbers(place: Place) -> dict[str, Any]:
    """Every number of every run but its times, by run name; None where it has no metrics."""
    found = {}
    for run in all_runs(place):
        curve = {
            key: [(p.step, p.value) for p in place.client.get_metric_history(run.info.run_id, key)]
            for key in run.data.metrics
        }
        outcome = (run.info.status, run.data.tags["state"])
        found[run.info.run_name] = (outcome, dict(run.data.params), curve)
    return found


def of_variant(found: Mapping[str, Any], variant: str) -> dict[str, Any]:
    """Those of one variant: each study advances independently of the others."""
    return {name: value for name, value in found.items() if name.startswith(f"{variant}-")}


def objectives(place: Place) -> dict[str, Any]:
    """State and objective of every trial, by run name."""
    return {
        name: (run.data.tags["state"], run.data.metrics.get("objective"))
        for name, run in by_name(place).items()
        if run.data.tags["kind"] == "trial"
    }
