"""Addressed random numbers against splitmix64 written in Python's unbounded integers."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.data.counter_random import (
    SPLITS,
    integers_below,
    random_words,
    stream_keys,
    uniforms,
)
from glorot_sweep.splitmix import mix64

WORD = 2**64
GAMMA = 0x9E3779B97F4A7C15


def mixed(z: int) -> int:
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % WORD
    return z ^ (z >> 31)


def signed(z: int) -> int:
    return z - WORD if z >= WORD // 2 else z


@given(st.integers(0, WORD - 1))
def test_mix64_equals_python_integers(z: int) -> None:
    assert mix64(torch.tensor([signed(z)])).item() == signed(mixed(z))


def test_splitmix64_published_sequence() -> None:
    # First outputs of java.util.SplittableRandom's generator for seed 0, as unsigned words.
    zero = torch.zeros(1, dtype=torch.int64)
    words = [random_words(zero, j).item() % WORD for j in range(3)]
    assert words == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@given(st.sampled_from(SPLITS), st.integers(0, 2**30 - 1), st.integers(0, 2**32 - 1))
def test_key_is_the_mix_of_split_seed_and_index(split: str, seed: int, index: int) -> None:
    counter = SPLITS.index(split) * 2**62 + seed * 2**32 + index
    assert stream_keys(split, seed, index, 1).item() == signed(mixed(counter))


@given(st.integers(0, WORD - 1), st.integers(0, 10**6))
def test_draw_numbers_may_be_a_tensor(key: int, draw: int) -> None:
    keys = torch.tensor([signed(key)])
    expected = signed(mixed((key + (draw + 1) * GAMMA) % WORD))
    assert random_words(keys, draw).item() == expected
    assert random_words(keys, torch.tensor([draw])).item() == expected


@given(st.integers(0, WORD - 1), st.integers(1, 2**31 - 1))
def test_numbers_come_from_the_upper_bits(key: int, bound: int) -> None:
    keys = torch.tensor([signed(key)])
    word = random_words(keys, 3).item() % WORD
    assert integers_below(bound, keys, 3).item() == (word >> 32) * bound >> 32
    assert uniforms(keys, 3).item() == (word >> 11) / 2**53


def test_keys_of_neighbouring_streams_are_distinct() -> None:
    keys = [stream_keys(s, seed, 0, 5000) for s in SPLITS for seed in (0, 1, 2**30 - 1)]
    assert torch.cat(keys).unique().numel() == 9 * 5000


def test_arguments_are_left_unchanged() -> None:
    keys = stream_keys("train", 0, 0, 10)
    before = keys.clone()
    integers_below(7, keys, 0)
    uniforms(keys, torch.arange(10))
    assert torch.equal(keys, before)


@pytest.mark.parametrize("bound", [2, 3, 115, 254])
def test_integers_are_uniform(bound: int) -> None:
    n = 200_000
    drawn = integers_below(bound, stream_keys("train", 9, 0, n), 4)
    counts = torch.bincount(drawn, minlength=bound)
    assert counts.numel() == bound
    # Six standard deviations of a binomial count: below 1e-6 over all 374 counts of this test.
    assert (counts - n / bound).abs().max() < 6 * math.sqrt(n / bound * (1 - 1 / bound))


def test_uniforms_are_uniform_and_uncorrelated() -> None:
    n = 200_000
    keys = stream_keys("validation", 9, 0, n)
    u = torch.stack([uniforms(keys, j) for j in range(6)]) - 0.5
    assert -0.5 <= u.min() < -0.4999
    assert 0.4999 < u.max() < 0.5
    moments = u @ u.T / n  # 1/12 on the diagonal; entry errors below sqrt(1/144 / n) each
    assert (moments - torch.eye(6, dtype=torch.float64) / 12).abs().max() < 6 / 12 / math.sqrt(n)
    neighbours = (u[:, 1:] * u[:, :-1]).mean(1)
    assert neighbours.abs().max() < 6 / 12 / math.sqrt(n)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("training", 0, 0, 1), "split must be one of train, validation, test; got 'training'"),
        (("train", -1, 0, 1), r"seed must lie in \[0, 2\*\*30\); got -1"),
        (("train", 2**30, 0, 1), rf"seed must lie in \[0, 2\*\*30\); got {2**30}"),
        (("train", 0, 0, -1), "count must not be negative; got -1"),
        (("train", 0, -5, 3), r"indices must lie in \[0, 2\*\*32\); got -5 ... -3"),
        (("train", 0, 2**32 - 1, 2), rf"got {2**32 - 1} ... {2**32}"),
    ],
)
def test_refuses_addresses_out_of_range(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stream_keys(*arguments)


def test_the_last_image_has_a_key() -> None:
    assert stream_keys("test", 2**30 - 1, 2**32 - 1, 1).numel() == 1
