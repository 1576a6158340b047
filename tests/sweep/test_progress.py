"""What a person sees while a sweep runs."""

import io

import pytest
from rich.console import Console

from glorot_sweep.sweep.progress import LINE_SECONDS, SweepProgress


class Watched(SweepProgress):
    """Progress without a terminal, on a clock that the test moves."""

    def __init__(self):
        self.now, self.text = 100.0, io.StringIO()
        super().__init__(Console(file=self.text, width=200), clock=lambda: self.now)
        self.start("search", "trials", 4, 4000)

    def advance_after(self, seconds, updates):
        """Let time pass, count updates; return the lines that this has written."""
        self.now += seconds
        before = len(self.text.getvalue())
        self.advance(updates)
        return self.text.getvalue()[before:].splitlines()


@pytest.fixture
def progress():
    return Watched()


def test_a_phase_begins_with_what_is_ahead(progress):
    assert progress.text.getvalue() == "search: 4 trials, 4,000 model-updates\n"


def test_without_a_rate_there_is_no_time_left(progress):
    """As while workers start: the executor looks in, and nothing is trained yet."""
    assert progress.advance_after(LINE_SECONDS + 1, 0) == ["search: 0/4 trials, 0 % of the updates"]
    progress.save(1000)  # a pruned trial trains nothing either
    assert progress.advance_after(LINE_SECONDS + 1, 0) == [
        "search: 0/4 trials, 25 % of the updates"
    ]


def test_with_a_rate_there_is(progress):
    assert progress.advance_after(20.0, 1000) == [
        "search: 0/4 trials, 25 % of the updates, 50 model-updates/s, 60 seconds left"
    ]


def test_more_than_the_whole_is_the_whole_and_no_time_is_left(progress):
    """As where a worker refuses a checkpoint whose updates were counted."""
    assert progress.advance_after(20.0, 5000) == [
        "search: 0/4 trials, 100 % of the updates, 250 model-updates/s, 0 seconds left"
    ]


def test_lines_are_rare(progress):
    assert progress.advance_after(LINE_SECONDS - 1, 500) == []
    assert len(progress.advance_after(2, 500)) == 1
    assert progress.advance_after(2, 500) == []


def test_what_is_pruned_or_finished_counts_as_done_and_no_rate_comes_of_it(progress):
    progress.save(2000)
    progress.finish_units(2)
    assert progress.advance_after(20.0, 1000) == [
        "search: 2/4 trials, 75 % of the updates, 50 model-updates/s, 20 seconds left"
    ]


def test_a_program_is_told_every_change_and_nothing_is_written():
    events, now, text = [], [100.0], io.StringIO()
    console = Console(file=text, quiet=True)
    progress = SweepProgress(console, clock=lambda: now[0], watch=events.append)
    progress.start("search", "trials", 4, 4000)
    now[0] += 20
    progress.advance(1000)
    progress.expect(500)
    progress.save(500)
    progress.finish_units(1)
    shown = [
        (e.done, e.total, e.updates_done, e.updates_total, e.updates_per_second) for e in events
    ]
    assert shown == [
        (0, 4, 0, 4000, None),
        (0, 4, 1000, 4000, 50.0),
        (0, 4, 1500, 4500, 50.0),
        (1, 4, 1500, 4500, 50.0),
    ]
    assert {(one.phase, one.unit) for one in events} == {("search", "trials")}
    assert text.getvalue() == ""


def test_numbers_stay_whole_in_a_terminal_of_80_columns():
    text, moments = io.StringIO(), iter(range(0, 10_000, 50))
    console = Console(file=text, width=80, force_terminal=True, color_system=None)
    with SweepProgress(console, clock=lambda: float(next(moments))) as progress:
        progress.start("replicates", "trials of 1024 studies", 50_000, 3_600_000_000)
        progress.advance(1_234_567)
    for whole in ("trials of 1024 studies", "0/50000", "1234567/3600000000", "24,691/s"):
        assert whole in text.getvalue()
