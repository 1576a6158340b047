"""One driver per sweep: who holds the lease on its own run, by a clock that the test moves."""

import dataclasses

import pytest

from glorot_sweep.errors import ServiceLostError, SweepHeldError
from glorot_sweep.host.process import Process, this_process
from glorot_sweep.tracking import lease
from glorot_sweep.tracking.belonging import sweep_runs
from glorot_sweep.tracking.lease import LEASE_SECONDS, Lease
from glorot_sweep.tracking.lease_tags import LeaseTags
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.driving import HOLDER, NOBODY, Holder, Leased
from glorot_sweep.tracking.schema.fields import tags_of

ELSEWHERE = Process(4711, "another-host", "another boot", "99")
OTHER = Holder("other", ELSEWHERE, 1_700_000_000_000)


class Clock:
    """Time passes by pauses alone; what is due happens meanwhile."""

    def __init__(self):
        self.now, self.due = 0.0, []

    def __call__(self):
        return self.now

    def at(self, seconds, do):
        self.due.append((seconds, do))

    def pause(self, seconds):
        self.now += seconds
        for one in [one for one in self.due if one[0] <= self.now]:
            self.due.remove(one)
            one[1]()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def settling(monkeypatch):
    monkeypatch.setattr(lease, "SETTLE_SECONDS", 0.5)


@pytest.fixture
def run(place):
    """The own run of a sweep."""
    tags = {"kind": "sweep", "sweep": "small"}
    return RunStore(place.client, place.experiment_id).create("small", tags)


@pytest.fixture
def tags(place, run):
    return LeaseTags(place.client, run.run_id)


@pytest.fixture
def taken(place, run, clock):
    """A lease that is held, of a test that gives it back."""
    with Lease("small", clock=clock, pause=clock.pause) as held:
        held.take(place.client, run.run_id)
        yield held


def candidate(clock, **options):
    return Lease("small", clock=clock, pause=clock.pause, **options)


def beat(tags, number):
    return lambda: tags.write_briefly("lease_beat", str(number))


def test_who_holds_a_sweep_stands_on_its_run_until_it_is_given_back(place, run, tags, clock):
    with candidate(clock) as held:
        held.take(place.client, run.run_id)
        holder = tags.read().holder
        assert (holder.process, len(holder.token)) == (this_process(), 16)
        held.check()
    assert tags.read().holder == NOBODY
    with candidate(clock) as held:
        held.take(place.client, run.run_id)
    assert clock.now == 2 * lease.SETTLE_SECONDS  # a sweep that was given back is free at once


def test_a_holder_whose_beat_changes_is_named_within_five_seconds(place, run, tags, clock):
    tags.write(Leased(holder=OTHER, beat="8"))
    clock.at(2.0, beat(tags, 9))
    said = (
        r"'small' is being driven by process 4711 on another-host since 2023-11-14 22:13:20 UTC\. "
    )
    with pytest.raises(SweepHeldError, match=said):
        candidate(clock).take(place.client, run.run_id)
    assert clock.now <= 3.0
    assert tags.read().holder == OTHER


@pytest.mark.slow
def test_a_silent_holder_elsewhere_is_taken_over_after_its_lease(place, run, tags, clock):
    tags.write(Leased(holder=OTHER, beat="8"))
    notes = []
    with candidate(clock, note=notes.append) as held:
        held.take(place.client, run.run_id)
        assert tags.read().holder.token == held.holder.token
    assert LEASE_SECONDS <= clock.now <= LEASE_SECONDS + 1.5
    assert len(notes) == 1
    assert "process 4711 on another-host" in notes[0]


def test_time_in_which_the_store_did_not_answer_is_no_silence(place, run, tags, clock, monkeypatch):
    """The holder could not give a sign of life either."""
    tags.write(Leased(holder=OTHER, beat="8"))
    clock.at(300.0, beat(tags, 9))
    real, hangs = LeaseTags.read, iter([0.0, 100.0, 200.0])

    def read(self):
        clock.now += next(hangs, 0.0)
        return real(self)

    monkeypatch.setattr(LeaseTags, "read", read)
    with pytest.raises(SweepHeldError, match="process 4711"):
        candidate(clock).look(place.client, run.run_id)


def test_who_waits_can_be_stopped(place, run, tags, clock):
    tags.write(Leased(holder=OTHER))
    with pytest.raises(KeyboardInterrupt):
        candidate(clock, check=lambda: _raise(KeyboardInterrupt)).look(place.client, run.run_id)
    assert tags.read().holder == OTHER


def _raise(error):
    raise error


def test_a_holder_that_lets_go_meanwhile_is_waited_for_no_longer(place, run, tags, clock):
    tags.write(Leased(holder=OTHER, beat="8"))
    clock.at(3.0, tags.free)
    candidate(clock).look(place.client, run.run_id)
    assert clock.now == 3.0


