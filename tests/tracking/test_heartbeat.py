"""The signs of life of whoever holds a lease: through an outage, to another's token, to a hang."""

import threading

import pytest

from glorot_sweep.tracking import heartbeat
from glorot_sweep.tracking.lease_tags import Seen
from glorot_sweep.tracking.schema.driving import Holder

OTHER = Holder("other")


class Store:
    """The tags of a lease in a store that is away for a while.

    Attributes:
        failures: how many requests it still refuses.
        holder: whose token stands.
        beats: that were written.
    """

    def __init__(self, failures=0):
        self.failures, self.holder, self.beats = failures, Holder("ours"), []
        self.written = threading.Semaphore(0)

    def read_briefly(self):
        if self.failures:
            self.failures -= 1
            raise OSError("away")
        return Seen(self.holder, None)

    def write_briefly(self, _, value):
        self.beats.append(value)
        self.written.release()

    def wait_for_beats(self, count):
        for _ in range(count):
            assert self.written.acquire(timeout=10)


@pytest.fixture
def heart(monkeypatch):
    """Makes hearts that beat fast, and stops them."""
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.001)
    made = []

    def start(store):
        made.append(heartbeat.Heartbeat(store, Holder("ours")))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()


def test_signs_of_life_go_on_after_an_outage_and_end_when_told(heart):
    store = Store(failures=3)
    one = heart(store)
    store.wait_for_beats(3)
    one.stop()
    assert store.beats == [str(number) for number in range(4, 4 + len(store.beats))]
    assert one.lost_to is None
    assert not one._thread.is_alive()


def test_who_finds_another_token_gives_no_more_signs_of_life(heart):
    store = Store()
    one = heart(store)
    store.wait_for_beats(1)
    store.holder = OTHER
    one._thread.join(10)
    assert one.lost_to == OTHER


def test_signs_of_life_to_a_store_that_hangs_do_not_pile_up(heart, monkeypatch):
    monkeypatch.setattr(heartbeat, "BRIEF_SECONDS", 0.01)
    store, opened = Store(), threading.Event()
    monkeypatch.setattr(store, "read_briefly", lambda: opened.wait(10))
    before = threading.active_count()
    one = heart(store)
    one.stop()  # returns, although the request hangs
    assert threading.active_count() == before + 1
    opened.set()
    one._thread.join(10)
    assert threading.active_count() == before
