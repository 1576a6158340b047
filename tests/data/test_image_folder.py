"""A data set of one's own, from the folder to the training stream."""

import io
import os
import pathlib
import pickle

import numpy as np
import pytest
import torch
from encoded import decoded_by_hand, encode, random_pixels, small_dataset, tar_of, write_tree
from PIL import Image

from glorot_sweep.data import cifar10, image_folder
from glorot_sweep.data.duplicates import count_overlap
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.data.image_decoding import decode_images
from glorot_sweep.data.image_folder import CACHE_ENDING, load_image_folder
from glorot_sweep.data.splits import draw_validation
from glorot_sweep.errors import UserError

Rows = list[tuple[list[int], int]]


def expected(files: dict[str, bytes], split: str) -> Rows:
    """Images in the order of their names, each with the place of its class."""
    classes = sorted({name.split("/")[1] for name in files})
    return [
        (decoded_by_hand(files[name]), classes.index(name.split("/")[1]))
        for name in sorted(files)
        if name.startswith(f"{split}/")
    ]


def listed(dataset: FiniteDataset, split: str) -> Rows:
    part = getattr(dataset, split)
    return list(zip(part.images.tolist(), part.labels.tolist(), strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_folder_without_validation(tmp_path: pathlib.Path, kind: str) -> None:
    """24 training and 6 test images: a fifth of 24 is fewer than 6."""
    files = small_dataset(kind=kind)
    dataset = load_image_folder(write_tree(tmp_path / "pets", files), "mine")
    assert (dataset.name, dataset.n_inputs, dataset.class_names) == ("mine", 60, ("ant", "bee"))
    assert dataset.image_shape == (4, 5, 3)
    whole = expected(files, "train")
    labels = torch.tensor([label for _, label in whole])
    training, validation = draw_validation(labels, 24 // 5, seed=0)
    assert listed(dataset, "train") == [whole[row] for row in training.tolist()]
    assert listed(dataset, "validation") == [whole[row] for row in validation.tolist()]
    assert listed(dataset, "test") == expected(files, "test")
    assert dataset.train.images.dtype == torch.uint8
    assert dataset.train.labels.dtype == torch.int64


def test_as_many_validate_as_are_tested(tmp_path: pathlib.Path) -> None:
    files = small_dataset(n_train=20, n_test=1)
    dataset = load_image_folder(write_tree(tmp_path / "pets", files), "mine")
    parts = (dataset.train, dataset.validation, dataset.test)
    assert [torch.bincount(part.labels).tolist() for part in parts] == [[19, 19], [1, 1], [1, 1]]


def test_a_folder_with_validation(tmp_path: pathlib.Path) -> None:
    files = small_dataset(n_train=2, n_test=1, classes=("b", "a", "C"))
    files |= {f"validation/{c}/x.png": encode(random_pixels(ord(c))) for c in "baC"}
    dataset = load_image_folder(write_tree(tmp_path / "pets", files), "mine")
    assert dataset.class_names == ("C", "a", "b")
    for split in ("train", "validation", "test"):
        assert listed(dataset, split) == expected(files, split)


def test_grey_images(tmp_path: pathlib.Path) -> None:
    files = {name: encode(random_pixels(i, (4, 5))) for i, name in enumerate(small_dataset())}
    dataset = load_image_folder(write_tree(tmp_path / "pets", files), "mine")
    assert dataset.n_inputs == 20
    assert dataset.image_shape == (4, 5, 1)
    again = load_image_folder(tmp_path / "pets", "mine")
    assert again.image_shape == (4, 5, 1), "from the cache"
    assert listed(dataset, "test") == expected(files, "test")


@pytest.mark.parametrize("ending", [".tar", ".tar.gz"])
def test_a_tar_is_the_same_data_set(tmp_path: pathlib.Path, ending: str) -> None:
    files = small_dataset()
    folder = load_image_folder(write_tree(tmp_path / "pets", files), "mine")
    path = tmp_path / f"packed{ending}"
    path.write_bytes(tar_of(dict(reversed(files.items())), "w:gz" if "gz" in ending else "w"))
    for _ in range(2):
        found = load_image_folder(path, "mine")
        assert found.digest() == folder.digest()
        found.keep()
    assert path.with_name(path.name + CACHE_ENDING).is_file()


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_decoded_once(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    path = write_form(tmp_path, small_dataset(), form)
    dataset, cache = load_image_folder(path, "mine"), path.with_name(path.name + CACHE_ENDING)
    assert not cache.exists(), "nothing is kept before that is asked for"
    size = len(pickle.dumps(dataset))
    dataset.keep()
    assert cache.exists()
    assert len(pickle.dumps(dataset)) == size, "what is to be kept does not travel"
    monkeypatch.setattr(image_folder, "decode_images", None)
    assert load_image_folder(path, "mine").digest() == dataset.digest()


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_changed_content_is_noticed(tmp_path: pathlib.Path, form: str) -> None:
    """Same names, same sizes, same times: one bit of one image."""
    files, name = small_dataset(), "test/ant/001.png"
    path = write_form(tmp_path, files, form)
    load_image_folder(path, "mine").keep()
    place = path / name if form == "folder" else path
    before = place.stat()
    pixels = np.array(Image.open(io.BytesIO(files[name])))
    pixels[0, 0, 0] ^= 1
    files[name] = encode(pixels)
    write_form(tmp_path, files, form)
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert place.stat().st_size == before.st_size
    assert place.stat().st_mtime_ns == before.st_mtime_ns
    assert listed(load_image_folder(path, "mine"), "test") == expected(files, "test")


def test_an_empty_class_is_refused_where_pixels_are_kept(tmp_path: pathlib.Path) -> None:
    path = write_form(tmp_path, small_dataset(), "folder")
    load_image_folder(path, "mine").keep()
    for split in ("train", "test"):
        (path / split / "cow").mkdir()
    with pytest.raises(UserError, match=r"the class folder .*/cow/ must hold an image, got none"):
        load_image_folder(path, "mine")


def test_another_decoder_decodes_again(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_form(tmp_path, small_dataset(), "folder")
    load_image_folder(path, "mine").keep()
    monkeypatch.setattr(image_folder, "DECODER", "another version")
    decoded = []

    def counted(*call: object) -> object:
        decoded.append(call)
        return decode_images(*call)  # type: ignore[arg-type]

    monkeypatch.setattr(image_folder, "decode_images", counted)
    load_image_folder(path, "mine")
    assert len(decoded) == 2, "train and test"


def test_a_damaged_cache_is_replaced(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_form(tmp_path, small_dataset(), "folder")
    dataset = load_image_folder(path, "mine")
    dataset.keep()
    cache = path.with_name(path.name + CACHE_ENDING)
    cache.write_bytes(cache.read_bytes()[:-100])
    assert load_image_folder(path, "mine").digest() == dataset.digest()
    assert "is damaged" in caplog.text


def write_form(folder: pathlib.Path, files: dict[str, bytes], form: str) -> pathlib.Path:
    if form == "folder":
        return write_tree(folder / "pets", files)
    path = folder / "pets.tar"
    path.write_bytes(tar_of(files))
    return path


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train/ant/000.png": encode(random_pixels(1, (9, 9, 3)))}, "of one size"),
        ({"test/bee/002.png": encode(random_pixels(1, (4, 5)))}, r"got 5 x 4 grey in test/bee/002"),
        ({"test/bee/002.png": b"<html>"}, r"test/bee/002\.png must be a PNG or JPEG"),
        ({"test/fly/000.png": encode(random_pixels(1))}, r"has besides \['fly'\]"),
        ({"notes/a.txt": b""}, "notes has no place in a data set"),
    ],
)
@pytest.mark.parametrize("form", ["folder", "tar"])
def test_bad_content_is_refused(
    tmp_path: pathlib.Path, changes: dict[str, bytes], message: str, form: str
) -> None:
    path = write_form(tmp_path, small_dataset() | changes, form)
    with pytest.raises(UserError, match=message) as caught:
        load_image_folder(path, "mine")
    assert str(path) in str(caught.value)
    assert not path.with_name(path.name + CACHE_ENDING).exists()


def test_too_few_to_draw_from(tmp_path: pathlib.Path) -> None:
    files = small_dataset(n_train=2, n_test=1)
    with pytest.raises(UserError, match="train/ must hold 5 or more, got 4"):
        load_image_folder(write_tree(tmp_path / "pets", files), "mine")


def test_a_missing_folder_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(
        UserError, match=r"pets: there is nothing. It must be a folder of images or a tar of one"
    ):
        load_image_folder(tmp_path / "pets", "mine")


@pytest.fixture(scope="module")
def jpeg_copy(realdata: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> FiniteDataset:
    """The JPEG copy of CIFAR-10, read through a link so that its cache is kept elsewhere."""
    archive = realdata / "cifar10" / "cifar10-jpeg.tar"
    if not archive.is_file():
        pytest.skip(f"no JPEG copy of CIFAR-10: {archive.name} is not in {archive.parent}")
    link = tmp_path_factory.mktemp("data") / archive.name
    link.symlink_to(archive)
    return load_image_folder(link, "cifar10-jpeg")


@pytest.mark.realdata
def test_sizes_of_the_jpeg_copy(jpeg_copy: FiniteDataset) -> None:
    parts = (jpeg_copy.train, jpeg_copy.validation, jpeg_copy.test)
    counts = [torch.bincount(part.labels).tolist() for part in parts]
    assert counts == [[4_000] * 10, [1_000] * 10, [1_000] * 10]
    assert jpeg_copy.n_inputs == 3_072
    assert jpeg_copy.class_names == cifar10.CLASS_NAMES, "the alphabet's order is CIFAR-10's"


@pytest.mark.realdata
def test_the_jpeg_copy_looks_like_cifar10(jpeg_copy: FiniteDataset) -> None:
    """The published means of the 50,000 training images' channels are 0.4914, 0.4822, 0.4465.

    JPEG keeps a block's mean up to half a quantization step, 8 x 8 x step / 2 / 64 <= 1 level for
    steps up to 16, of either sign; 0.001 is a quarter of a level.
    """
    images = torch.cat([jpeg_copy.train.images, jpeg_copy.validation.images])
    means = images.view(-1, 3, 1_024).double().mean((0, 2)) / 255
    assert torch.allclose(means, torch.tensor([0.4914, 0.4822, 0.4465]).double(), atol=1e-3)


@pytest.mark.realdata
def test_no_test_image_of_the_jpeg_copy_is_trained_on(jpeg_copy: FiniteDataset) -> None:
    for among in (jpeg_copy.train, jpeg_copy.validation):
        assert count_overlap(jpeg_copy.test, among) == 0
