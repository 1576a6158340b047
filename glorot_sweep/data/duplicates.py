"""Images that occur twice: a test image seen in training measures memory, not generalization."""

import hashlib

from torch import Tensor

from glorot_sweep.data.dataset import Examples

DIGEST_BYTES = 16  # two of 10**6 different images share one with probability below 1e-26


def count_overlap(examples: Examples, among: Examples) -> int:
    """Return how many images occur among others with exactly the same bytes.

    Labels are not compared: the same image under another label is a duplicate too.

    Args:
        examples: images looked for, of the test set say; each of them counts once.
        among: where they are looked for, the training set say.

    Example:
        >>> import torch
        >>> def grey(*levels):
        ...     images = torch.tensor(levels, dtype=torch.uint8).unsqueeze(1)
        ...     return Examples(images, torch.zeros(len(levels), dtype=torch.int64))
        >>> count_overlap(grey(1, 2, 2, 3), among=grey(2, 2, 3, 4))
        3
    """
    known = set(_digests(among.images))
    return sum(digest in known for digest in _digests(examples.images))


def _digests(images: Tensor) -> list[bytes]:
    return [
        hashlib.blake2b(image, digest_size=DIGEST_BYTES).digest()
        for image in images.contiguous().numpy()
    ]
