"""A sweep in which something fails, in this process: nobody else suffers, and the end is said."""

import io

import optuna
import pytest
import torch
from rich.console import Console
from small_sweep import ONE_PACK, ONE_VARIANT, objectives, of_variant, sweep
from sweep_builders import by_name, small_dataset

from glorot_sweep.errors import ServiceLostError, SweepHeldError, TooManyFailuresError
from glorot_sweep.sweep import driver
from glorot_sweep.sweep import job as sweep_job
from glorot_sweep.sweep.execution import dispatch, worker
from glorot_sweep.sweep.execution import executor as executors
from glorot_sweep.tracking.records import read_text

POISON = "tanh-shapeset-t003"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(sweep_job, "load_dataset", lambda name, *_: small_dataset(name))
    monkeypatch.setattr(sweep_job, "register_winners", lambda *_: [])


def said_by_sweep(folder, changes=None):
    said = io.StringIO()
    outcome = sweep(folder, changes, Console(file=said, width=200))
    return outcome, said.getvalue()


def breaking(monkeypatch, is_bad, error):
    """Let training raise for packs of which something holds; return the sizes that were tried."""
    real, sizes = worker.fit_pack, []

    def fit_pack(spec, *rest):
        sizes.append(len(spec.trials))
        if is_bad(spec):
            raise error
        return real(spec, *rest)

    monkeypatch.setattr(worker, "fit_pack", fit_pack)
    return sizes


def test_a_poison_trial_is_given_up_and_its_neighbours_complete(stores, monkeypatch):
    has_poison = lambda spec: POISON in {trial.key for trial in spec.trials}  # noqa: E731
    breaking(monkeypatch, has_poison, ValueError("boom"))
    outcome, said = said_by_sweep(stores, ONE_PACK)
    found = objectives(outcome.place)
    assert len(found) == 4
    assert found[POISON] == ("failed", None)
    assert all(state in {"complete", "pruned"} for k, (state, _) in found.items() if k != POISON)
    assert f"{POISON} is given up: ValueError: boom" in said
    run = by_name(outcome.place)[POISON]
    assert run.info.status == "FAILED"
    assert run.data.tags["given_up"] == "true"
    assert "in fit_pack" in read_text(outcome.place.client, run.info.run_id, "failure.txt")
    storage = optuna.storages.RDBStorage(f"sqlite:///{stores / 'optuna.db'}")
    states = [
        trial.state.name
        for study in optuna.get_all_study_summaries(storage)
        for trial in optuna.load_study(study_name=study.study_name, storage=storage).trials
    ]
    assert states.count("FAIL") == 1
    assert states.count("RUNNING") == 0


def test_what_was_given_up_stays_given_up(stores, monkeypatch, place):
    """Whoever is killed next, and even between the run's tags and its status."""
    has_poison = lambda spec: POISON in {trial.key for trial in spec.trials}  # noqa: E731
    with monkeypatch.context() as patch:
        breaking(patch, has_poison, ValueError("boom"))
        patch.setattr(dispatch, "failed", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sweep(stores, ONE_PACK)
    before = by_name(place)[POISON]
    place.client.update_run(before.info.run_id, status="RUNNING")
    sweep(stores, ONE_PACK)
    after = by_name(place)[POISON]
    assert after.info.status == "FAILED"
    assert after.data.tags["attempt"] == before.data.tags["attempt"]
    assert objectives(place)[POISON] == ("failed", None)
    assert len(objectives(place)) == 4


def test_a_pack_too_large_for_memory_is_halved_and_the_size_remembered(stores, monkeypatch):
    sizes = breaking(
        monkeypatch, lambda s: len(s.trials) > 2, torch.OutOfMemoryError("CUDA out of memory")
    )
    outcome = sweep(stores, {"search.trials": 4, "statistics": "none"})
    assert sizes[:3] == [4, 2, 2]
    trials, rest = sizes[:5], sizes[5:]
    assert max(trials[1:]) == 2  # learned once
    assert max(rest) > 2  # replicates are of another kind, and learn for themselves
    assert {state for state, _ in objectives(outcome.place).values()} <= {"complete", "pruned"}


@pytest.mark.slow
def test_memory_changes_no_number(stores, finished, monkeypatch):
    _, whole, _ = finished
    sizes = breaking(monkeypatch, lambda s: len(s.trials) > 1, MemoryError())
    outcome = sweep(stores, ONE_VARIANT)
    assert objectives(outcome.place) == of_variant(objectives(whole.place), "tanh")
    assert {1, 2} <= set(sizes)


@pytest.mark.slow
def test_too_many_failures_end_the_sweep_and_it_continues(stores, monkeypatch):
    changes = {**ONE_PACK, "execution.max_failed": 1}
    with monkeypatch.context() as patch:
        breaking(patch, lambda _: True, ValueError("boom"))
        with pytest.raises(TooManyFailuresError, match=r"allows \(1\); the last: .*boom"):
            sweep(stores, changes)
    outcome = sweep(stores, changes)
    assert {state for state, _ in objectives(outcome.place).values()} <= {"complete", "pruned"}
    assert not any("given_up" in run.data.tags for run in by_name(outcome.place).values())


def test_a_sweep_that_another_driver_has_taken_over_ends_while_replicates_train(
    stores, monkeypatch
):
    """A database that restarts forgets its locks."""
    real = driver.Driver.replicate

    def replicate(self):
        def taken():
            raise SweepHeldError("process 7")

        monkeypatch.setattr(self.held, "still_held", taken)
        return real(self)

    monkeypatch.setattr(driver.Driver, "replicate", replicate)
    with pytest.raises(SweepHeldError, match="process 7"):
        sweep(stores, ONE_PACK)


def test_a_full_disk_is_no_trials_fault(stores, monkeypatch):
    with monkeypatch.context() as patch:
        breaking(patch, lambda _: True, OSError(28, "No space left on device"))
        with pytest.raises(ServiceLostError, match="No space left on device"):
            sweep(stores, ONE_PACK)
    outcome = sweep(stores, ONE_PACK)
    assert {state for state, _ in objectives(outcome.place).values()} <= {"complete", "pruned"}


def test_a_crew_without_a_worker_at_the_moment_ends_no_search(stores, monkeypatch):
    """The last worker is lost, its pack given up, and the next worker has not answered yet."""
    monkeypatch.setattr(executors.LocalExecutor, "places", property(lambda _: 0))
    outcome = sweep(stores, ONE_PACK)
    assert len(objectives(outcome.place)) == 4


@pytest.mark.slow
def test_a_sweep_goes_on_from_its_checkpoints(stores, monkeypatch):
    """A pack whose worker fails after its training is not trained again."""
    done, real = [], worker.fit_pack

    def fit_pack(spec, *rest):
        result = real(spec, *rest)
        done.append(result.model_updates)
        if len(done) == 1:
            raise OSError(28, "No space left on device")
        return result

    monkeypatch.setattr(worker, "fit_pack", fit_pack)
    with pytest.raises(ServiceLostError):
        sweep(stores, ONE_PACK)
    assert list((stores / "checkpoints").glob("*/*.checkpoint"))
    sweep(stores, ONE_PACK)
    assert done[1] == 0
    assert not (stores / "checkpoints").exists()
