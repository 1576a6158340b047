"""Shapeset-3x2 as a data set: an endless training stream, two fixed sets of 10,000."""

from functools import cached_property, lru_cache

import torch
from torch import Tensor

from glorot_sweep.data import shapeset
from glorot_sweep.data.dataset import Examples, ImageDataset, content_digest

N_FIXED = 10_000  # validation and test; the paper states no sizes
FIXED_SEED = 0
BLOCK = 4096  # images made at once: the generator is twice as fast as for the images of a chunk


class ShapesetDataset(ImageDataset):
    """Shapeset-3x2, Sec. 2.1.

    Args:
        size: height and width in pixels.
    """

    def __init__(self, size: int = 32) -> None:
        self.name = "shapeset"
        self.size = size
        self.n_inputs = size * size
        self.class_names = shapeset.CLASS_NAMES

    def training(self, data_seed: int, first: int, count: int) -> Examples:
        """Return a part of the stream `data_seed`, which never ends and never repeats."""
        parts = []
        for number in range(first // BLOCK, (first + max(count, 1) - 1) // BLOCK + 1):
            images, labels = _block(self.size, data_seed, number)
            inside = slice(max(first - number * BLOCK, 0), first + count - number * BLOCK)
            parts.append((images[inside], labels[inside]))
        return Examples(torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts]))

    @cached_property
    def validation(self) -> Examples:  # type: ignore[override]
        """10,000 fixed images."""
        return self._fixed("validation")

    @cached_property
    def test(self) -> Examples:  # type: ignore[override]
        """10,000 fixed images."""
        return self._fixed("test")

    def digest(self) -> str:
        """Return a digest of the fixed sets and of the start of one training stream.

        The stream itself has no end; whatever changes the generator changes this digest.
        """
        parts = (self.validation, self.test, self.training(FIXED_SEED, 0, N_FIXED))
        return content_digest(*(tensor for part in parts for tensor in (part.images, part.labels)))

    def _fixed(self, split: shapeset.Split) -> Examples:
        return Examples(*shapeset.generate(split, FIXED_SEED, 0, N_FIXED, size=self.size))


@lru_cache(maxsize=16)  # as many streams as a pack may have
def _block(size: int, data_seed: int, number: int) -> tuple[Tensor, Tensor]:
    return shapeset.generate("train", data_seed, number * BLOCK, BLOCK, size=size)
