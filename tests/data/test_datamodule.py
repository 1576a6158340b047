"""Chunks of updates."""

import itertools

import pytest
import torch
from builders import toy_dataset
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.data.datamodule import CHUNK_UPDATES, Chunk, PackDataModule, chunk_cuts

DATASET = toy_dataset(n_train=30)
schedules = st.sets(st.integers(1, 500), min_size=1, max_size=6).map(lambda s: tuple(sorted(s)))


@given(schedules, st.integers(1, 120))
def test_chunks_end_at_every_stop_and_are_not_too_long(
    stops: tuple[int, ...], longest: int
) -> None:
    cuts = list(chunk_cuts(stops, longest))
    assert cuts[0] == 0
    assert cuts[-1] == stops[-1]
    assert set(stops) <= set(cuts)
    assert all(0 < b - a <= longest for a, b in itertools.pairwise(cuts))
    # No cut without a reason: it is a stop, or the chunk before it is full.
    assert all(b in stops or b - a == longest for a, b in itertools.pairwise(cuts))


def test_the_usual_length() -> None:
    assert list(chunk_cuts((250,))) == [0, CHUNK_UPDATES, 2 * CHUNK_UPDATES, 250]


def test_the_chunks_put_together_are_the_streams() -> None:
    """Three streams over 130 updates of 4 examples, more than 17 epochs."""
    module = PackDataModule(DATASET, [7, 3, 5], batch_size=4, stops=(25, 130))
    chunks = list(module.train_dataloader())
    assert [(c.first_update, c.updates) for c in chunks] == [(0, 25), (25, 100), (125, 5)]
    images = torch.cat([c.images for c in chunks], 1)
    labels = torch.cat([c.labels for c in chunks], 1)
    assert images.dtype == torch.uint8
    for place, seed in enumerate([7, 3, 5]):
        stream = DATASET.training(seed, 0, 130 * 4)
        assert torch.equal(images[place], stream.images)
        assert torch.equal(labels[place], stream.labels)
    assert not torch.equal(images[0], images[1])


def test_it_can_be_read_again() -> None:
    loader = PackDataModule(DATASET, [1], batch_size=2, stops=(9,)).train_dataloader()
    (first,), (again,) = list(loader), list(loader)
    assert torch.equal(first.images, again.images)


def test_moving_a_chunk_keeps_its_place_and_its_integers() -> None:
    module = PackDataModule(DATASET, [1], batch_size=2, stops=(9,))
    (chunk,) = module.train_dataloader()
    moved = module.transfer_batch_to_device(chunk, torch.device("meta"), 0)
    assert isinstance(moved, Chunk)
    assert (moved.first_update, moved.updates) == (0, 9)
    assert moved.images.device.type == moved.labels.device.type == "meta"
    assert moved.images.dtype == torch.uint8


@pytest.mark.parametrize("streams", [1, 2])
def test_a_stream_is_made_once_for_a_chunk(streams: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    made = DATASET.training

    def counted(*call: int) -> object:
        calls.append(call)
        return made(*call)

    monkeypatch.setattr(DATASET, "training", counted)
    list(PackDataModule(DATASET, list(range(streams)), 4, (100, 130)).train_dataloader())
    assert calls == [
        (seed, first * 4, count * 4) for first, count in ((0, 100), (100, 30))
        for seed in range(streams)
    ]  # fmt: skip
