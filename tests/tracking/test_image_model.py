"""A stored model, as those who never saw this package load and ask it."""

import json
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import torch
from mlflow.pyfunc.scoring_server import invocations

from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.tracking.image_model import MOST_NAMED, ImageModel, tags_of_files

NAMES = ("ant", "label", "bee, wild")
random = np.random.default_rng(0)
IMAGES = random.integers(0, 256, (5, 4, 3, 3)).astype(np.uint8)
WEIGHTS = {
    "weight_0": random.normal(0, 1, (36, 7)).astype(np.float32),
    "bias_0": np.zeros(7, np.float32),
    "weight_1": random.normal(0, 1, (7, 3)).astype(np.float32),
    "bias_1": np.zeros(3, np.float32),
}


def model(names=NAMES):
    network = SingleNetwork("tanh", WEIGHTS, takes_images=True)
    return ImageModel(network, IMAGES[:2], names, {"resize": [4, 3], "color": "rgb"})


def expected():
    """What the network says of images as data sets hold them: one plane after another."""
    planes = np.array([[i[y, x, c] for c in range(3) for y in range(4) for x in range(3)]
                       for i in IMAGES.astype(np.float32)])  # fmt: skip
    return SingleNetwork("tanh", WEIGHTS)(torch.from_numpy(planes)).numpy()


def test_what_it_takes_and_gives_is_said():
    told = model().metadata()
    assert (told["height"], told["width"], told["channels"]) == (4, 3, 3)
    assert told["class_names"] == list(NAMES)
    assert told["preparation"] == {"resize": [4, 3], "color": "rgb"}
    signature = model().signature()
    (images,) = signature.inputs.inputs
    assert (images.type, images.shape) == (np.dtype(np.uint8), (-1, 4, 3, 3))
    assert signature.outputs.input_names() == ["label", *(f"probability_{n}" for n in NAMES)]
    words = model().in_words()
    for said in ("uint8 [n, 4, 3, 3]", "flat [n, 36]", "red, green, blue", "0..255", "bee, wild"):
        assert said in words


def test_the_guide_names_all_that_a_model_says_of_itself():
    page = (Path(__file__).parents[2] / "docs" / "guide" / "mlflow.md").read_text("utf-8")
    assert [key for key in model().metadata() if f"`{key}`" not in page] == []


def test_a_description_ends_where_there_are_many_classes():
    words = model(tuple(f"class {i}" for i in range(1000))).in_words()
    assert f"class {MOST_NAMED - 1} and {1000 - MOST_NAMED} more" in words


@pytest.mark.slow
def test_it_answers_alike_however_it_is_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    model().save(tmp_path / "model")
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    answers = loaded.predict(IMAGES)
    probabilities = answers[[f"probability_{name}" for name in NAMES]].to_numpy()
    assert np.allclose(probabilities, expected(), rtol=0, atol=1e-6)  # sums of 36, rounded anew
    assert answers["label"].tolist() == [NAMES[label] for label in expected().argmax(1)]
    flat = IMAGES.reshape(5, -1)
    for form in (IMAGES.astype(float), IMAGES.tolist(), flat, flat.tolist(), pd.DataFrame(flat)):
        assert loaded.predict(form).equals(answers)
    for count in (0, 1, 1025):
        assert len(loaded.predict(np.resize(IMAGES, (count, 4, 3, 3)))) == count
    assert np.array_equal(loaded.input_example, IMAGES[:2])
    for asked in (IMAGES, flat):
        body = json.dumps({"inputs": asked.tolist()})
        response = invocations(body, "application/json", loaded, loaded.metadata.get_input_schema())
        assert json.loads(response.response)["predictions"] == answers.to_dict("records")
    network = mlflow.pytorch.load_model(str(tmp_path / "model"))
    assert np.array_equal(network(torch.from_numpy(IMAGES.astype(np.float32))), probabilities)


def test_tags_of_a_model_of_an_earlier_version_are_none(tmp_path):
    (tmp_path / "MLmodel").write_text("flavors: {}\nmodel_uuid: a\nutc_time_created: ''\n")
    assert tags_of_files(tmp_path, 100) == {}


def test_what_is_too_long_for_a_tag_stands_in_the_metadata_alone(tmp_path):
    (tmp_path / "MLmodel").write_text(
        "flavors: {}\nmodel_uuid: a\nutc_time_created: ''\n"
        "metadata: {class_names: [ant, bee], height: 12}\n"
    )
    assert tags_of_files(tmp_path, 14) == {"class_names": '["ant", "bee"]', "height": "12"}
    assert tags_of_files(tmp_path, 13) == {"height": "12"}
