"""`status --follow` shows a sweep while it runs, and ends when nothing more is to be expected."""

import io
import itertools
import time
from dataclasses import replace

import pytest
from rich.console import Console
from stored_sweep import StoredSweep

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.host.process import Process
from glorot_sweep.sweep.follow import follow
from glorot_sweep.sweep.followed import followed
from glorot_sweep.sweep.records.pace import WINDOW_SECONDS, recent_rate
from glorot_sweep.tracking import watched
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.runs import Point
from glorot_sweep.tracking.schema.driving import Holder, Leased
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Tag
from glorot_sweep.tracking.sweeps import find_sweep
from glorot_sweep.tracking.watched import SeenRun, WatchedRuns

ELSEWHERE = Holder("f00d", Process(7, "another-host", "b", "1"), 1)
FOREVER = {"search.trials": 6, "search.depth": {"low": 2, "high": 2}}


def beat(sweep, number):
    sweep.run.tag(tags_of(Leased(holder=ELSEWHERE, beat=str(number))))


@pytest.fixture
def running(place):
    """Two trials done, one pruned, two in work, driven by a process of another machine."""
    sweep = StoredSweep(place, changes=FOREVER)
    sweep.make("trial", "complete", variant="tanh", objective=12.5, learning_rate=0.05)
    sweep.make("trial", "complete", variant="tanh", objective=11.25, learning_rate=0.02)
    sweep.make("trial", "pruned", variant="tanh_n")
    for _ in range(2):
        sweep.make("trial", variant="tanh_n", device="cpu", pack_size=2)
    sweep.make("replicate", "failed", variant="tanh", given_up=True)
    beat(sweep, 1)
    return sweep


class Watcher:
    """Follows a sweep by a clock of its own; between two looks something happens."""

    def __init__(self, place, happens=(), **console):
        self.place, self.now, self.happens = place, 0.0, iter(happens)
        self.console = Console(file=io.StringIO(), **{"width": 80, **console})

    def pause(self, seconds):
        self.now += seconds
        next(self.happens, lambda: None)()

    def follow(self, name="small", every=5.0):
        follow(
            name, self.place.uri, "tests", self.console, every,
            clock=lambda: self.now, pause=self.pause,
        )  # fmt: skip

    @property
    def lines(self):
        return self.console.file.getvalue().splitlines()


@pytest.mark.slow
def test_without_a_terminal_each_look_is_a_line_until_the_sweep_is_complete(place, running):
    happens = [
        *(lambda number=number: beat(running, number) for number in range(2, 12)),
        lambda: running.run.finish(State.COMPLETE),
    ]
    seen = Watcher(place, happens)
    seen.follow()
    looks = [line for line in seen.lines if "trials 3 of 12; replicates 1 of 4; 2 in work" in line]
    assert len(looks) == 12
    assert "in 1 pack on cpu, 1 failed; " in looks[0]
    named = f"--tracking-uri {place.uri} --experiment tests"  # neither is what is meant anyway
    ended = f"the sweep 'small' is complete: glorot-sweep report small {named}"
    assert seen.lines[-1] == ended
    assert seen.now > 30  # a driver that gives signs of life is not taken for dead
    (row,) = (line for line in seen.lines if line.split()[:2] == ["shapeset", "tanh"])
    assert " ".join(row.split()) == "shapeset tanh 2 of 6 11.25 % at 0.02 1 of 2 0"
    assert max(map(len, seen.lines[12:-1])) <= 80


def test_a_terminal_shows_it_in_one_place_no_wider_than_it_is(place):
    parts = {
        f"a{'long' * 9}_{kind[0]}{kind[-1]}": {"activation": kind, "initialization": "normalized"}
        for kind in ("elu", "gelu", "selu", "softplus")
    }
    sweep = StoredSweep(
        place, changes={**FOREVER, "own_variants": parts, "variants": list(parts)},
        state="complete",
    )  # fmt: skip
    assert {len(name) for name in sweep.config.variants} == {40}
    seen = Watcher(place, force_terminal=True, height=14, color_system=None)
    seen.follow()
    shown = [line.rstrip() for line in seen.lines if not line.startswith("\x1b")]
    assert max(map(len, shown)) <= 80
    assert any("2 more studies" in line for line in shown)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("holder", "waits", "said"),
    [
        (Holder(), 0, r"no process drives the sweep 'small' \(running\)\. The command that"),
        (ELSEWHERE, 30, r"process 7 on another-host .*, has given no sign of life for 30 s\. The"),
    ],
)
def test_of_a_driver_that_is_dead_nothing_is_expected(place, running, holder, waits, said):
    running.run.tag(tags_of(Leased(holder=holder, beat="8")))
    seen = Watcher(place)
    with pytest.raises(ServiceLostError, match=said):
        seen.follow()
    assert seen.now == waits
    assert any(line.startswith("shapeset  tanh") for line in seen.lines)  # what it had done


@pytest.mark.slow
def test_a_sweep_that_is_deleted_meanwhile_is_said(place, running):
    seen = Watcher(place, [lambda: place.client.delete_run(running.run.run_id)])
    with pytest.raises(ServiceLostError, match="was deleted in MLflow"):
        seen.follow()


