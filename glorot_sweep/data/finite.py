"""Finite training sets as endless streams: one seeded permutation after another."""

from functools import cached_property, lru_cache
from typing import Any

import torch
from torch import Tensor

from glorot_sweep.data.array_cache import Unkept
from glorot_sweep.data.dataset import Examples, ImageDataset, content_digest
from glorot_sweep.data.duplicates import count_overlap
from glorot_sweep.seeds import derive_seed


class FiniteDataset(ImageDataset):
    """A data set held in memory as 8-bit integers.

    Args:
        name: as in sweep files.
        train, validation, test: the three parts.
        class_names: one for each label.
        image_shape: height, width and channels; None: each image is one row of grey pixels.
        unkept: what it was made of, if that is to be kept.
    """

    _unkept: Unkept | None = None  # of those, too, that are made otherwise

    def __init__(
        self,
        name: str,
        train: Examples,
        validation: Examples,
        test: Examples,
        class_names: tuple[str, ...],
        image_shape: tuple[int, int, int] | None = None,
        unkept: Unkept | None = None,
    ) -> None:
        self.name = name
        self.train, self.validation, self.test = train, validation, test
        self.n_inputs = train.images.shape[1]
        self.image_shape = image_shape or (1, self.n_inputs, 1)
        self.class_names = class_names
        self._unkept = unkept

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs: not the arrays twice."""
        return {**self.__dict__, "_unkept": None}

    def keep(self) -> None:
        """Keep what it was made of, once."""
        unkept, self._unkept = self._unkept, None
        if unkept is not None:
            unkept.keep()

    def training(self, data_seed: int, first: int, count: int) -> Examples:
        """Return a part of the stream; epoch e is a permutation decided by (data_seed, e)."""
        rows = permuted_rows(len(self.train), data_seed, first, count)
        # index_select copies whole rows: ten times as fast as indexing with a tensor
        return Examples(
            self.train.images.index_select(0, rows), self.train.labels.index_select(0, rows)
        )

    @cached_property
    def overlap(self) -> int:
        """Test images that occur, byte for byte, among the training images."""
        return count_overlap(self.test, self.train)

    def digest(self) -> str:
        """Return a digest of all images and labels of the three parts."""
        parts = (self.train, self.validation, self.test)
        return content_digest(*(tensor for part in parts for tensor in (part.images, part.labels)))


def permuted_rows(size: int, data_seed: int, first: int, count: int) -> Tensor:
    """Return the rows that examples first .. first + count - 1 of a stream stand for.

    Example:
        >>> rows = permuted_rows(5, data_seed=1, first=0, count=10)
        >>> sorted(rows[:5].tolist()), sorted(rows[5:].tolist())
        ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    """
    pieces = []
    while count > 0:
        epoch, place = divmod(first, size)
        piece = _permutation(size, data_seed, epoch)[place : place + count]
        pieces.append(piece)
        first, count = first + len(piece), count - len(piece)
    return torch.cat(pieces) if pieces else torch.empty(0, dtype=torch.int64)


@lru_cache(maxsize=64)
def _permutation(size: int, data_seed: int, epoch: int) -> Tensor:
    seed = derive_seed("epoch", data_seed, epoch)
    return torch.randperm(size, generator=torch.Generator().manual_seed(seed))
