"""Shapeset's data sets: endless, finite, of 64 x 64 pixels, of one object alone."""

import pickle
from pathlib import Path

import pytest
import torch

from glorot_sweep.data import shapeset_dataset
from glorot_sweep.data.catalog import load_dataset
from glorot_sweep.data.finite import permuted_rows
from glorot_sweep.data.shapeset import CLASS_NAMES, generate
from glorot_sweep.data.shapeset_dataset import BLOCK_PIXELS, FIXED_SEED, ShapesetDataset
from glorot_sweep.data.shapeset_finite import FiniteShapeset
from glorot_sweep.errors import UserError

NOWHERE = Path("no-such-folder")
NAMES = ("shapeset", "shapeset_64", "shapeset_single", "shapeset_finite_700", "shapeset_finite_701")


def rows(images: torch.Tensor) -> set[bytes]:
    return set(map(bytes, images.numpy()))


@pytest.mark.slow
def test_the_catalog_knows_each_and_each_has_a_digest_of_its_own() -> None:
    datasets = [load_dataset(name, NOWHERE) for name in NAMES]
    assert tuple(dataset.name for dataset in datasets) == NAMES
    digests = [dataset.digest() for dataset in datasets if dataset.name != "shapeset_64"]
    assert len(set(digests)) == len(NAMES) - 1  # 64 x 64 pixels take seconds to digest
    assert digests[-1] == FiniteShapeset(701).digest()
    # The stream of every sweep so far: a new digest would refuse to continue them.
    assert digests[0] == "f65cc2ff0ca34ee6ea9b3bbac92b1cc7"


@pytest.mark.parametrize("size", ["0", "007", "1000000", "1e5", ""])
def test_a_number_of_images_that_cannot_be(size: str) -> None:
    with pytest.raises(UserError, match="unknown data set 'shapeset_finite_"):
        load_dataset(f"shapeset_finite_{size}", NOWHERE)


def test_finite_training_images_are_the_first_of_one_stream() -> None:
    images, labels = generate("train", FIXED_SEED, 0, 700)
    dataset = FiniteShapeset(700)
    assert torch.equal(dataset.train.images, images)
    assert torch.equal(dataset.train.labels, labels)
    assert torch.equal(FiniteShapeset(300).train.images, images[:300])
    assert (dataset.n_inputs, dataset.class_names) == (1024, CLASS_NAMES)
    assert dataset.image_shape == (32, 32, 1)


def test_an_epoch_is_a_seeded_permutation_of_them() -> None:
    dataset = FiniteShapeset(70)
    part = dataset.training(data_seed=5, first=60, count=30)
    order = permuted_rows(70, 5, 60, 30)
    assert torch.equal(part.images, dataset.train.images[order])
    assert torch.equal(part.labels, dataset.train.labels[order])
    epoch = dataset.training(data_seed=5, first=70, count=70)
    assert rows(epoch.images) == rows(dataset.train.images)
    assert not torch.equal(epoch.images, dataset.training(5, 0, 70).images)


@pytest.mark.slow
def test_finite_and_endless_are_tested_on_the_same_images_none_of_them_trained_on() -> None:
    dataset, endless = FiniteShapeset(3000), ShapesetDataset()
    for split in ("validation", "test"):
        ours, theirs = getattr(dataset, split), getattr(endless, split)
        assert len(ours) == 10_000
        assert torch.equal(ours.images, theirs.images)
        assert torch.equal(ours.labels, theirs.labels)
        assert not rows(ours.images) & rows(dataset.train.images)
    assert dataset.overlap == 0


def test_nothing_is_made_before_it_is_needed() -> None:
    dataset = FiniteShapeset(900_000)
    assert len(pickle.dumps(dataset)) < 2_000  # what travels to a worker
    assert not {"train", "validation", "test"} & set(vars(dataset))
    dataset.keep()  # as a sweep does when it begins
    assert not {"train", "validation", "test"} & set(vars(dataset))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["shapeset_64", "shapeset_single"])
def test_any_part_of_a_stream_is_the_same_as_in_the_whole(name: str) -> None:
    dataset = ShapesetDataset(name)
    whole = dataset.training(3, 4000, 300)
    part = dataset.training(3, 4090, 10)  # across a block's end
    assert torch.equal(part.images, whole.images[90:100])
    assert torch.equal(part.labels, whole.labels[90:100])
    fixed = dataset.test.images[:500]
    assert not rows(fixed) & rows(whole.images)
    assert not rows(fixed) & rows(dataset.validation.images[:500])


def test_one_object_alone_has_three_classes() -> None:
    dataset = ShapesetDataset("shapeset_single")
    assert dataset.class_names == ("triangle", "parallelogram", "ellipse")
    assert torch.bincount(dataset.test.labels).tolist() == pytest.approx([3333] * 3, abs=220)


def test_64_pixels_show_what_32_show() -> None:
    """One address gives one scene in both sizes, but for borders of a pixel and fills."""
    small = ShapesetDataset("shapeset").kind.images("test", 0, 0, 2000)
    large = ShapesetDataset("shapeset_64").kind.images("test", 0, 0, 2000)
    assert ShapesetDataset("shapeset_64").n_inputs == 4096
    assert torch.equal(small.labels, large.labels)  # not one scene has another number of objects
    coarse, fine = small.images.view(-1, 32, 32), large.images.view(-1, 64, 64)
    # Outlines move by at most a small pixel: of 192 pixels of an object some 40 lie on them.
    assert (coarse == fine[:, ::2, ::2]).float().mean() > 0.95
    for statistic in (torch.mean, torch.std):
        values = [statistic(images.float() / 255).item() for images in (coarse, fine)]
        assert values[0] == pytest.approx(values[1], abs=0.002)
    # A filled polygon takes in its outline, half a pixel too much: of an outline of about 45
    # pixels that is 22 of 1,024 pixels, and half that share where pixels are half as wide.
    covered = [(i != i[:, :1, :1]).float().mean().item() for i in (coarse, fine)]
    assert 0 < covered[0] - covered[1] < 0.022


@pytest.mark.slow
def test_no_stream_of_a_large_pack_is_made_twice() -> None:
    """Twenty streams at the border of two blocks, chunk by chunk, as a pack reads them."""
    dataset = ShapesetDataset()
    shapeset_dataset._block.cache_clear()
    border = BLOCK_PIXELS // dataset.n_inputs
    for first in range(border - 200, border + 200, 100):
        for stream in range(20):
            dataset.training(stream, first, 100)
    assert shapeset_dataset._block.cache_info().misses == 2 * 20
    shapeset_dataset._block.cache_clear()  # 170 MB


def test_what_is_kept_of_large_images_is_as_many_bytes_and_the_same_images() -> None:
    dataset = ShapesetDataset("shapeset_64")
    shapeset_dataset._block.cache_clear()
    border = BLOCK_PIXELS // dataset.n_inputs
    found = dataset.training(7, border - 3, 6)
    assert torch.equal(found.images, dataset.kind.images("train", 7, border - 3, 6).images)
    kept, _ = shapeset_dataset._block(dataset.kind, 7, 0, border)
    assert shapeset_dataset._block.cache_info().misses == 2
    assert kept.numel() * kept.element_size() == BLOCK_PIXELS
    shapeset_dataset._block.cache_clear()
