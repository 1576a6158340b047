"""Runs the tiny sweep on the native engine; prints what its runs hold, arrays as digests, as JSON.

`test_every_cpu` runs it as if on several CPUs.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from every_cpu_digests import cpu, digest
from mlflow import MlflowClient
from mlflow.entities import Run
from rich.console import Console
from small_sweep import options
from sweep_builders import all_runs, place_in

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.engine.native.forms import form_in_use
from glorot_sweep.sweep.job import run_sweep
from glorot_sweep.tracking.records import read_arrays
from glorot_sweep.tracking.schema.names import Artifact

TINY = Path(__file__).parents[1] / "sweeps" / "tiny.yaml"
LEARNED = ("train/", "validation/", "test/", "final/", "best/", "objective")
"""Curves and results. Statistics of layers are sums by torch, equal to rounding."""


def run_tiny(folder: Path) -> None:
    """Train all; no model is registered, which takes longest and changes no number."""
    content = yaml.safe_load(TINY.read_text(encoding="utf-8"))
    content["network"]["engine"] = "native"
    file = folder / "tiny.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    quiet = Console(quiet=True)
    run_sweep(read_sweep_file(file), options(folder), quiet, register=lambda *_: None)


def of_run(client: MlflowClient, run: Run) -> dict[str, Any]:
    """Parameters, state, and digests of curves and of arrays."""
    found: dict[str, Any] = {
        "state": run.data.tags["state"],
        "params": {k: v for k, v in run.data.params.items() if not k.startswith("log10_")},
    }
    for key in sorted(run.data.metrics):
        if key.startswith(LEARNED):
            history = client.get_metric_history(run.info.run_id, key)
            found[key] = sorted((p.step, float(p.value).hex()) for p in history)
    folders = {file.path for file in client.list_artifacts(run.info.run_id)}
    for path in (Artifact.WEIGHTS, Artifact.PREDICTIONS):
        if path.partition("/")[0] in folders:
            arrays = read_arrays(client, run.info.run_id, path)
            found |= {f"{path}:{name}": digest(array) for name, array in arrays.items()}
    return found


def main(folder: Path) -> None:
    run_tiny(folder)
    place = place_in(folder)
    runs = {run.info.run_name: of_run(place.client, run) for run in all_runs(place)}
    json.dump({"cpu": {**cpu(), "form": form_in_use()}, "runs": runs}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
