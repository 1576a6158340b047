"""What a data set must have besides being readable."""

import errno
import os
import pathlib

import pytest
from encoded import small_dataset, write_tree
from rights import as_others

from glorot_sweep.config.image_folders import PreparedFolder
from glorot_sweep.data import catalog
from glorot_sweep.data.catalog import FEWEST_TEST, data_folder, load_dataset
from glorot_sweep.diagnostics.weight_gradients import BATCH
from glorot_sweep.errors import ServiceLostError, UserError


def load(folder: pathlib.Path, n_test: int) -> int:
    """Write test images of two classes; return how many there are."""
    write_tree(folder / "pets", small_dataset(n_train=20, n_test=n_test))
    return len(load_dataset("pets", folder, "pets").test)


def test_a_test_set_must_fill_the_batch_that_layers_are_looked_at_in(tmp_path) -> None:
    assert FEWEST_TEST == BATCH
    assert load(tmp_path / "enough", 5) == 10
    with pytest.raises(UserError, match=r"pets: .* there must be 10 or more, got 8. Add test"):
        load(tmp_path / "few", 4)


def test_a_class_must_fit_into_a_byte(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalog, "MOST_CLASSES", 1)
    with pytest.raises(UserError, match=r"pets: .* at most 1 classes, got 2. Leave some out"):
        load(tmp_path, 5)


def test_a_class_must_have_a_name_that_is_text(tmp_path) -> None:
    classes = ("ant", os.fsdecode(b"caf\xe9"))
    write_tree(tmp_path / "pets", small_dataset(n_train=20, n_test=5, classes=classes))
    with pytest.raises(UserError, match=r"pets: the name .* 'caf\\udce9' is no UTF-8. Rename it"):
        load_dataset("pets", tmp_path, "pets")


def test_images_lie_below_the_data_folder(tmp_path) -> None:
    outside = write_tree(tmp_path / "outside", small_dataset())
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "pets").symlink_to(outside)
    with pytest.raises(UserError, match=rf"leads to {outside}, out of the data folder"):
        load_dataset("pets", tmp_path / "data", "pets")


SMALL = PreparedFolder(path="data/pets", resize=(3, 4))


@pytest.mark.parametrize(
    ("name", "image_folder", "closed"),
    [
        ("mnist", None, "data/mnist"),
        ("cifar10", None, "data/cifar10"),
        ("small_imagenet", None, "data/small_imagenet"),
        ("pets", "pets", "data/pets"),
        ("pets", "pets", "data/pets/train/ant"),
        ("pets", "pets", "data"),
        ("pets", "pets.npz", "data/pets.npz"),
        ("pets", SMALL, "data"),
        ("pets", SMALL, "data/pets/train/ant/000.png"),
        ("pets", PreparedFolder(path="data/pets.npz"), "data/pets.npz"),
    ],
)
def test_what_cannot_be_read_is_one_message(tmp_path, monkeypatch, name, image_folder, closed):
    monkeypatch.chdir(tmp_path)
    write_tree(tmp_path / "data" / "pets", small_dataset())
    (tmp_path / "data" / "pets.npz").write_bytes(b"PK\x03\x04")
    for folder in ("mnist", "cifar10", "small_imagenet"):
        (tmp_path / "data" / folder).mkdir()
    place = tmp_path / closed
    mode = place.stat().st_mode
    place.chmod(0)
    try:
        with pytest.raises(UserError, match=rf"(?s){closed}.*\. (Make|Put|It must)"):
            as_others(lambda: load_dataset(name, tmp_path / "data", image_folder))
    finally:
        place.chmod(mode)


@pytest.mark.parametrize("image_folder", ["x" * 300, PreparedFolder(path="x" * 300)])
def test_a_name_that_is_too_long_is_one_message(tmp_path, image_folder):
    with pytest.raises(UserError, match="File name too long"):
        load_dataset("pets", tmp_path, image_folder)


def test_a_full_disk_is_told_as_such(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(catalog.DOWNLOADED, "mnist", full)
    with pytest.raises(ServiceLostError, match=f"the disk of {tmp_path} is full"):
        load_dataset("mnist", tmp_path)


def test_a_tilde_in_the_data_folder_is_the_home(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder(pathlib.Path("~/images")) == tmp_path / "images"
    monkeypatch.setenv("GLOROT_SWEEP_DATA", "~/others")
    assert data_folder() == tmp_path / "others"
    with pytest.raises(UserError, match="whose home that is cannot be found"):
        data_folder(pathlib.Path("~nobody-of-this-name/images"))
