"""The seeded draw: which images of a synset, how many of each synset, which split, which order.

Everything is ordered by the SHA-256 of the seed and of names. So a draw depends neither on the
order of files nor on a library's random numbers, and is the same on every machine.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

FULL_PER_CLASS = 11_000  # Sec. 2.1: 90,000 / 10,000 / 10,000 in ten classes
PARTS = 11  # 9 of training, 1 of validation, 1 of test


class SplitSizes(NamedTuple):
    """Images of each part."""

    training: int
    validation: int
    test: int


def split_sizes(per_class: int) -> SplitSizes:
    """Return how the images of a class are split, 9:1:1; training takes what does not divide.

    Example:
        >>> split_sizes(11_000)
        SplitSizes(training=9000, validation=1000, test=1000)
        >>> split_sizes(2_000)
        SplitSizes(training=1638, validation=181, test=181)
    """
    part = per_class // PARTS
    return SplitSizes(per_class - 2 * part, part, part)


def shuffled(names: Iterable[str], seed: int, *purpose: str) -> list[str]:
    """Return names in an order that the seed decides, whatever order they come in.

    Example:
        >>> shuffled("abcde", 1, "demo") == shuffled("edcba", 1, "demo")
        True
        >>> shuffled("abcde", 1, "demo") == shuffled("abcde", 2, "demo")
        False
    """
    start = hashlib.sha256(json.dumps([seed, *purpose]).encode())

    def place(name: str) -> tuple[bytes, str]:
        digest = start.copy()
        digest.update(name.encode(errors="surrogateescape"))
        return digest.digest(), name

    return sorted(names, key=place)


def even_quotas(available: Mapping[str, int], total: int, seed: int) -> dict[str, int]:
    """Share out `total` images over synsets as evenly as their sizes allow.

    All synsets give the same number, those that have fewer give all they have. What is left over
    after whole shares goes, one each, to the first synsets of a seeded order. If some synset turns
    out to have fewer images, no other one's quota becomes smaller.

    Args:
        available: images of each synset.
        total: at most the sum of them.
        seed: decides the left-overs.

    Raises:
        ValueError: there are not so many images.

    Example:
        >>> even_quotas({"a": 2, "b": 10, "c": 10}, 12, seed=0)
        {'a': 2, 'b': 5, 'c': 5}
    """
    if total > sum(available.values()):
        raise ValueError(f"total must be at most {sum(available.values())}, got {total}")
    level, open_synsets, left = 0, len(available), total
    for n_images in sorted(available.values()):
        if (n_images - level) * open_synsets > left:
            break
        left -= (n_images - level) * open_synsets
        level, open_synsets = n_images, open_synsets - 1
    share, left = (
        (level + left // open_synsets, left % open_synsets) if open_synsets else (level, 0)
    )
    quotas = {name: min(n_images, share) for name, n_images in available.items()}
    larger = [name for name in available if available[name] > share]
    for name in shuffled(larger, seed, "left-overs")[:left]:
        quotas[name] += 1
    return quotas
