"""Factories for tests of sweeps: a small sweep file, a small data set, specifications, a store."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from mlflow import MlflowClient

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.engine.choice import Engines, Resolved
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import TrialSpec
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.place import Place, open_place

VALUES: dict[str, Any] = {
    "name": "small",
    "seed": 3,
    "paper": "glorot2010",
    "datasets": ["shapeset"],
    "variants": ["tanh", "tanh_n"],
    "network": {"width": 16, "batch_size": 10},
    "search": {
        "trials": 6,
        "generation": 2,
        "learning_rate": {"low": 0.01, "high": 0.5},
        "depth": {"low": 1, "high": 3},
        "updates": 30,
        "rungs": [10, 20],
        "table_depth": 2,
        "table_depth_share": 0.5,
        "pruner": {"kind": "median", "startup_trials": 2},
    },
    "replicates": {"seeds": 2, "updates": 40, "evaluations": [20]},
    "execution": {"pack_size": 8, "threads": 1},
}


def values(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The small sweep file's content; `changes` maps dotted keys to values."""
    return changed(copy.deepcopy(VALUES), changes or {})


def changed(content: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The content with values by dotted keys."""
    for path, value in changes.items():
        *parents, last = path.split(".")
        part = content
        for parent in parents:
            part = part.setdefault(parent, {})
        part[last] = value
    return content


def config(changes: Mapping[str, Any] | None = None) -> SweepConfig:
    return SweepConfig.model_validate(values(changes))


OLD_WAY = ("search.table_depth_share", "search.updates")
GROUPED: dict[str, Any] = {"search.trials": 3, "search.rungs": [20], "replicates.window": 1}


def grouped_values(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """As files ask for it today: two groups, each of three trials and three at any depth."""
    content = values()
    for path in OLD_WAY:
        del content["search"][path.removeprefix("search.")]
    return changed(content, {**GROUPED, **(changes or {})})


def grouped(changes: Mapping[str, Any] | None = None) -> SweepConfig:
    """The configuration of `grouped_values`."""
    return SweepConfig.model_validate(grouped_values(changes))


def on_torch(settings: SweepConfig) -> Engines:
    """The engines of a sweep that trains on torch alone."""
    return {name: Resolved("torch") for name in settings.variants}


def write_sweep(path: Path, changes: Mapping[str, Any] | None = None) -> Path:
    return write_values(path, values(changes))


def write_values(path: Path, content: Mapping[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
    return path


def small_dataset(name: str = "shapeset", seed: int = 0) -> FiniteDataset:
    """Four classes of images of 4 x 4 pixels, two planes each, soon learned by a small network."""
    random = np.random.default_rng(seed)
    centres = random.integers(60, 200, (4, 32))

    def part(n: int) -> Examples:
        labels = random.integers(0, 4, n)
        images = np.clip(centres[labels] + random.normal(0, 60, (n, 32)), 0, 255)
        return Examples(torch.tensor(images.astype(np.uint8)), torch.tensor(labels))

    parts = (part(300), part(100), part(120))
    return FiniteDataset(name, *parts, ("a", "b", "c", "d"), (4, 4, 2))


NOTE = DatasetNote("shapeset", small_dataset().digest(), "a test's data set")


def spec(key: str = "tanh-shapeset-t000", **changes: Any) -> TrialSpec:
    start: dict[str, Any] = {
        "dataset": "shapeset",
        "depth": 2,
        "width": 16,
        "learning_rate": 0.1,
        "batch_size": 10,
        "updates": 30,
        "weight_seed": 1,
        "data_seed": 2,
        "evaluate_at": (10, 20, 30),
    }
    row = VARIANTS[changes.pop("variant", "tanh")]
    return TrialSpec(key=key, variant=row, **{**start, **changes})


def store_uri(folder: Path) -> str:
    return f"sqlite:///{folder / 'mlflow.db'}"


def place_in(folder: Path) -> Place:
    return open_place(store_uri(folder), "tests", create=True)


def all_runs(place: Place) -> list[Any]:
    return list(place.client.search_runs([place.experiment_id], max_results=1000))


def by_name(place: Place) -> dict[str, Any]:
    return {run.info.run_name: run for run in all_runs(place)}


def steps(client: MlflowClient, run_id: str, key: str) -> list[int]:
    """Steps at which a metric was logged, each point as often as it is stored."""
    return sorted(point.step for point in client.get_metric_history(run_id, key))
