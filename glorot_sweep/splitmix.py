"""The mixing function behind every random number that has an address.

It is the finalizer of splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
generators"). Torch has no unsigned 64-bit arithmetic: products and sums wrap in int64 anyway, and a
right shift becomes unsigned by masking off the copies of the sign bit.
"""

import torch
from torch import Tensor

WORD = 1 << 64
GAMMA = 0x9E3779B97F4A7C15  # 2**64 / golden ratio, odd
_FIRST_FACTOR = 0xBF58476D1CE4E5B9
_SECOND_FACTOR = 0x94D049BB133111EB


def signed(word: int) -> int:
    """Return the int64 that has the same 64 bits as `word` modulo 2**64."""
    return (word + WORD // 2) % WORD - WORD // 2


def shifted(z: Tensor, bits: int) -> Tensor:
    """Return int64 words shifted to the right, zeros coming in from the left."""
    return (z >> bits).bitwise_and_((1 << (64 - bits)) - 1)


def mix64(z: Tensor) -> Tensor:
    """Return the splitmix64 finalizer of every element: a bijection on 64-bit words.

    Args:
        z: int64, any shape; left unchanged.

    Example:
        >>> mix64(torch.tensor([0, 1])).tolist()
        [0, 6238072747940578789]
    """
    return mix64_(z.clone(), torch.empty_like(z))


def mix64_(z: Tensor, spare: Tensor) -> Tensor:
    """Do the same in place, without allocation; `spare` is as large as `z` and is written over."""
    _fold(z, 30, spare).mul_(signed(_FIRST_FACTOR))
    _fold(z, 27, spare).mul_(signed(_SECOND_FACTOR))
    return _fold(z, 31, spare)


def _fold(z: Tensor, bits: int, spare: Tensor) -> Tensor:
    """Exclusive or of `z` and `z` shifted to the right, in place."""
    torch.bitwise_right_shift(z, bits, out=spare)
    return z.bitwise_xor_(spare.bitwise_and_((1 << (64 - bits)) - 1))
