"""One more photograph, prepared as those that a model was trained on."""

import os
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import glorot_sweep
from glorot_sweep.data.own_images.photograph import in_words
from glorot_sweep.errors import UserError
from glorot_sweep.tracking.image_model import ImageModel

ORIENTATION = 0x0112
random = np.random.default_rng(0)


def photograph(path, number, size=(9, 7)):
    """Of several kinds: turned by EXIF, transparent, grey, of any shape."""
    width, height = size
    channels = (3, 4, 1)[number % 3]
    pixels = random.integers(0, 256, (height + number % 2, width, channels), np.uint8)
    image = Image.fromarray(pixels.squeeze())
    exif = Image.Exif()
    exif[ORIENTATION] = 1 + number % 8
    if channels == 3:
        image.save(path.with_suffix(".jpg"), exif=exif)
    else:
        image.save(path.with_suffix(".png"), exif=exif)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one") / "photos"
    for kind in ("cat", "dog"):
        (folder / kind).mkdir(parents=True)
        for number in range(40):
            photograph(folder / kind / f"{number}", number)
    return folder


def model_of(dataset):
    """What `prepare_image` looks at of a loaded model."""
    examples = dataset.as_pictures(dataset.test.images[:2])
    told = ImageModel(None, examples, dataset.class_names, dataset.preparation).metadata()
    return SimpleNamespace(metadata=SimpleNamespace(metadata=told))


@pytest.mark.slow
@pytest.mark.parametrize(
    "rules",
    [
        {"resize": [5, 4], "color": "rgb"},
        {"resize": 6, "crop": "none", "color": "grey"},
    ],
)
def test_a_photograph_of_the_folder_becomes_what_it_is_in_the_data_set(photos, rules):
    dataset = glorot_sweep.load_dataset("mine", images={"path": str(photos), **rules})
    parts = (dataset.train, dataset.validation, dataset.test)
    pictures = np.concatenate([dataset.as_pictures(part.images) for part in parts])
    model = model_of(dataset)
    for name, expected in zip(dataset.manifest["names"], pictures, strict=True):
        found = glorot_sweep.prepare_image(photos / name, like=model)
        assert (found.dtype, found.shape) == (np.uint8, (1, *dataset.image_shape))
        assert np.array_equal(found[0], expected)
    with Image.open(photos / name) as image:
        assert np.array_equal(glorot_sweep.prepare_image(image, like=model)[0], expected)
        assert np.array_equal(glorot_sweep.prepare_image(image.copy(), like=model)[0], expected)
    if "crop" in rules:
        assert "grey" in in_words(dataset.preparation)
        assert "middle" not in in_words(dataset.preparation)
    else:
        assert "middle part of the shape 5 x 4" in in_words(dataset.preparation)


def test_what_was_not_resized_must_have_the_size(tmp_path):
    for kind in ("cat", "dog"):
        (tmp_path / "photos" / kind).mkdir(parents=True)
        for number in range(40):
            pixels = random.integers(0, 256, (3, 5), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / kind / f"{number}.png")
    dataset = glorot_sweep.load_dataset("mine", images={"path": str(tmp_path / "photos")})
    model = model_of(dataset)
    grey = Image.fromarray(random.integers(0, 256, (3, 5), np.uint8))
    assert np.array_equal(glorot_sweep.prepare_image(grey, model)[0, ..., 0], np.asarray(grey))
    assert glorot_sweep.prepare_image(grey.convert("RGB"), model).shape == (1, 3, 5, 1)
    assert "resize" not in in_words(dataset.preparation)
    with pytest.raises(UserError, match="height 5 and width 3; all training images had height 3 "):
        glorot_sweep.prepare_image(grey.transpose(Image.Transpose.ROTATE_90), model)


def test_what_cannot_be_prepared_is_refused(photos, tmp_path):
    dataset = glorot_sweep.load_dataset(
        "mine", images={"path": str(photos), "resize": 4, "color": "rgb"}
    )
    model = model_of(dataset)
    (tmp_path / "text.png").write_text("words")
    os.mkfifo(tmp_path / "pipe.png")
    for image, words in (
        (tmp_path / "none.png", "none.png cannot be read: there is nothing"),
        (str(tmp_path / "text.png"), "text.png is no image but a file that starts with"),
        (tmp_path / "pipe.png", "pipe.png is no file. Give another image"),
        (tmp_path, "is no file. Give another image"),
        (np.zeros((5, 5, 3), np.uint8), "got ndarray; PIL.Image.fromarray makes one of an array"),
        (None, "image must be the path of a file or an image of Pillow's, got NoneType"),
        (Image.new("F", (5, 5)), "the image has pixels of Pillow's mode F"),
    ):
        with pytest.raises(UserError, match=words):
            glorot_sweep.prepare_image(image, like=model)
    told = {"height": 4, "width": 4, "channels": 3}
    for other in (SimpleNamespace(metadata=SimpleNamespace(metadata=told)), dataset, None):
        with pytest.raises(UserError, match="whose metadata has a 'preparation'"):
            glorot_sweep.prepare_image(photos / "cat" / "0.jpg", like=other)
