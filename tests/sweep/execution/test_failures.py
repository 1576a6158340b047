"""A sweep in which something fails, in this process: nobody else suffers, and the end is said."""

import io

import optuna
import pytest
import torch
from rich.console import Console
from small_sweep import (
    LONG,
    ONE_PACK,
    ONE_VARIANT,
    BreakingFile,
    FaultyDevices,
    StopOnceSaved,
    grouped_sweep,
    objectives,
    of_variant,
    sweep,
)
from sweep_builders import by_name

from glorot_sweep.errors import ServiceLostError, StopRequested, TooManyFailuresError
from glorot_sweep.sweep.execution import worker
from glorot_sweep.sweep.execution.devices import LocalDevices
from glorot_sweep.tracking.records import read_text

POISON = "tanh-shapeset-t003"


def poisoned():
    return FaultyDevices(
        lambda spec: POISON in {trial.name for trial in spec.trials}, ValueError("boom")
    )


def full_disk():
    return FaultyDevices(lambda _: True, OSError(28, "No space left on device"))


def told(stores):
    """The states of all trials, as Optuna has them."""
    storage = optuna.storages.RDBStorage(f"sqlite:///{stores / 'optuna.db'}")
    return [
        trial.state.name
        for study in optuna.get_all_study_summaries(storage)
        for trial in optuna.load_study(study_name=study.study_name, storage=storage).trials
    ]


@pytest.mark.slow
def test_a_poison_trial_is_given_up_and_its_neighbours_complete(stores):
    file = io.StringIO()
    outcome = sweep(stores, ONE_PACK, Console(file=file, width=200), devices=poisoned())
    said = file.getvalue()
    found = objectives(outcome.place)
    assert len(found) == 4
    assert found[POISON] == ("failed", None)
    assert all(state in {"complete", "pruned"} for k, (state, _) in found.items() if k != POISON)
    assert f"{POISON} is given up: ValueError: boom" in said
    run = by_name(outcome.place)[POISON]
    assert run.info.status == "FAILED"
    assert run.data.tags["given_up"] == "true"
    assert "in fit_pack" in read_text(outcome.place.client, run.info.run_id, "failure.txt")
    states = told(stores)
    assert states.count("FAIL") == 1
    assert states.count("RUNNING") == 0


@pytest.mark.slow
def test_what_was_given_up_stays_given_up(stores, place):
    """Whoever is killed next, and even between the run's tags and its status."""
    console = Console(file=BreakingFile("is given up", KeyboardInterrupt()), width=200)
    with pytest.raises(KeyboardInterrupt):
        sweep(stores, ONE_PACK, console, devices=poisoned())
    before = by_name(place)[POISON]
    place.client.update_run(before.info.run_id, status="RUNNING")
    sweep(stores, ONE_PACK)
    after = by_name(place)[POISON]
    assert after.info.status == "FAILED"
    assert after.data.tags["attempt"] == before.data.tags["attempt"]
    assert objectives(place)[POISON] == ("failed", None)
    assert len(objectives(place)) == 4


@pytest.mark.slow
def test_a_pack_too_large_for_memory_is_halved_and_the_size_remembered(stores):
    error = torch.OutOfMemoryError("CUDA out of memory")
    small = FaultyDevices(lambda spec: len(spec.trials) > 2, error)
    outcome = sweep(stores, {"search.trials": 4, "statistics": "none"}, devices=small)
    assert small.sizes[:3] == [4, 2, 2]
    trials, rest = small.sizes[:5], small.sizes[5:]
    assert max(trials[1:]) == 2  # learned once
    assert max(rest) > 2  # replicates are of another kind, and learn for themselves
    assert {state for state, _ in objectives(outcome.place).values()} <= {"complete", "pruned"}


@pytest.mark.slow
def test_memory_changes_no_number(stores, finished):
    _, whole, _ = finished
    small = FaultyDevices(lambda spec: len(spec.trials) > 1, MemoryError())
    outcome = sweep(stores, ONE_VARIANT, devices=small)
    assert objectives(outcome.place) == of_variant(objectives(whole.place), "tanh")
    assert {1, 2} <= set(small.sizes)


@pytest.mark.slow
def test_too_many_failures_end_the_sweep_and_it_continues(stores):
    changes = {**ONE_PACK, "execution.max_failed": 1}
    faults = FaultyDevices(lambda _: True, ValueError("boom"))
    with pytest.raises(TooManyFailuresError, match=r"allows \(1\); the last: .*boom"):
        sweep(stores, changes, devices=faults)
    outcome = sweep(stores, changes)
    assert {state for state, _ in objectives(outcome.place).values()} <= {"complete", "pruned"}
    assert not any("given_up" in run.data.tags for run in by_name(outcome.place).values())


