"""Duplicates against comparing every image with every other, pixel by pixel."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.duplicates import count_overlap

rows = st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=1, max_size=12)


def examples(images: list[list[int]]) -> Examples:
    return Examples(torch.tensor(images, dtype=torch.uint8), torch.arange(len(images)))


@given(rows, rows)
def test_against_every_pair(a: list[list[int]], b: list[list[int]]) -> None:
    expected = 0
    for image in a:
        found = False
        for other in b:
            found = found or all(x == y for x, y in zip(image, other, strict=True))
        expected += found
    assert count_overlap(examples(a), examples(b)) == expected


def test_a_view_counts_as_its_values() -> None:
    """Every second column of four: not contiguous in memory."""
    wide = torch.tensor([[1, 9, 2, 9], [3, 8, 4, 8]], dtype=torch.uint8)
    view = Examples(wide[:, ::2], torch.tensor([0, 1]))
    assert count_overlap(view, among=examples([[3, 4], [5, 6]])) == 1


def test_one_other_bit_is_another_image() -> None:
    image = torch.full((1, 3072), 7, dtype=torch.uint8)
    other = image.clone()
    other[0, -1] ^= 1
    label = torch.zeros(1, dtype=torch.int64)
    assert count_overlap(Examples(image, label), Examples(other, label)) == 0
    assert count_overlap(Examples(image, label), Examples(image.clone(), label + 1)) == 1
