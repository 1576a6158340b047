"""Sets from real ImageNet images, by the real WordNet."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from glorot_sweep.data.small_imagenet.classes import ROOTS
from glorot_sweep.data.small_imagenet.dataset import load_small_imagenet, read_arrays, read_manifest
from glorot_sweep.data.small_imagenet.job import build
from glorot_sweep.data.small_imagenet.request import BuildRequest
from glorot_sweep.data.small_imagenet.wordnet import DEFAULT_FOLDER, FILE
from glorot_sweep.errors import UserError

pytestmark = pytest.mark.realdata

WITHOUT_FLOWERS = tuple(name for name in ROOTS if name != "flower")


@pytest.fixture
def imagenet(realdata: Path) -> Path:
    for needed in (realdata / "imagenet" / "tiny", DEFAULT_FOLDER / FILE):
        if not needed.exists():
            pytest.skip(f"{needed} does not exist")
    return realdata / "imagenet"


def test_64_pixels_from_tars(imagenet: Path, tmp_path: Path, console: Console) -> None:
    """The tars hold 500 images for each of 32 synsets; fish is one of them."""
    request = BuildRequest(imagenet / "tiny", tmp_path, 110, WITHOUT_FLOWERS)
    path = build(request, console)
    dataset = load_small_imagenet(path.parent, "small_imagenet-9x110")
    sizes = [len(part) for part in (dataset.train, dataset.validation, dataset.test)]
    assert sizes == [9 * 90, 9 * 10, 9 * 10]
    manifest = read_manifest(read_arrays(path))
    assert not [synset for synset in manifest["synsets"] if synset["unreadable"]]
    synsets = {synset["wnid"]: synset["class"] for synset in manifest["synsets"]}
    assert len(synsets) == 32
    assert synsets["n01443537"] == "fish"  # goldfish
    assert synsets["n03100240"] == "vehicle"  # convertible
    assert synsets["n07749582"] == "fruit"  # lemon, an edible fruit
    # Grey photographs: neither black nor white, and no two classes' images alike.
    assert 80 < dataset.train.images.double().mean() < 150
    assert dataset.train.images.double().std() > 40


def test_folders_of_larger_images(imagenet: Path, tmp_path: Path, console: Console) -> None:
    """One image for each of 476 synsets; against Pillow's own box filter on the full decode.

    From 128 to 37 pixels Pillow's windows are 3 or 4 pixels wide where ours are 3.46: on average
    over an image the difference is a few grey levels.
    """
    classes = ("mammal", "bird", "vehicle")
    path = build(BuildRequest(imagenet / "sample", tmp_path, 33, classes), console)
    arrays = read_arrays(path)
    names = read_manifest(arrays)["images"]
    assert Counter(arrays["labels"].tolist()) == {0: 33, 1: 33, 2: 33}
    for name, image in zip(names[:20], arrays["images"], strict=False):
        with Image.open(imagenet / "sample" / name) as opened:
            grey = opened.convert("L")
        side = min(grey.size)
        left, top = (grey.width - side) // 2, (grey.height - side) // 2
        square = grey.crop((left, top, left + side, top + side))
        expected = np.asarray(square.resize((37, 37), Image.Resampling.BOX)).astype(int)
        assert np.abs(image.reshape(37, 37) - expected).mean() < 8
        assert np.corrcoef(image, expected.ravel())[0, 1] > 0.95


def test_flowers_are_too_few(imagenet: Path, tmp_path: Path, console: Console) -> None:
    with pytest.raises(UserError, match=r"flower +0 +0 +110  too few"):
        build(BuildRequest(imagenet / "tiny", tmp_path, 110), console)
