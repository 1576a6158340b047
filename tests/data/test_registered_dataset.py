"""Data sets of plugins: loaded by name, and refused if they cannot be trained on."""

from pathlib import Path

import pytest
import torch
from sweep_builders import config, small_dataset

import glorot_sweep
from glorot_sweep.config.datasets import refuse_unknown_dataset
from glorot_sweep.data.catalog import load_dataset
from glorot_sweep.data.dataset import Examples, ImageDataset
from glorot_sweep.data.registration import register_dataset
from glorot_sweep.errors import UserError

pytestmark = pytest.mark.usefixtures("unregistered")


@pytest.fixture(autouse=True)
def _forget():
    yield
    load_dataset.cache_clear()


def test_a_registered_data_set_is_known_by_its_name():
    made = small_dataset("mine")
    register_dataset("mine", lambda _folder: made)
    refuse_unknown_dataset("mine")
    assert config({"datasets": ["mine", "shapeset"]}).datasets == ("mine", "shapeset")
    assert load_dataset("mine", Path("nowhere")) is made


@pytest.mark.parametrize("name", ["mnist", "shapeset_finite_100"])
def test_a_name_of_the_package_is_taken(name):
    with pytest.raises(ValueError, match=f"there is a data set {name!r} already, by the package"):
        register_dataset(name, lambda _folder: small_dataset(name))


def test_what_this_process_has_registered_it_may_register_again_and_gets_the_new_one():
    first, second = small_dataset("mine"), small_dataset("mine")
    for made in (first, second):
        register_dataset("mine", lambda _folder, made=made: made)
        assert glorot_sweep.load_dataset("mine") is made


def test_all_labels_of_a_finite_set_are_looked_at():
    made = small_dataset("mine")
    made.train.labels[-1] = made.n_classes
    register_dataset("mine", lambda _folder: made)
    with pytest.raises(UserError, match=r"its training examples: labels must lie in 0\.\."):
        load_dataset("mine", Path("nowhere"))


def broken(**changes):
    made = small_dataset("mine")
    vars(made).update(changes)
    return made


class Stream(ImageDataset):
    """An endless stream of grey images; `change` breaks it."""

    def __init__(self, change=""):
        whole = small_dataset()
        self.name, self.n_inputs, self.image_shape = "mine", whole.n_inputs, whole.image_shape
        self.validation, self.test, self.change = whole.validation, whole.test, change
        if change != "classes":
            self.class_names = whole.class_names

    def training(self, data_seed, first, count):
        if self.change == "error":
            raise IndexError("no such example")
        labels = torch.arange(count - (self.change == "short")) % self.n_classes
        if self.change == "label":
            labels[999:] = self.n_classes
        return Examples(torch.zeros(len(labels), self.n_inputs, dtype=torch.uint8), labels)

    def digest(self):
        return {"bytes": b"0ff", "long": 37 * "0"}.get(self.change, "0ff")


def test_an_endless_stream_is_a_data_set():
    register_dataset("mine", lambda _folder: Stream())
    assert load_dataset("mine", Path("nowhere")).n_classes == small_dataset().n_classes


def fails(_folder):
    raise OSError("the disk is gone")


MISTAKES = {
    "returns": (lambda _: 3, "its function must return an ImageDataset of that name, got int"),
    "named": (lambda _: small_dataset("other"), "an ImageDataset of that name, got other"),
    "float": (lambda _: broken(test=Examples(torch.zeros(100, 32), torch.zeros(100).long())),
              r"its test examples: images must be torch.uint8 \[100, 32\], 8-bit grey levels, got"),
    "labels": (lambda _: broken(class_names=("a", "b")), "labels must lie in 0..1"),
    "few": (lambda _: broken(test=small_dataset().test.__class__(torch.zeros(3, 32).byte(),
            torch.zeros(3).long())), "there must be 10 test images or more, got 3"),
    "classes": (lambda _: broken(class_names=("a", "a", "b")), "each class must have a text of"),
    "numbers": (lambda _: broken(class_names=(0, 1)), r"as its name, got \[0, 1\]"),
    "no text": (lambda _: broken(class_names=("a", "caf\udce9")), "each class must have a text of"),
    "shape": (lambda _: broken(image_shape=(8, 8, 3)), r"has 32 values, got \[8, 8, 3\]"),
    "sizes": (lambda _: broken(image_shape=(8, 4)), "must be height, width and channels of"),
    "forgotten": (lambda _: Stream("classes"), "AttributeError: .* no attribute 'class_names'"),
    "raises": (lambda _: Stream("error"), "cannot be used: IndexError: no such example"),
    "short": (lambda _: Stream("short"), "stream: 1,000 examples were asked for, got 999"),
    "late label": (lambda _: Stream("label"), r"its training examples: labels must lie in 0\.\."),
    "bytes": (lambda _: Stream("bytes"), "its digest must be a text of 1 to 36 .*, got b'0ff'"),
    "long": (lambda _: Stream("long"), "its digest must be a text of 1 to 36 .*, got '000"),
    "error": (fails, "cannot be loaded: OSError: the disk is gone"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_what_cannot_be_trained_on_is_one_message(case):
    load, said = MISTAKES[case]
    register_dataset("mine", load)
    with pytest.raises(UserError, match=rf"the data set 'mine' of this process .*{said}"):
        load_dataset("mine", Path("nowhere"))
