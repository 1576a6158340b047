"""What a data set must have besides being readable."""

import os
import pathlib

import pytest
from encoded import small_dataset, write_tree

from glorot_sweep.data import catalog
from glorot_sweep.data.catalog import FEWEST_TEST, data_folder, load_dataset
from glorot_sweep.diagnostics.weight_gradients import BATCH
from glorot_sweep.errors import UserError


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


def test_a_tilde_in_the_data_folder_is_the_home(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder(pathlib.Path("~/images")) == tmp_path / "images"
    monkeypatch.setenv("GLOROT_SWEEP_DATA", "~/others")
    assert data_folder() == tmp_path / "others"
    with pytest.raises(UserError, match="whose home that is cannot be found"):
        data_folder(pathlib.Path("~nobody-of-this-name/images"))
