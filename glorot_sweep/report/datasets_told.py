"""What each data set of a sweep holds, and what always answering one class would err there."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from glorot_sweep.report.cell import Cell
from glorot_sweep.report.labels import label
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import dataset_profiles
from glorot_sweep.tracking.schema.trained import ReplicateRun

Profiles = Mapping[str, Mapping[str, Any]]
"""What each data set holds, in words by name: what MLflow shows beside a run."""


def profiles_of(place: Place, replicates: Iterable[ReplicateRun]) -> Profiles:
    """Return what a replicate of each data set says of it; nothing where an early one is silent."""
    of_each = {run.dataset: run.run_id for run in replicates}
    found = {name: dataset_profiles(place.client, run_id) for name, run_id in of_each.items()}
    return {name: profiles[name] for name, profiles in found.items() if name in profiles}


def dataset_sentences(profiles: Profiles, cells: Iterable[Cell]) -> list[str]:
    """Return a sentence for each data set: its sizes, its classes and the error of chance.

    Chance is always answering the class that is most frequent among the test examples.

    Args:
        profiles: see `profiles_of`.
        cells: of the table; their test labels tell what no profile does.
    """
    labels = {cell.dataset: cell.labels for cell in cells if len(cell.labels)}
    return [_sentence(name, profiles.get(name, {}), found) for name, found in labels.items()]


def _sentence(dataset: str, profile: Mapping[str, Any], labels: np.ndarray[Any, Any]) -> str:
    counts = np.unique(labels, return_counts=True)[1]
    chance = 100 * (1 - counts.max() / counts.sum())
    sizes = [
        f"{profile[f'{part} images']} {part}"
        for part in ("training", "validation")
        if f"{part} images" in profile
    ]
    images = f"{', '.join([*sizes, f'{len(labels):,} test'])} images"
    classes = profile.get("classes", len(counts))
    return (
        f"{label(dataset)}: {images}, {classes} classes; always answering the most frequent one "
        f"errs in {chance:.2f} %."
    )