@pytest.mark.slow
def test_after_a_passing_fault_the_search_is_as_if_it_had_never_been(stores):
    """Each failure is a whole generation, which Optuna must not have been told when it ends."""
    changes = {
        **ONE_VARIANT, "search.trials": 1, "search.depth_trials": 0, "search.generation": 1,
        "execution.max_failed": 1, "execution.pack_size": 1,
    }  # fmt: skip
    with pytest.raises(TooManyFailuresError, match="The same command tries them again; with a"):
        grouped_sweep(stores, changes, devices=FaultyDevices(lambda _: True, ValueError("boom")))
    outcome = grouped_sweep(stores, changes)
    assert {state for state, _ in objectives(outcome.place).values()} == {"complete"}
    assert set(told(stores)) == {"COMPLETE"}


@pytest.mark.slow
def test_a_full_disk_is_no_trials_fault(stores):
    with pytest.raises(
        ServiceLostError, match=r"a disk is full, free some space \(OSError: .*No space left"
    ):
        sweep(stores, ONE_PACK, devices=full_disk())
    outcome = sweep(stores, ONE_PACK)
    assert {state for state, _ in objectives(outcome.place).values()} <= {"complete", "pruned"}


class FaultOnce(LocalDevices):
    """This process, in which the first pack raises once, after most of its training."""

    def open(self, place, datasets, advance, note):
        self.left = 2

        def raising(updates, trials):
            advance(updates, trials)
            self.left -= 1
            if not self.left:
                raise ValueError("boom")

        return super().open(place, datasets, raising, note)


@pytest.mark.slow
def test_a_pack_that_raised_once_harms_no_trial_and_is_counted_once(stores, monkeypatch):
    """On a console that is no terminal each line says how much is left."""
    monkeypatch.setattr("glorot_sweep.sweep.progress.LINE_SECONDS", -1.0)
    file, events = io.StringIO(), []
    sweep(stores, LONG, Console(file=file, width=200), devices=FaultOnce(), watch=events.append)
    assert "failed (error): ValueError: boom" in file.getvalue()
    assert "given up" not in file.getvalue()
    last = [event for event in events if event.phase == "search"][-1]
    assert (last.done, last.updates_done) == (last.total, last.updates_total)


class CountingDevices(LocalDevices):
    """This process.

    Attributes:
        updates: that each pack was trained for.
    """

    def __init__(self):
        super().__init__()
        self.updates = []

    def open(self, *arguments):
        executor = super().open(*arguments)
        train = executor.train

        def counting(job):
            result = train(job)
            self.updates.append(result.model_updates)
            self.after_a_pack()
            return result

        executor.train = counting
        return executor

    def after_a_pack(self):
        pass


class LateFault(CountingDevices):
    """The same; once its first pack has ended the disk is full."""

    def after_a_pack(self):
        if len(self.updates) == 1:
            raise OSError(28, "No space left on device")


@pytest.mark.slow
def test_what_has_ended_is_not_trained_again(stores, place):
    """Its worker fails once the runs are whole, before Optuna is told."""
    late = LateFault()
    with pytest.raises(ServiceLostError):
        sweep(stores, ONE_PACK, devices=late)
    before = objectives(place)
    sweep(stores, ONE_PACK, devices=late)
    assert objectives(place) == before
    trials = [run for run in by_name(place).values() if run.data.tags["kind"] == "trial"]
    assert [run.data.tags["attempt"] for run in trials] == ["1"] * 4
    assert set(told(stores)) <= {"COMPLETE", "PRUNED"}
    assert not (stores / "checkpoints").exists()


@pytest.mark.slow
def test_a_sweep_goes_on_from_its_checkpoints(stores, monkeypatch):
    """A pack whose runs cannot be ended after its training is not trained again."""

    def failing(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(worker, "close_run", failing)
        with pytest.raises(ServiceLostError):
            sweep(stores, ONE_PACK)
    assert list((stores / "checkpoints").glob("*/*.checkpoint"))
    devices = CountingDevices()
    sweep(stores, ONE_PACK, devices=devices)
    assert devices.updates[0] == 0
    assert not (stores / "checkpoints").exists()


@pytest.mark.slow
def test_what_was_saved_counts_as_done_at_once(stores):
    """Else the share that is done, and the time that is left, are wrong until the pack ends."""
    with pytest.raises(StopRequested):
        sweep(stores, LONG, stop=StopOnceSaved(stores))
    events = []
    sweep(stores, LONG, watch=events.append)
    search = [event for event in events if event.phase == "search"]
    untrained = [event for event in search if event.updates_per_second is None]
    saved = untrained[-1].updates_done
    assert 0 < saved < search[-1].updates_total
    assert search[-1].updates_done == search[-1].updates_total, "and it counts once"
