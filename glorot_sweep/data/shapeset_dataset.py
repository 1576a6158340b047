"""Shapeset-3x2 as a data set: an endless training stream, two fixed sets of 10,000."""

from functools import cached_property

from glorot_sweep.data import shapeset
from glorot_sweep.data.dataset import Examples, ImageDataset, content_digest

N_FIXED = 10_000  # validation and test; the paper states no sizes
FIXED_SEED = 0


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
        return Examples(*shapeset.generate("train", data_seed, first, count, size=self.size))

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