@pytest.mark.slow
def test_another_that_takes_over_meanwhile_is_named(place, run, tags, clock):
    tags.write(Leased(holder=OTHER, beat="8"))
    third = Holder("third", dataclasses.replace(ELSEWHERE, pid=12), 1)
    clock.at(20.0, lambda: tags.write(Leased(holder=third, beat="0")))
    with pytest.raises(SweepHeldError, match="process 12 on"):
        candidate(clock).look(place.client, run.run_id)


GONE = {
    "ended": {"pid": 2**22 + 1},
    "another process has its number": {"started": "1"},
}


@pytest.mark.parametrize("change", GONE.values(), ids=list(GONE))
def test_a_holder_of_this_machine_that_has_ended_is_taken_over_at_once(
    place, run, tags, clock, change
):
    gone = dataclasses.replace(this_process(), **change)
    tags.write(Leased(holder=Holder("gone", gone, 1), beat="8"))
    candidate(clock).look(place.client, run.run_id)
    assert clock.now == 0.0


def test_of_two_that_write_at_once_the_one_whose_token_stands_has_it(place, run, tags, clock):
    clock.at(0.1, lambda: tags.write(Leased(holder=OTHER, beat="0")))
    with pytest.raises(SweepHeldError, match="process 4711"), candidate(clock) as held:
        held.take(place.client, run.run_id)
    assert tags.read().holder == OTHER  # the loser has not set it free


def test_a_holder_that_was_overtaken_notices_and_gives_nothing_back(place, run, tags, taken):
    tags.write(Leased(holder=OTHER, beat="0"))
    with pytest.raises(SweepHeldError, match="process 4711"):
        taken.check()
    taken.__exit__(None, None, None)
    assert tags.read().holder == OTHER


def test_a_lease_that_nobody_holds_is_taken_again(place, run, tags, taken):
    tags.free()
    taken.check()
    assert tags.read().holder == taken.holder
    place.client.delete_tag(run.run_id, "lease")
    taken.check()
    assert tags.read().holder == taken.holder


@pytest.mark.slow
def test_what_nobody_can_read_is_a_holder_too_and_no_dead_end(place, run, tags, clock):
    place.client.set_tag(run.run_id, "lease", "{half a li")
    clock.at(1.0, beat(tags, 1))
    with pytest.raises(SweepHeldError, match="driven by another process"):
        candidate(clock).look(place.client, run.run_id)
    with candidate(clock) as held:
        held.take(place.client, run.run_id)
        assert tags.read().holder == held.holder


@pytest.mark.parametrize(
    "text",
    ["", "[]", "7", "{}", '{"token": "", "pid": 1}', "[" * 5000, '{"token": "a", "pid": "x"}',
     '{"token":"a","pid":1,"host":"h","boot":"b","started":"1","since":1e400}'],
)  # fmt: skip
def test_no_text_of_the_tag_ends_in_a_traceback(text):
    holder = HOLDER.read(text)
    assert (holder.is_free, holder.is_gone) == (False, False)
    assert str(holder) == "another process"


def test_a_deleted_run_names_the_driver_that_began_the_sweep_anew(place, run, taken, clock):
    place.client.delete_run(run.run_id)
    with pytest.raises(ServiceLostError, match="was deleted in MLflow while"):
        taken.check()
    other = {"kind": "sweep", "sweep": "small", **tags_of(Leased(holder=OTHER, beat="1"))}
    RunStore(place.client, place.experiment_id).create("small", other)
    with pytest.raises(SweepHeldError, match="process 4711"):
        taken.check()


BEGINNERS = {
    "older": (-1, "0", True),
    "younger": (1, "0", False),
    "younger, but it has begun": (1, "1", True),
}


@pytest.mark.slow
@pytest.mark.parametrize(("age", "sign", "is_first"), BEGINNERS.values(), ids=list(BEGINNERS))
def test_of_two_that_begin_a_sweep_at_once_one_gives_way(place, clock, age, sign, is_first):
    runs = RunStore(place.client, place.experiment_id)
    mark = {"kind": "sweep", "sweep": "small"}
    rival = runs.create("small", {**mark, **tags_of(Leased(holder=OTHER, beat=sign))})
    with candidate(clock) as held:
        ours = runs.create("small", {**mark, **held.tags})

        def found():
            runs = sweep_runs(place.client, place.experiment_id, "small")
            start = {rival.run_id: 10 + age, ours.run_id: 10}
            return [dataclasses.replace(run, started=start[run.run_id]) for run in runs]

        if is_first:
            with pytest.raises(SweepHeldError, match="process 4711"):
                held.begin(place.client, ours.run_id, found)
        else:
            held.begin(place.client, ours.run_id, found)
            held.check()


def test_what_a_sign_of_life_has_met_with_is_known_without_a_request(tags, taken, monkeypatch):
    taken.refuse_lost()
    taken._heart.lost_to = OTHER
    monkeypatch.setattr(LeaseTags, "read", None)
    for ask in (taken.refuse_lost, taken.check):
        with pytest.raises(SweepHeldError, match="process 4711"):
            ask()
