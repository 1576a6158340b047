"""What MLflow shows of a data set: as its pages and its programs read it."""

import json

import numpy as np
import pytest
from mlflow.data.schema import TensorDatasetSchema
from mlflow.types.schema import Schema, TensorSpec
from sweep_builders import small_dataset

from glorot_sweep.data.description import profile
from glorot_sweep.tracking.dataset_note import DatasetNote, note_of
from glorot_sweep.tracking.runs import RunStore


@pytest.fixture
def runs(place):
    return RunStore(place.client, place.experiment_id)


def test_the_schema_is_read_by_mlflow(place, runs):
    dataset = small_dataset()
    height, width, channels = dataset.image_shape
    writer = runs.create("a", {})
    writer.inputs(note_of(dataset, dataset.digest(), profile(dataset), ("testing",)))
    (found,) = place.client.get_run(writer.run_id).inputs.dataset_inputs
    schema = TensorDatasetSchema.from_dict(json.loads(found.dataset.schema))
    assert schema.features == Schema(
        [TensorSpec(np.dtype(np.uint8), (-1, height, width, channels), "image")]
    )
    assert schema.targets == Schema([TensorSpec(np.dtype(np.int64), (-1,), "label")])
    assert [tag.value for tag in found.tags] == ["testing"]
    assert found.dataset.digest == dataset.digest()


def test_the_page_shows_what_an_image_is_and_every_class(place, runs):
    """The panel of MLflow 3.17 reads `mlflow_colspec` alone, and cuts values of over 80 letters."""
    dataset = small_dataset()
    note = note_of(dataset, dataset.digest(), profile(dataset))
    columns = {row["name"]: row["type"] for row in json.loads(note.schema)["mlflow_colspec"]}
    height, width, channels = dataset.image_shape
    assert columns["image"] == f"uint8 [{height}, {width}, {channels}]: height, width, channels"
    for label, name in enumerate(dataset.class_names):
        assert columns[f"label {label}"] == name
    shown = json.loads(note.profile)
    assert shown["test images"] == f"{len(dataset.test):,}"
    assert max(len(str(value)) for value in shown.values()) <= 80
    assert all("_" not in key for key in shown), "the panel turns them into blanks"


def test_chance_is_the_error_of_the_most_frequent_class():
    dataset = small_dataset()
    counts = np.bincount(dataset.test.labels.numpy(), minlength=dataset.n_classes)
    found = profile(dataset)["test error of always answering one class"]
    assert found == f"{100 * (1 - counts.max() / counts.sum()):.2f} %"


def test_a_note_that_says_no_more_is_stored_as_before(place, runs):
    writer = runs.create("a", {})
    writer.inputs(DatasetNote("x", "0", "there"))
    (found,) = place.client.get_run(writer.run_id).inputs.dataset_inputs
    assert not found.dataset.schema
    assert not found.dataset.profile
