"""Of stores that cannot be written one can see everything, and change nothing."""

import io

import pytest
from rich.console import Console
from rights import KINDS, as_others, read_only
from stored_sweep import StoredSweep, storage_in
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.deletion import Stores, delete_sweep
from glorot_sweep.sweep.listing import show_sweeps
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.status import show_status


@pytest.fixture
def sweep(stores, place):
    """One whose driver died."""
    made = StoredSweep(place)
    made.study(storage_in(stores), "tanh")
    made.make("trial", "running")
    return made


def shown(show, *arguments):
    console = Console(file=io.StringIO(), width=160)
    show(*arguments, console)
    return console.file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_list_and_status_show_it(stores, sweep, kind):
    uri = store_uri(stores)
    with read_only(stores, kind):
        listed = as_others(lambda: shown(show_sweeps, uri, "tests"))
        status = as_others(lambda: shown(show_status, "small", uri, "tests", storage_in(stores)))
    assert "\nsmall " in listed
    assert "no process drives it: one has left 1 run " in status


@pytest.mark.slow
@pytest.mark.parametrize("also", ["optuna.db", None])
def test_repair_and_delete_refuse_before_they_ask(stores, sweep, place, tmp_path, also):
    storage = storage_in(stores if also else tmp_path)
    uri = store_uri(stores)
    where = Stores(uri, "tests", storage, True, None)

    def repair():
        run_repair("small", uri, "tests", storage, Console(quiet=True))

    def delete():
        delete_sweep("small", where, Console(quiet=True), lambda: pytest.fail("asked"))

    with read_only(stores, "both"):
        for change in (repair, delete):
            with pytest.raises(UserError, match=f"{also or 'mlflow.db'} cannot be written"):
                as_others(change)
    assert not (tmp_path / "optuna.db").exists()
