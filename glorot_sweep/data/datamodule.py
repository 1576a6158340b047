"""Chunks: what a pack needs for several updates, each distinct stream made once."""

import bisect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from glorot_sweep.data.ahead import made_ahead
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.seeds import derive_seed

CHUNK_UPDATES = 100


@dataclass(frozen=True)
class Chunk:
    """Training examples of consecutive updates.

    Attributes:
        first_update: number of the first update, counted from 0; of pre-training apart.
        updates: how many updates.
        images: [streams, updates * batch, inputs], 8-bit.
        labels: [streams, updates * batch].
        layer: the hidden layer, from 0, that they pre-train; None: they train the whole network.
    """

    first_update: int
    updates: int
    images: Tensor
    labels: Tensor
    layer: int | None = None


class _Chunks(IterableDataset[Chunk]):
    def __init__(
        self,
        dataset: ImageDataset,
        seeds: list[int],
        batch: int,
        stops: tuple[int, ...],
        start: int,
        layer_ends: tuple[int, ...] = (),
        pretrained: int = 0,
        *,
        ahead: bool = False,
    ):
        self.dataset, self.seeds, self.batch = dataset, seeds, batch
        self.stops, self.start = stops, start
        self.layer_ends, self.pretrained, self.ahead = layer_ends, pretrained, ahead

    def __iter__(self) -> Iterator[Chunk]:
        if self.ahead:
            return made_ahead(self._makers())
        return (make() for make in self._makers())

    def _makers(self) -> Iterator[Callable[[], Chunk]]:
        seeds = [pretraining_seed(seed) for seed in self.seeds]
        cuts = chunk_cuts(self.layer_ends, start=self.pretrained)
        for start, stop in itertools.pairwise(cuts):
            layer = bisect.bisect(self.layer_ends, start)
            yield partial(self._chunk, seeds, start, stop, layer)
        for start, stop in itertools.pairwise(chunk_cuts(self.stops, start=self.start)):
            yield partial(self._chunk, self.seeds, start, stop)

    def _chunk(self, seeds: list[int], start: int, stop: int, layer: int | None = None) -> Chunk:
        first, count = start * self.batch, (stop - start) * self.batch
        parts = [self.dataset.training(seed, first, count) for seed in seeds]
        images = torch.stack([part.images for part in parts])
        labels = torch.stack([part.labels for part in parts])
        return Chunk(start, stop - start, images, labels, layer)


class PackDataModule(pl.LightningDataModule):
    """Feeds a pack with chunks that end wherever something is to be looked at.

    Args:
        dataset: the data set.
        data_seeds: the distinct streams of the pack; `Chunk.images` keeps their order.
        batch_size: examples of an update.
        stops: updates at which a chunk must end, rising; the last one ends training.
        start: updates that were done before.
        layer_ends: of pre-training, which comes first: the update at which each hidden layer is
            finished, rising.
        pretrained: updates of pre-training that were done before.
        ahead: make the next chunk while one is in use; for a stepper that leaves torch idle.
    """

    def __init__(
        self,
        dataset: ImageDataset,
        data_seeds: list[int],
        batch_size: int,
        stops: tuple[int, ...],
        start: int = 0,
        layer_ends: tuple[int, ...] = (),
        pretrained: int = 0,
        *,
        ahead: bool = False,
    ) -> None:
        super().__init__()
        self.dataset = dataset
        self._chunks = _Chunks(
            dataset, data_seeds, batch_size, stops, start, layer_ends, pretrained, ahead=ahead
        )

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


def pretraining_seed(data_seed: int) -> int:
    """Return the stream on which the trials of a stream are pre-trained: another one.

    So no example of Shapeset is seen in both phases; of a finite set all are, in another order.
    """
    return derive_seed("pretraining", data_seed)


def chunk_cuts(
    stops: tuple[int, ...], longest: int = CHUNK_UPDATES, start: int = 0
) -> Iterator[int]:
    """Yield the updates between which chunks lie: every stop, and no gap above `longest`.

    Example:
        >>> list(chunk_cuts((5, 20), longest=10))
        [0, 5, 15, 20]
        >>> list(chunk_cuts((5, 20), longest=10, start=12))
        [12, 20]
    """
    yield start
    last = start
    for stop in (stop for stop in stops if stop > start):
        yield from range(last + longest, stop, longest)
        yield stop
        last = stop
