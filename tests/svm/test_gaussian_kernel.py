"""The kernel against a slow double in fractions."""

import math
from fractions import Fraction

import pytest
import torch
from builders import random_examples

from glorot_sweep.svm import gaussian_kernel
from glorot_sweep.svm.gaussian_kernel import kernel_of, squared_distances


def slow_distance(a: torch.Tensor, b: torch.Tensor) -> Fraction:
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return sum((Fraction(u - v, 255) ** 2 for u, v in pairs), Fraction(0))


def test_distances_are_exact_but_for_one_rounding_in_blocks_of_any_size(monkeypatch) -> None:
    images, centres = (random_examples(n, 40, 4, seed).images for seed, n in enumerate((7, 5)))
    for block in (3, 4096):
        monkeypatch.setattr(gaussian_kernel, "BLOCK", block)
        found = squared_distances(images, centres)
        for i in range(7):
            for j in range(5):
                exact = slow_distance(images[i], centres[j])
                # Half a unit in the last place, and as much again for a double of the fraction.
                assert found[i, j].item() == pytest.approx(float(exact), rel=2.3e-16, abs=0)


def test_an_image_is_at_distance_zero_of_itself() -> None:
    images = random_examples(9, 4096, 4, 0).images
    assert squared_distances(images, images).diagonal().tolist() == [0.0] * 9


def test_the_kernel_is_made_in_place() -> None:
    distances = torch.tensor([[0.0, 1.0], [4.0, 0.25]], dtype=torch.float64)
    expected = [[math.exp(-0.3 * d) for d in row] for row in distances.tolist()]
    kernel = kernel_of(distances, 0.3)
    assert kernel.data_ptr() == distances.data_ptr()
    assert kernel.tolist() == [pytest.approx(row, rel=1e-15) for row in expected]
