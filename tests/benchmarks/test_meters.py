"""A benchmark's clocks: what is counted as training is training."""

import meters
import pytest
from builders import a_pack, a_trial, toy_dataset
from meters import ChunkTimes

from glorot_sweep.specs import StatisticsSpec
from glorot_sweep.training import module
from glorot_sweep.training.fit import fit_pack

pytestmark = pytest.mark.usefixtures("one_torch_thread")
UPDATES, CHUNK, LOOKS = 900, 100, {300, 600, 900}


class Clock:
    """A second for each chunk of updates, a thousand for each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.mark.slow
def test_looks_are_no_part_of_the_updates(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(meters, "time", clock)
    times = ChunkTimes(LOOKS)
    step = module.PackModule.training_step

    def timed_step(self, batch, index):
        assert batch.updates == CHUNK
        clock.now += 1
        return step(self, batch, index)

    def report(_update, _looks):
        clock.now += 1000
        return ()

    monkeypatch.setattr(module.PackModule, "training_step", timed_step)
    trial = a_trial(updates=UPDATES, evaluate_at=tuple(sorted(LOOKS)), statistics=StatisticsSpec())
    fit_pack(a_pack(trial), toy_dataset(), report, times)
    # Nine chunks: the first one is left out, and the three that end in a look.
    assert (times.seconds, times.model_updates) == (5.0, 5 * CHUNK)
