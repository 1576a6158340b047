"""Random numbers with an address: draw j of image i of a stream is a pure function of (i, j).

No state is carried, so any image can be made alone, in any order and on any device.
"""

import torch
from torch import Tensor

from glorot_sweep.data.split_names import SPLITS, Split
from glorot_sweep.seeds import SEED_BITS
from glorot_sweep.splitmix import GAMMA, mix64, shifted, signed

INDEX_BITS = 32


def stream_keys(
    split: Split, seed: int, first: int, count: int, device: torch.device | str = "cpu"
) -> Tensor:
    """Return the keys of images first ... first + count - 1 of one stream.

    A key is the mix of a 64-bit counter made of 2 bits of split, 30 of seed and 32 of index. The
    mix is one-to-one, so no two images of any splits, seeds and indices share a key.

    Args:
        split: "train", "validation" or "test".
        seed: in [0, 2**30).
        first: index of the first image.
        count: number of images; first + count may not exceed 2**32.
        device: where the keys are made.

    Returns:
        int64 [count].

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> bool((stream_keys("test", 7, 5, 3) == stream_keys("test", 7, 0, 8)[5:]).all())
        True
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}; got {split!r}")
    if not 0 <= seed < 1 << SEED_BITS:
        raise ValueError(f"seed must lie in [0, 2**{SEED_BITS}); got {seed}")
    if count < 0:
        raise ValueError(f"count must not be negative; got {count}")
    if first < 0 or first + count > 1 << INDEX_BITS:
        raise ValueError(
            f"image indices must lie in [0, 2**{INDEX_BITS}); got {first} ... {first + count - 1}"
        )
    stream = (SPLITS.index(split) << (SEED_BITS + INDEX_BITS)) | (seed << INDEX_BITS)
    indices = torch.arange(first, first + count, dtype=torch.int64, device=device)
    return mix64(indices.bitwise_or_(signed(stream)))


def random_words(keys: Tensor, draw: int | Tensor) -> Tensor:
    """Return 64 random bits for each key.

    Args:
        keys: int64 [n].
        draw: number of the draw, from 0: one for all keys, or int64 [n].

    Returns:
        int64 [n], every bit fair.
    """
    if isinstance(draw, int):
        return mix64(keys + signed((draw + 1) * GAMMA))
    return mix64(((draw + 1) * signed(GAMMA)).add_(keys))


def integers_below(bound: int | Tensor, keys: Tensor, draw: int | Tensor) -> Tensor:
    """Return integers uniform in 0 ... bound - 1.

    The upper 32 bits r of a word give floor(r * bound / 2**32). Probabilities are off by less
    than 2**-32, which no affordable sample can see.

    Args:
        bound: in [1, 2**31), one for all keys or int64 [n].
        keys: int64 [n].
        draw: as in `random_words`.

    Returns:
        int64 [n].

    Example:
        >>> integers_below(6, stream_keys("train", 1, 0, 5), 0).tolist()
        [4, 1, 3, 0, 4]
    """
    return shifted(random_words(keys, draw), 32).mul_(bound) >> 32


def uniforms(keys: Tensor, draw: int | Tensor) -> Tensor:
    """Return numbers uniform in [0, 1): multiples of 2**-53, float64 [n].

    Args:
        keys: int64 [n].
        draw: as in `random_words`.

    Example:
        >>> [round(u, 3) for u in uniforms(stream_keys("train", 1, 0, 3), 0).tolist()]
        [0.805, 0.198, 0.559]
    """
    return shifted(random_words(keys, draw), 11).to(torch.float64).mul_(2.0**-53)
