"""What a registered model takes for images, and what it refuses in one sentence."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from glorot_sweep.tracking import image_classifier
from glorot_sweep.tracking.image_classifier import grey_levels

SHAPE = (4, 5, 3)
IMAGES = np.random.default_rng(0).integers(0, 256, (2, *SHAPE)).astype(np.uint8)
FLAT = [  # in the order that is promised, by hand
    [IMAGES[n, y, x, c] for y in range(4) for x in range(5) for c in range(3)] for n in range(2)
]
FORMS = {
    "8-bit images": IMAGES,
    "integers": IMAGES.astype(np.int64),
    "floats": IMAGES.astype(np.float64),
    "half precision": IMAGES.astype(np.float16),
    "flat": np.array(FLAT),
    "flat floats": np.array(FLAT, np.float32),
    "lists": IMAGES.tolist(),
    "flat lists": [[int(value) for value in row] for row in FLAT],
    "a table": pd.DataFrame(FLAT),
    "a column of images": pd.DataFrame({"image": list(IMAGES)}),
    "a column of flat images": pd.DataFrame({"image": FLAT}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_images(form):
    assert np.array_equal(grey_levels(FORMS[form], SHAPE), IMAGES)


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 1), (20,)])
def test_grey_images_need_no_channel(shape):
    grey = IMAGES[..., :1]
    assert np.array_equal(grey_levels(grey.reshape(2, *shape), (4, 5, 1)), grey)


def test_no_image_is_no_mistake():
    assert grey_levels(np.empty((0, 60)), SHAPE).shape == (0, *SHAPE)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (IMAGES.transpose(0, 3, 1, 2), "shape (2, 3, 4, 5), channels first: images.transpose(0, 2"),
        (IMAGES[0], "shape (4, 5, 3), one image alone: images[None] makes"),
        (IMAGES[0].reshape(-1), "shape (60,), one image alone"),
        (IMAGES[:, 1:], "shape (2, 3, 5, 3)."),
        (IMAGES[..., 0], "shape (2, 4, 5)."),
        (IMAGES / 255, "which look like grey levels divided by 255: multiply by 255"),
        (IMAGES - 300.0, "values from -300"),
        (IMAGES.astype(int) + 1, "values from "),
        (np.where(IMAGES.max() == IMAGES, np.nan, IMAGES), "values from nan to nan"),
        (np.where(IMAGES.max() == IMAGES, np.inf, IMAGES), " to inf"),
        (IMAGES > 5, "values of type bool"),
        ([[1, 2], [3]], "no array of numbers"),
        ("photo.png", "values of type"),
        ({"images": IMAGES}, "values of type object"),
    ],
)
def test_what_would_be_answered_wrongly_is_refused(given, reason):
    with pytest.raises(MlflowException) as caught:
        grey_levels(given, SHAPE)
    said = caught.value.message
    assert said.startswith("This model takes grey levels 0..255 of images [n, height, width, chan")
    assert "height 4, width 5, channels 3" in said
    assert reason in said
    assert caught.value.get_http_status_code() == 400


def test_dark_images_are_taken_where_they_are_told_from_scaled_ones():
    for dark in (np.ones_like(IMAGES), np.zeros(IMAGES.shape), np.full(IMAGES.shape, 1.5)):
        assert np.array_equal(grey_levels(dark, SHAPE), dark)


def test_a_model_needs_no_package_of_ours():
    tree = ast.parse(Path(image_classifier.__file__).read_text(encoding="utf-8"))
    modules = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert "torch" in modules
    assert not any(name.startswith("glorot_sweep") for name in modules)
