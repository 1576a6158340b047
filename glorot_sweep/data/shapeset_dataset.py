"""Shapeset-3x2 as data sets: endless streams of training images, two fixed sets of 10,000 each."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import torch
from torch import Tensor

from glorot_sweep.data import shapeset
from glorot_sweep.data.dataset import Examples, ImageDataset, content_digest
from glorot_sweep.data.shapeset_objects import N_TYPES

N_FIXED = 10_000  # validation and test; the paper states no sizes
FIXED_SEED = 0
BLOCK_PIXELS = (
    4096 * 32**2
)  # made at once: the generator is twice as fast as for the images of a chunk


@dataclass(frozen=True)
class ShapesetKind:
    """What distinguishes the streams of images.

    Attributes:
        size: height and width in pixels.
        ellipse_vertices: sides of the polygon that is drawn for an ellipse.
        single: images of one object alone, in three classes.
    """

    size: int = 32
    ellipse_vertices: int = 20
    single: bool = False

    def images(self, split: shapeset.Split, seed: int, first: int, count: int) -> Examples:
        """Return images first .. first + count - 1 of a stream."""
        images, labels = shapeset.generate(
            split, seed, first, count, size=self.size, ellipse_vertices=self.ellipse_vertices,
            single=self.single,
        )  # fmt: skip
        return Examples(images, labels)


KINDS = {
    "shapeset": ShapesetKind(),
    "shapeset_64": ShapesetKind(size=64, ellipse_vertices=30),  # Figure 1; the display script
    "shapeset_single": ShapesetKind(single=True),  # Sec. 2.1: alone "too easy"
}


class ShapesetDataset(ImageDataset):
    """Shapeset-3x2, Sec. 2.1.

    Args:
        name: one of `KINDS`.
    """

    def __init__(self, name: str = "shapeset") -> None:
        self.name = name
        self.kind = KINDS[name]
        self.n_inputs = self.kind.size**2
        self.image_shape = (self.kind.size, self.kind.size, 1)
        self.class_names = shapeset.CLASS_NAMES[: N_TYPES if self.kind.single else None]
        self._block_size = BLOCK_PIXELS // self.n_inputs

    def training(self, data_seed: int, first: int, count: int) -> Examples:
        """Return a part of the stream `data_seed`, which never ends and never repeats."""
        parts, size = [], self._block_size
        for number in range(first // size, (first + max(count, 1) - 1) // size + 1):
            images, labels = _block(self.kind, data_seed, number, size)
            inside = slice(max(first - number * size, 0), first + count - number * size)
            parts.append((images[inside], labels[inside]))
        return Examples(torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts]))

    @cached_property
    def validation(self) -> Examples:  # type: ignore[override]
        """10,000 fixed images."""
        return self.kind.images("validation", FIXED_SEED, 0, N_FIXED)

    @cached_property
    def test(self) -> Examples:  # type: ignore[override]
        """10,000 fixed images."""
        return self.kind.images("test", FIXED_SEED, 0, N_FIXED)

    def digest(self) -> str:
        """Return a digest of the fixed sets and of the start of one training stream.

        The stream itself has no end; whatever changes the generator changes this digest.
        """
        parts = (self.validation, self.test, self.training(FIXED_SEED, 0, N_FIXED))
        return content_digest(*(tensor for part in parts for tensor in (part.images, part.labels)))


@lru_cache(maxsize=64)  # two blocks of 4 MB for each of 32 streams; a pack of replicates has some
def _block(kind: ShapesetKind, data_seed: int, number: int, size: int) -> tuple[Tensor, Tensor]:
    part = kind.images("train", data_seed, number * size, size)
    return part.images, part.labels
