"""Whatever is damaged in a store, each command that reads it ends well or in one message."""

import io
import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_builders import finished_sweep, init_study
from rich.console import Console
from stored_sweep import StoredSweep, storage_in
from sweep_builders import config, place_in, store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report import compiled
from glorot_sweep.report.job import run_report
from glorot_sweep.report.verify import run_verify
from glorot_sweep.sweep.deletion import Stores, delete_sweep
from glorot_sweep.sweep.listing import show_sweeps
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.status import show_status
from glorot_sweep.tracking.outage import is_outage

from .damage import Damaged

MANY = int(os.environ.get("GLOROT_SWEEP_DAMAGED_STORES", "10"))  # each takes some two seconds
ANY = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory, empty_databases):
    """A finished sweep with monitored runs and a study of initial weights, and one in work."""
    folder = tmp_path_factory.mktemp("damaged") / "stores"
    shutil.copytree(empty_databases, folder)
    place = place_in(folder)
    finished_sweep(place, config({"monitored": {"updates": 40}}))
    init_study(place)
    begun = StoredSweep(place, "begun")
    begun.study(storage_in(folder), "tanh")
    begun.make("trial", "complete", variant="tanh", key="tanh-shapeset-t000", objective=50.0)
    return Damaged(folder)


def quiet():
    return Console(file=io.StringIO(), width=120)


def commands(folder):
    """The commands that read a store, on both of its sweeps."""
    uri, storage = store_uri(folder), storage_in(folder)
    place = place_in(folder)
    yield lambda: run_report(place, "small", PAPER, quiet())
    yield lambda: run_verify(place, ["small"], PAPER, None, quiet(), None)
    yield lambda: show_sweeps(uri, "tests", quiet())
    for name in ("small", "begun"):
        where = Stores(uri, "tests", storage)
        yield lambda name=name: show_status(name, uri, "tests", storage, quiet())
        yield lambda name=name: run_repair(name, uri, "tests", storage, quiet())
        yield lambda name=name, where=where: delete_sweep(name, where, quiet(), lambda: False)


def assert_each_ends_well_or_in_one_message(folder):
    for command in commands(folder):
        try:
            command()
        except UserError as error:
            assert len(str(error)) < 2000  # noqa: PT017
        except Exception as error:
            if not is_outage(error):
                raise


def strike_and_read(whole, data):
    try:
        whole.strike(data)
        assert_each_ends_well_or_in_one_message(whole.folder)
    finally:
        whole.mend()


@pytest.mark.slow
def test_nothing_is_wrong_with_the_whole_one(whole, monkeypatch):
    monkeypatch.setattr(compiled, "draw_all", lambda *_: [])
    try:
        for command in commands(whole.folder):
            command()
    finally:
        whole.mend()


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=MANY, **ANY)
def test_many_times_one_thing_is_damaged(whole, data, monkeypatch):
    monkeypatch.setattr(compiled, "draw_all", lambda *_: [])
    strike_and_read(whole, data)


@pytest.mark.slow
@pytest.mark.usefixtures("unrendered")
@given(data=st.data())
@settings(max_examples=10, **ANY)
def test_figures_of_a_damaged_store_are_drawn_or_say_why_not(whole, data):
    strike_and_read(whole, data)
