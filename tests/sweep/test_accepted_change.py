"""A sweep that goes on with other libraries, by consent: nothing of before is in what is made."""

from dataclasses import replace
from pathlib import Path

import optuna
import pytest
from rich.console import Console
from small_sweep import LONG, ONE_PACK, StopOnceSaved, options, sweep
from sweep_builders import by_name, small_dataset

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.errors import StopRequested
from glorot_sweep.host.provenance import library_versions
from glorot_sweep.sweep.execution.devices import LocalDevices
from glorot_sweep.sweep.job import run_sweep


class StopAfterOnePack(LocalDevices):
    """This process, which is told to stop when its first pack has ended."""

    def open(self, *arguments):
        executor = super().open(*arguments)
        wait = executor.wait

        def stopping():
            if executor.has_ended_one:
                raise StopRequested(15)
            executor.has_ended_one = True
            return wait()

        executor.wait, executor.has_ended_one = stopping, False
        return executor


def go_on(folder: Path, **changes):
    given = {"datasets": {"shapeset": small_dataset()}, "register": lambda *_: None}
    file = read_sweep_file(folder / "small.yaml")
    return run_sweep(file, replace(options(folder), **changes), Console(quiet=True), **given)


def trials(place):
    return {name: run for name, run in by_name(place).items() if run.data.tags["kind"] == "trial"}


@pytest.mark.slow
def test_what_has_ended_stays_as_it_is_and_the_rest_is_trained_anew(stores, place, monkeypatch):
    """Of one generation one pack has ended, and Optuna was told of none."""
    with pytest.raises(StopRequested):
        sweep(stores, {**ONE_PACK, "execution.pack_size": 2}, devices=StopAfterOnePack())
    before = trials(place)
    assert set(before) == {"tanh-shapeset-t000", "tanh-shapeset-t001"}
    for run in before.values():  # what other code would not make
        place.client.log_metric(run.info.run_id, "objective", 7.0, step=0)
    before = trials(place)
    other = {**library_versions(), "torch": "1.0.0"}
    monkeypatch.setattr("glorot_sweep.host.provenance.library_versions", lambda: other)
    go_on(stores, accept_changed_code=True)
    after = trials(place)
    assert len(after) == 4
    assert {name for name, run in after.items() if "accepted_change" not in run.data.tags} == set(
        before
    )
    for name, run in before.items():
        assert after[name].data.to_dictionary() == run.data.to_dictionary()
        assert after[name].info.end_time == run.info.end_time
    storage = optuna.storages.RDBStorage(f"sqlite:///{stores / 'optuna.db'}")
    (study,) = storage.get_all_studies()
    values = [trial.value for trial in storage.get_all_trials(study._study_id)]
    assert values == [after[name].data.metrics["objective"] for name in sorted(after)]


@pytest.mark.slow
@pytest.mark.parametrize("changed", [True, False])
def test_no_checkpoint_of_other_libraries_is_gone_on_from(stores, monkeypatch, caplog, changed):
    caplog.set_level("WARNING", "glorot_sweep")
    with pytest.raises(StopRequested):
        sweep(stores, LONG, stop=StopOnceSaved(stores))
    if changed:
        other = {**library_versions(), "torch": "1.0.0"}
        monkeypatch.setattr("glorot_sweep.host.provenance.library_versions", lambda: other)
    go_on(stores, accept_changed_code=True)
    said = [one for one in caplog.messages if "cannot be used: it was made otherwise" in one]
    assert bool(said) == changed
    assert all("-> 1.0.0. Its trials begin anew" in one for one in said)
