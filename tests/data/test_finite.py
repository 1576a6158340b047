"""Endless streams over a finite training set."""

import tracemalloc
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from builders import toy_dataset
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.data.dataset import (
    Examples,
    content_digest,
    majority_class,
    majority_error_percent,
)
from glorot_sweep.data.finite import FiniteDataset, permuted_rows
from glorot_sweep.engine.inputs import scale_pixels

sizes, seeds = st.integers(1, 40), st.integers(0, 5)


@given(sizes, seeds, st.integers(0, 200), st.integers(0, 200))
def test_any_part_is_the_same_as_in_the_whole(size: int, seed: int, first: int, count: int) -> None:
    whole = permuted_rows(size, seed, 0, first + count).tolist()
    assert permuted_rows(size, seed, first, count).tolist() == whole[first:]


@given(sizes, seeds, st.integers(1, 5))
def test_an_epoch_shows_every_example_once(size: int, seed: int, epochs: int) -> None:
    rows = permuted_rows(size, seed, 0, epochs * size).tolist()
    for epoch in range(epochs):
        assert sorted(rows[epoch * size : (epoch + 1) * size]) == list(range(size))


def test_epochs_and_streams_are_shuffled_differently() -> None:
    """Two permutations of 50 agree by chance once in 50! times."""
    orders = [
        tuple(permuted_rows(50, seed, 50 * epoch, 50).tolist())
        for seed in range(4)
        for epoch in range(4)
    ]
    assert len(set(orders)) == 16
    assert tuple(range(50)) not in orders


def test_every_place_is_equally_likely() -> None:
    """Row 0 over 2,000 epochs of 5: each place 400 +- 5 x 17.9 times."""
    rows = permuted_rows(5, 9, 0, 10_000).view(2_000, 5)
    places = Counter((rows == 0).nonzero()[:, 1].tolist())
    assert set(places) == set(range(5))
    assert all(abs(count - 400) < 90 for count in places.values())


def test_images_keep_their_labels() -> None:
    dataset = toy_dataset(n_train=30)
    table = {
        tuple(image): label
        for image, label in zip(
            dataset.train.images.tolist(), dataset.train.labels.tolist(), strict=True
        )
    }
    part = dataset.training(data_seed=4, first=25, count=40)
    assert part.images.dtype == torch.uint8
    assert len(part) == 40
    for image, label in zip(part.images.tolist(), part.labels.tolist(), strict=True):
        assert table[tuple(image)] == label


def test_shape_of_the_data_set() -> None:
    dataset = toy_dataset(n_inputs=23, n_classes=9)
    assert (dataset.n_inputs, dataset.n_classes) == (23, 9)
    assert len(dataset.class_names) == 9
    assert dataset.image_shape == (1, 23, 1), "no shape was given: a row of grey pixels"


@pytest.mark.parametrize("part", ["train", "validation", "test"])
@pytest.mark.parametrize("kind", ["images", "labels"])
def test_the_digest_sees_every_part(part: str, kind: str) -> None:
    parts = {name: getattr(toy_dataset(), name) for name in ("train", "validation", "test")}
    before = FiniteDataset("toy", **parts, class_names=()).digest()
    assert len(before) == 32
    changed = getattr(parts[part], kind).clone()
    changed.view(-1)[-1] += 1
    parts[part] = replace(parts[part], **{kind: changed})
    assert FiniteDataset("toy", **parts, class_names=()).digest() != before
    parts[part] = getattr(toy_dataset(), part)
    assert FiniteDataset("toy", **parts, class_names=()).digest() == before


def test_the_digest_sees_shapes_and_words() -> None:
    four = torch.arange(4)
    digests = [content_digest(t) for t in (four, four.view(2, 2), four.view(4, 1))]
    digests += [content_digest("a"), content_digest("b")]
    assert len(set(digests)) == 5
    assert all(len(digest) <= 36 for digest in digests)
    assert content_digest(torch.arange(6).view(2, 3).T) == content_digest(
        torch.tensor([[0, 3], [1, 4], [2, 5]])
    )


def test_a_digest_takes_no_second_copy() -> None:
    images = torch.zeros(2000, 500, dtype=torch.uint8)
    tracemalloc.start()
    try:
        content_digest(images)
        assert tracemalloc.get_traced_memory()[1] < images.nbytes / 2
    finally:
        tracemalloc.stop()


def test_grey_levels_fill_the_unit_interval() -> None:
    levels = torch.arange(256, dtype=torch.uint8)
    scaled = scale_pixels(levels, torch.float64).tolist()
    assert scaled == [level / 255 for level in range(256)]
    assert all(a < b for a, b in pairwise(scale_pixels(levels, torch.float32).tolist()))
    assert levels.dtype == torch.uint8
    assert int(levels[255]) == 255


def test_the_majority() -> None:
    labels = torch.tensor([2, 2, 1, 0, 2, 1])
    assert majority_class(labels) == 2
    assert majority_error_percent(labels) == 50.0
    assert len(Examples(torch.zeros(6, 1), labels)) == 6


def test_the_error_of_the_majority_is_to_its_last_bit_that_of_a_network_that_answers_it() -> None:
    """Of 34 in 100, 1 - 0.34 has another last bit than 66 hundredths."""
    for most, total in ((34, 100), (1057, 10_000), (1135, 10_000)):
        labels = torch.cat([torch.zeros(most), torch.arange(1, total - most + 1)]).long()
        assert majority_error_percent(labels) == 100 * (total - most) / total