@pytest.mark.slow
def test_runs_that_ended_long_ago_are_not_read_again(place, running, monkeypatch):
    monkeypatch.setattr(watched, "OVERLAP_MS", 0)
    read, search = [], watched.search_runs

    def counted(*arguments):
        found = list(search(*arguments))
        read.append(len(found))
        return found

    monkeypatch.setattr(watched, "search_runs", counted)
    runs = WatchedRuns(place.client, place.experiment_id, own_run(find_sweep(place, "small")))
    assert len(runs.look()) == 6
    assert read.pop() == 7  # the sweep's own too
    assert len(runs.look()) == 6
    assert len(read) == 3
    assert sum(read) < 6  # those in work, the sweep's own, and what ended in the last millisecond
    (one, other) = (seen for seen in runs.look() if not seen.has_ended)
    place.client.set_terminated(one.record.run_id, "KILLED")
    place.client.delete_run(other.record.run_id)
    statuses = [seen.record.status for seen in runs.look()]
    assert (len(statuses), statuses.count("RUNNING")) == (5, 0)


@pytest.mark.slow
def test_a_run_says_how_far_it_is(place, running):
    one = running.make("replicate", variant="tanh", seed=1)
    one.add([Point("validation/error_percent", 30.0, 20)])
    time.sleep(0.1)  # a point of update 20 has the timestamp of 20 ms after the start
    before = time.time()
    one.flush()
    after = time.time()
    runs = WatchedRuns(place.client, place.experiment_id, own_run(find_sweep(place, "small")))
    found = runs.look()
    (seen,) = (each for each in found if each.record.run_id == one.run_id)
    assert seen.update == 20
    assert before - 0.001 <= seen.until / 1000 <= after + 0.001  # not the point's own timestamp
    now = followed(running.config, found)
    at_rest = [replace(each, update=0) for each in found]
    assert followed(running.config, at_rest).left - now.left == 20


def seen(started, until, updates, since=None, before=0):
    record = RunRecord("r", "0", "n", "RUNNING", {}, {}, {}, "", int(1000 * started))
    since = started if since is None else since
    return SeenRun(record, updates, int(1000 * until), int(1000 * since), before)


def test_the_rate_is_of_the_last_minutes_all_runs_together():
    assert recent_rate([]) is None
    assert recent_rate([seen(5, 5, 0), seen(0, 4, 0)]) is None
    assert recent_rate([seen(0, 10, 100), seen(0, 5, 50), seen(8, 8, 0)]) == 15
    long_ago = seen(0, 10, 10**6)
    end = 1_000 + WINDOW_SECONDS
    assert recent_rate([long_ago, seen(1_000, end, 600)]) == 600 / WINDOW_SECONDS
    assert recent_rate([long_ago, seen(end - 600, end, 600)]) == 1


def test_the_time_in_which_a_sweep_stood_still_is_not_counted():
    day = 86_400
    resumed = [seen(0, day + 10, 400, since=day, before=300) for _ in range(20)]
    assert recent_rate(resumed) == 200
    waiting = seen(0, 5, 300, since=day, before=300)
    assert recent_rate([*resumed, waiting]) == 200


@pytest.mark.slow
def test_a_run_that_is_opened_again_says_how_far_it_was(place, running):
    one = running.make("replicate", variant="tanh", seed=1)
    one.add([Point("validation/error_percent", 30.0, 20)])
    one.finish(State.KILLED)
    before = time.time()
    again = running.runs.reopen(one.run_id, {})
    again.add([Point("validation/error_percent", 29.0, 30)])
    again.flush()
    runs = WatchedRuns(place.client, place.experiment_id, own_run(find_sweep(place, "small")))
    (seen,) = (each for each in runs.look() if each.record.run_id == one.run_id)
    assert (seen.update, seen.before) == (30, 20)
    assert before - 0.001 <= seen.since / 1000 <= seen.until / 1000


def test_what_is_left_are_the_updates_of_runs_that_are_missing(place):
    sweep = StoredSweep(place, changes={**FOREVER, "monitored": {"learning_rates": [0.1],
                                                                 "updates": 100}})  # fmt: skip
    search, again = sweep.config.search.updates, sweep.config.replicates.updates
    now = followed(sweep.config, [])
    assert now.left == 12 * search + 4 * again + 2 * 100
    assert now.line == (
        "trials 0 of 12; replicates 0 of 4; monitored runs 0 of 2; 0 in work; no rate yet"
    )
    for state, _ in itertools.product(("complete", "killed"), range(2)):
        sweep.make("trial", state)
    runs = WatchedRuns(place.client, place.experiment_id, own_run(find_sweep(place, "small")))
    now = followed(sweep.config, runs.look())
    assert now.left == 10 * search + 4 * again + 2 * 100
    assert "0 in work, 2 interrupted" in now.line


@pytest.mark.slow
def test_superseded_replicates_are_not_counted(place, running):
    running.make("replicate", "complete", variant="tanh", seed=1).tag({Tag.SUPERSEDED: "growth 1"})
    long_ago = running.make("replicate", "complete", variant="tanh", seed=2)
    place.client.set_terminated(long_ago.run_id, "FINISHED", end_time=1)
    runs = WatchedRuns(place.client, place.experiment_id, own_run(find_sweep(place, "small")))
    assert len(runs.look()) == 7
    long_ago.tag({Tag.SUPERSEDED: "growth 1"})
    assert len(runs.look()) == 6
