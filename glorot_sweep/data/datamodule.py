"""Chunks: what a pack needs for several updates, each distinct stream made once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from glorot_sweep.data.dataset import ImageDataset

CHUNK_UPDATES = 100


@dataclass(frozen=True)
class Chunk:
    """Training examples of consecutive updates.

    Attributes:
        first_update: number of the first update, counted from 0.
        updates: how many updates.
        images: [streams, updates * batch, inputs], 8-bit.
        labels: [streams, updates * batch].
    """

    first_update: int
    updates: int
    images: Tensor
    labels: Tensor


class _Chunks(IterableDataset[Chunk]):
    def __init__(self, dataset: ImageDataset, seeds: list[int], batch: int, cuts: list[int]):
        self.dataset, self.seeds, self.batch, self.cuts = dataset, seeds, batch, cuts

    def __iter__(self) -> Iterator[Chunk]:
        for start, stop in zip(self.cuts, self.cuts[1:], strict=False):
            parts = [
                self.dataset.training(seed, start * self.batch, (stop - start) * self.batch)
                for seed in self.seeds
            ]
            yield Chunk(
                start,
                stop - start,
                torch.stack([part.images for part in parts]),
                torch.stack([part.labels for part in parts]),
            )


class PackDataModule(pl.LightningDataModule):
    """Feeds a pack with chunks that end wherever something is to be looked at.

    Args:
        dataset: the data set.
        data_seeds: the distinct streams of the pack; `Chunk.images` keeps their order.
        batch_size: examples of an update.
        stops: updates at which a chunk must end, rising; the last one ends training.
        start: updates that were done before.
    """

    def __init__(
        self,
        dataset: ImageDataset,
        data_seeds: list[int],
        batch_size: int,
        stops: tuple[int, ...],
        start: int = 0,
    ) -> None:
        super().__init__()
        self.dataset = dataset
        self._chunks = _Chunks(dataset, data_seeds, batch_size, chunk_cuts(stops, start=start))

    def train_dataloader(self) -> DataLoader[Chunk]:
        """One epoch is the whole training."""
        return DataLoader(self._chunks, batch_size=None)

    def transfer_batch_to_device(
        self,
        batch: Chunk,
        device: torch.device,
        dataloader_idx: int,
    ) -> Chunk:
        """Move a chunk, still as 8-bit integers."""
        return replace(batch, images=batch.images.to(device), labels=batch.labels.to(device))


def chunk_cuts(stops: tuple[int, ...], longest: int = CHUNK_UPDATES, start: int = 0) -> list[int]:
    """Return the updates between which chunks lie: every stop, and no gap above `longest`.

    Example:
        >>> chunk_cuts((5, 20), longest=10)
        [0, 5, 15, 20]
        >>> chunk_cuts((5, 20), longest=10, start=12)
        [12, 20]
    """
    cuts = [start]
    for stop in (stop for stop in stops if stop > start):
        cuts.extend(range(cuts[-1] + longest, stop, longest))
        cuts.append(stop)
    return cuts
