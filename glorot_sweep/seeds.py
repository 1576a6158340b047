"""Seeds that are derived, never drawn: the same words give the same seed on every machine."""

import hashlib

SEED_BITS = 30  # what the address of a Shapeset image leaves for its seed
LARGEST_SEED = (1 << SEED_BITS) - 1


def derive_seed(*words: str | int) -> int:
    """Return a seed in [0, 2**30) that depends on the words and their order alone.

    Example:
        >>> derive_seed(2010, "shapeset", "tanh", "trial", 3)
        947703669
        >>> derive_seed("a", "bc") == derive_seed("ab", "c")
        False
    """
    text = "\x1f".join(str(word) for word in words)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> (64 - SEED_BITS)
