"""Data sets as sweeps see them, by the names and rules of sweep files."""

import numpy as np
import pytest
from builders import toy_dataset
from PIL import Image

import glorot_sweep
from glorot_sweep.errors import UserError


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """A folder of class folders, beside which the process stands."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    for kind, grey in (("cat", 60), ("dog", 180)):
        (tmp_path / "photos" / kind).mkdir(parents=True)
        for number in range(40):
            pixels = random.integers(grey - 50, grey + 50, (8, 8)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / kind / f"{number}.png")
    return tmp_path


def test_images_of_ones_own_as_a_sweep_file_says(photos):
    found = glorot_sweep.load_dataset("mine", images={"path": "photos", "resize": 4})
    assert (found.class_names, found.n_inputs) == (("cat", "dog"), 16)
    assert len(found.test) + len(found.validation) < 80
    network = glorot_sweep.fit_pack(found, depth=1, width=4, updates=50, evaluations=1).networks
    assert network["test_error"][0] < 50


@pytest.mark.usefixtures("unregistered")
def test_a_relative_data_folder_is_that_of_the_folder_one_stands_in(tmp_path, monkeypatch):
    monkeypatch.delenv("GLOROT_SWEEP_DATA", raising=False)

    def made(folder):
        toy = toy_dataset(n_inputs=int((folder / "inputs").read_text()))
        toy.name = "mine"
        return toy

    glorot_sweep.register_dataset("mine", made)
    found = []
    for inputs in ("4", "5"):
        (tmp_path / inputs / "data").mkdir(parents=True)
        (tmp_path / inputs / "data" / "inputs").write_text(inputs)
        monkeypatch.chdir(tmp_path / inputs)
        found.append(glorot_sweep.load_dataset("mine").n_inputs)
    assert found == [4, 5]


def test_an_empty_data_folder_is_one_that_is_left_out(photos, monkeypatch):
    monkeypatch.setenv("GLOROT_SWEEP_DATA", str(photos))
    monkeypatch.chdir("/")
    with pytest.raises(UserError, match=str(photos / "none")):
        glorot_sweep.load_dataset("none", "", images="none")


def test_images_that_changed_are_read_anew(photos):
    rules = {"path": "photos", "resize": 4}
    before = glorot_sweep.load_dataset("mine", images=rules).digest()
    for one in (photos / "photos" / "cat").iterdir():
        Image.fromarray(np.zeros((8, 8), np.uint8)).save(one)
    assert glorot_sweep.load_dataset("mine", images=rules).digest() != before


@pytest.mark.parametrize(
    ("name", "images", "part"),
    [
        ("mnits", None, "unknown data set 'mnits'; did you mean 'mnist'"),
        ("photos", None, r"Images of your own: load_dataset\('photos', images={'path': \.\.\.}\)"),
        ("mine", {"resise": 4}, "image_folders.mine.resise: unknown key; did you mean 'resize'"),
        ("mine", "../photos", "must be the path of a folder or a tar below the data folder"),
        ("mine", {"path": "none"}, "none"),
    ],
)
def test_a_mistake_is_told(photos, name, images, part):
    with pytest.raises(UserError, match=part):
        glorot_sweep.load_dataset(name, images=images)


def test_pictures_have_the_pixels_of_the_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    there = set()
    for kind in ("cat", "dog"):
        (tmp_path / "photos" / kind).mkdir(parents=True)
        for number in range(40):
            pixels = random.integers(0, 256, (3, 5, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / kind / f"{number}.png")
            there.add(pixels.tobytes())
    found = glorot_sweep.load_dataset("mine", images={"path": "photos"})
    pictures = found.as_pictures(found.test.images)
    assert pictures.shape == (len(found.test), 3, 5, 3)
    assert {np.ascontiguousarray(one).tobytes() for one in pictures} <= there
