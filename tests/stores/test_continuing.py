"""Sweeps that the version before has begun: reported as they are, continued if that is accepted."""

import pytest
from rich.console import Console
from store_rows import rows_of_runs

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.errors import UserError
from glorot_sweep.host.processor import device_type
from glorot_sweep.report.collect import collect
from glorot_sweep.sweep.job import SweepOptions, run_sweep
from glorot_sweep.tracking.records import find_runs

from .unpacking import OldStore

MADE_ON = "AMD EPYC (AuthenticAMD, family 25, model 17), AVX512"


def go_on(store: OldStore, *, accept: bool):
    options = SweepOptions(store.uri, None, store.storage, accept_changed_code=accept)
    return run_sweep(read_sweep_file(store.folder / "micro.yaml"), options, Console(quiet=True))


def test_a_finished_one_is_complete_for_any_code(finished):
    before = rows_of_runs(finished.folder)
    assert go_on(finished, accept=False).was_complete
    assert rows_of_runs(finished.folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stopped", "killed"])
def test_an_unfinished_one_is_refused_by_name_and_left_as_it_is(name, request):
    store = request.getfixturevalue(name)
    before = rows_of_runs(store.folder)
    with pytest.raises(UserError, match=r"code: \w+ of an earlier version") as caught:
        go_on(store, accept=False)
    assert "--accept-changed-code" in str(caught.value)
    assert rows_of_runs(store.folder) == before
    assert (store.folder / "checkpoints").is_dir()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["stopped", "killed"])
def test_with_the_flag_it_ends_and_every_later_run_says_so(name, request):
    store = request.getfixturevalue(name)
    place = store.place()
    before = {run.run_id for run in find_runs(place.client, [place.experiment_id])}
    assert not go_on(store, accept=True).was_complete
    collected = collect(place, "micro")
    assert {cell.errors.shape for cell in collected.cells.values()} == {(2,)}
    made = [run for run in collected.replicates if run.run_id not in before]
    assert made
    for run in made:
        assert "of an earlier version" in run.accepted_change
    ended = [run for run in collected.trials if run.run_id in before]
    assert len(ended) == (4 if name == "stopped" else 0)
    assert {run.accepted_change for run in ended} <= {None}
    assert go_on(store, accept=False).was_complete


@pytest.mark.slow
@pytest.mark.skipif(device_type() != MADE_ON, reason=f"the stores were made on {MADE_ON}")
def test_what_both_versions_train_is_the_same_to_the_last_bit(stopped, finished):
    """As long as nothing that decides numbers has really changed, the flag mixes nothing."""
    expected = collect(finished.place(), "micro").cells
    go_on(stopped, accept=True)
    for key, cell in collect(stopped.place(), "micro").cells.items():
        assert cell.errors.tolist() == expected[key].errors.tolist()
