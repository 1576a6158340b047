"""The validation draw: a partition, stratified, fixed, and like one in plain Python integers."""

import hashlib
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.data.splits import class_quotas, draw_validation

labellings = st.lists(st.integers(0, 4), min_size=2, max_size=60)
seeds = st.integers(0, 2**30 - 1)
WORD = 2**64


def splitmix64(z: int) -> int:
    """The finalizer as printed by Steele, Lea and Flood, on unsigned integers."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
    return z ^ (z >> 31)


def drawn_slowly(labels: list[int], count: int, seed: int) -> list[int]:
    """Stratum by stratum: whole shares first, then the largest fractions of an image."""

    def key(row: int) -> int:
        word = splitmix64((1 << 62) | (seed << 32) | row)  # 1: the split `validation`
        return word - WORD if word >= WORD // 2 else word

    shares = {c: Fraction(count * labels.count(c), len(labels)) for c in sorted(set(labels))}
    quotas = {c: int(share) for c, share in shares.items()}
    while sum(quotas.values()) < count:
        quotas[max(quotas, key=lambda c: shares[c] - quotas[c])] += 1
    rows = [
        sorted((row for row in range(len(labels)) if labels[row] == c), key=key)[: quotas[c]]
        for c in quotas
    ]
    return sorted(row for part in rows for row in part)


@given(labellings, st.data(), seeds)
def test_against_plain_integers(labels: list[int], data: st.DataObject, seed: int) -> None:
    count = data.draw(st.integers(1, len(labels) - 1))
    training, validation = draw_validation(torch.tensor(labels), count, seed)
    assert validation.tolist() == drawn_slowly(labels, count, seed)
    assert sorted(training.tolist() + validation.tolist()) == list(range(len(labels)))
    assert training.tolist() == sorted(training.tolist())


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12), st.data())
def test_quotas_are_shares_up_to_one_image(sizes: list[int], data: st.DataObject) -> None:
    sizes = [*sizes, 1]
    total = sum(sizes)
    count = data.draw(st.integers(0, total))
    quotas = class_quotas(sizes, count)
    assert sum(quotas) == count
    for size, quota in zip(sizes, quotas, strict=True):
        assert abs(quota - Fraction(count * size, total)) < 1
        assert quota <= size


def test_seeds_differ() -> None:
    """Two draws of 50 out of 100 agree by chance once in 1e29 times."""
    labels = torch.zeros(100, dtype=torch.int64)
    draws = {tuple(draw_validation(labels, 50, seed)[1].tolist()) for seed in range(20)}
    assert len(draws) == 20


@pytest.mark.slow
def test_every_row_is_equally_likely() -> None:
    """Each of 40 rows in 1,000 draws of 10: 250 +- 5 x 13.7 times."""
    labels = torch.arange(40) % 2
    times = torch.zeros(40)
    for seed in range(1_000):
        times[draw_validation(labels, 10, seed)[1]] += 1
    assert times.sum() == 10_000
    assert all(abs(count - 250) < 69 for count in times.tolist())


def test_the_draw_of_a_large_balanced_set_is_fixed() -> None:
    """50,000 images of 10 classes: 1,000 of each, for ever the same ones."""
    training, validation = draw_validation(torch.arange(50_000) % 10, 10_000, seed=0)
    assert torch.bincount(validation % 10).tolist() == [1_000] * 10
    assert len(training) == 40_000
    digest = hashlib.sha256(validation.numpy().astype("<i8").tobytes()).hexdigest()
    assert digest[:16] == "167a0005eccc54fb"


@pytest.mark.parametrize("count", [-1, 0, 3, 4])
def test_both_parts_must_hold_something(count: int) -> None:
    with pytest.raises(ValueError, match=f"strictly between 0 and 3; got {count}"):
        draw_validation(torch.tensor([0, 1, 1]), count, 0)
