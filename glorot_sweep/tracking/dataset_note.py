"""A data set as MLflow lists it among a run's inputs, with what its panel shows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from mlflow.entities import Dataset
from mlflow.types.schema import Schema, TensorSpec

EVERY_CONTEXT = ("training", "validation", "testing")


class Pictures(Protocol):
    """What is said of a data set of images."""

    name: str
    image_shape: tuple[int, int, int]
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class DatasetNote:
    """A data set as MLflow lists it among a run's inputs.

    Attributes:
        name, digest, source: of it.
        contexts: what it is used for.
        schema: JSON: what an image and a label are.
        profile: JSON: what it holds.
    """

    name: str
    digest: str
    source: str
    contexts: tuple[str, ...] = EVERY_CONTEXT
    schema: str | None = None
    profile: str | None = None

    def entity(self) -> Dataset:
        """Return it as MLflow has it."""
        source = json.dumps({"uri": self.source})
        return Dataset(self.name, self.digest, "code", source, self.schema, self.profile)


def note_of(
    dataset: Pictures,
    digest: str,
    profile: Mapping[str, Any],
    contexts: tuple[str, ...] = EVERY_CONTEXT,
) -> DatasetNote:
    """Return the note of a data set.

    Args:
        dataset: of images.
        digest: of its content.
        profile: what it holds, in short words by name.
        contexts: what it is used for.
    """
    source = f"glorot_sweep.data {dataset.name}"
    schema, said = json.dumps(_schema(dataset)), json.dumps(dict(profile))
    return DatasetNote(dataset.name, digest, source, contexts, schema, said)


def _schema(dataset: Pictures) -> dict[str, Any]:
    """Return what an image and a label are, twice.

    MLflow's programs read the specification of tensors; its pages show nothing of that, but the
    columns of a table, which are written for a person.
    """
    height, width, channels = dataset.image_shape
    features = Schema([TensorSpec(np.dtype(np.uint8), (-1, *dataset.image_shape), "image")])
    targets = Schema([TensorSpec(np.dtype(np.int64), (-1,), "label")])
    image = {
        "name": "image",
        # The sizes first: MLflow's panel cuts what does not fit.
        "type": f"uint8 [{height}, {width}, {channels}]: height, width, channels",
    }
    label = {"name": "label", "type": f"int64, 0 to {len(dataset.class_names) - 1}"}
    classes = [
        {"name": f"label {number}", "type": name} for number, name in enumerate(dataset.class_names)
    ]
    return {
        "mlflow_colspec": [image, label, *classes],
        "mlflow_tensorspec": {"features": features.to_json(), "targets": targets.to_json()},
    }
