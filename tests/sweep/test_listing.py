"""`list` and `status` say what is in the stores, and change nothing there."""

import io
import os
import shutil
import subprocess
import sys

import pytest
from rich.console import Console
from rich.table import Table
from stored_sweep import StoredSweep, copy_stores, storage_in
from sweep_builders import all_runs, place_in, store_uri

from glorot_sweep.config.sweep import hash_of
from glorot_sweep.errors import UserError
from glorot_sweep.host.process import Process, boot, host_name, start_of
from glorot_sweep.sweep.listing import show_sweeps
from glorot_sweep.sweep.status import show_status
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.tracking import heartbeat, lease, records
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.schema.driving import Holder, Leased
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.growths import Growths, Seen, StoredGrowth
from glorot_sweep.tracking.schema.names import Artifact, Tag
from glorot_sweep.tracking.schema.runs import BEGUN
from glorot_sweep.tracking.sweep_words import begun_at

pytestmark = pytest.mark.slow  # all of it looks at one whole sweep


class Recorder(Console):
    """Keeps the rows of the tables that are printed."""

    def print(self, shown, **options):
        if isinstance(shown, Table):
            self.rows = [[str(column.header) for column in shown.columns]]
            self.rows += map(list, zip(*(column.cells for column in shown.columns), strict=True))
        else:
            super().print(shown, **options)


def shown(show, *arguments):
    """What is printed: the rows of its table, and the other lines."""
    console = Recorder(file=io.StringIO(), width=160)
    console.rows = []
    show(*arguments, console)
    return console.rows, [line for line in console.file.getvalue().splitlines() if line.strip()]


def listed(folder, experiment="tests"):
    return shown(show_sweeps, store_uri(folder), experiment)


def status(folder, name="small", storage=None):
    arguments = (name, store_uri(folder), "tests", storage or storage_in(folder))
    return shown(show_status, *arguments)


def begun(sweep):
    return begun_at(get_run(sweep.place.client, sweep.run.run_id))


def test_an_experiment_without_sweeps_says_so(stores, place):
    StoredSweep(open_place(store_uri(stores), "another", create=True))
    assert listed(stores) == ([], [f"no sweep in experiment 'tests' in {store_uri(stores)}"])


def test_each_sweep_has_a_row_with_what_is_done_and_wanted(stores, place):
    first = StoredSweep(place, "tiny", {"search.trials": 4, "search.generation": 4})
    for state in ("complete", "pruned", "running", "killed"):
        first.make("trial", state)
    first.make("report", state="complete")
    second = StoredSweep(place, "tiny-2", {"variants": ["relu"]}, state="complete")
    second.make("replicate", state="complete")
    second.make("monitored", state="diverged")
    headings, *rows = listed(stores)[0]
    assert headings == ["sweep", "state", "data sets", "variants", "runs done", "begun"]
    assert rows == [
        ["tiny", "running", "shapeset", "tanh, tanh_n", "2 of up to 16", begun(first)],
        ["tiny-2", "complete", "shapeset", "relu", "2", begun(second)],
    ]
    named = f"experiment 'tests' in {store_uri(stores)}"
    assert listed(stores)[1] == [named, *place.ui_lines(place.sweeps_page)]  # as `make ui` reads it


def test_what_an_earlier_sweep_of_the_name_has_left_is_not_counted(stores, place):
    before = StoredSweep(place, "tiny")
    before.make("trial", "complete")
    place.client.delete_run(before.run.run_id)
    now = StoredSweep(place, "tiny")
    now.make("trial", "complete", trial=1)
    _, row = listed(stores)[0]
    assert row[4].startswith("1 of up to ")


def test_of_two_sweeps_of_one_name_both_are_shown(stores, place):
    """An own run was deleted, the sweep was begun anew, and the first one's run is restored."""
    older, newer = StoredSweep(place, "tiny"), StoredSweep(place, "tiny")
    for sweep, count in ((older, 1), (newer, 2)):
        for trial in range(count):
            sweep.make("trial", "complete", trial=trial).tag({Tag.SWEEP_RUN: sweep.run.run_id})
    StoredSweep(place, "tiny")  # a lost reply has left it
    assert [row[4][:1] for row in listed(stores)[0][1:]] == ["1", "2"]


def test_a_configuration_that_cannot_be_read_is_said_and_hides_no_other(stores, place):
    lost, other = StoredSweep(place, "lost"), StoredSweep(place, "other")
    stored = {"config": {**lost.config.identity(), "variants": ["swish"]}}
    lost.run.json(stored, Artifact.IDENTITY)
    lost.run.tag({Tag.CONFIG_HASH: hash_of(stored["config"])})
    rows, lines = listed(stores)
    assert rows[1] == ["lost", "running", "?", "?", "0", begun(lost)]
    assert rows[2][0] == other.name
    assert "the configuration of the sweep 'lost'" in lines[0]
    assert "unknown variant 'swish'" in lines[0]
    with pytest.raises(UserError, match=r"cannot be read by this version.*register the parts"):
        status(stores, "lost")


def test_artifacts_that_are_closed_are_said_and_hide_no_other(stores, place, monkeypatch):
    closed, other = StoredSweep(place, "closed"), StoredSweep(place, "other")
    for each in (closed, other):
        each.run.json({"config": each.config.identity()}, Artifact.IDENTITY)
        each.run.tag({Tag.CONFIG_HASH: hash_of(each.config.identity())})
    real = records.content_of

    def content_of(artifacts, path):
        if closed.run.run_id in artifacts.artifact_uri:
            raise PermissionError(13, "Permission denied", "closed")
        return real(artifacts, path)

    monkeypatch.setattr(records, "content_of", content_of)
    rows, lines = listed(stores)
    assert [row[:3] for row in rows[1:]] == [
        ["closed", "running", "?"],
        ["other", "running", "shapeset"],
    ]
    assert lines[0].startswith("the artifacts of the sweep 'closed': ")
    assert "Permission denied" in lines[0]


@pytest.fixture(scope="module")
def made(tmp_path_factory, empty_databases):
    """Stores with a sweep in its replicates: tanh has one winner, tanh_n two; for copies."""
    folder = tmp_path_factory.mktemp("made") / "stores"
    shutil.copytree(empty_databases, folder)
    place = place_in(folder)
    sweep = StoredSweep(place, changes={"monitored": {"learning_rates": [0.1], "updates": 10}})
    for variant in ("tanh", "tanh_n"):
        sweep.study(storage_in(folder), variant)
    for state, given_up in (("complete", False), ("pruned", False), ("failed", True)):
        sweep.make("trial", state, variant="tanh", given_up=given_up)
    for state in ("diverged", "killed", "running"):
        sweep.make("trial", state, variant="tanh_n")
    sweep.make("replicate", "complete", variant="tanh", role="table_depth+best_depth")
    sweep.make("replicate", "running", variant="tanh_n", role="best_depth")
    sweep.make("monitored", "complete")
    for run in all_runs(place):
        if run.data.tags["kind"] == "study":
            place.client.set_terminated(run.info.run_id, "FINISHED")
    return folder, sweep


@pytest.fixture
def half_done(stores, place, made):
    folder, sweep = made
    copy_stores(folder, stores)
    return sweep.copied_to(place)


def columns(running):
    return ["data set", "variant", "runs", "complete", "pruned", "diverged", "failed",
            running, "interrupted", "missing"]  # fmt: skip


def test_status_counts_each_study_by_what_became_of_its_runs(stores, half_done, place):
    with hold(storage_in(stores), "small", scope=place.scope):
        headings, *rows = status(stores)[0]
    assert headings == columns("in work")
    assert rows == [
        ["shapeset", "tanh", "trials", "1", "1", "0", "1", "0", "0", "3"],
        ["shapeset", "tanh", "replicates", "1", "0", "0", "0", "0", "0", "1"],
        ["shapeset", "tanh_n", "trials", "0", "0", "1", "0", "1", "1", "3"],
        ["shapeset", "tanh_n", "replicates", "0", "0", "0", "0", "1", "0", "3"],
        ["shapeset", "", "monitored", "1", "0", "0", "0", "0", "0", "1"],
    ]


def test_how_many_replicates_are_wanted_may_not_be_known_yet(stores, place):
    StoredSweep(place)
    StoredSweep(place, "flat", {"search.depth": {"low": 2, "high": 2}})
    assert [row[-1] for row in status(stores)[0][1:]] == ["6", "2 to 4"] * 2
    assert [row[-1] for row in status(stores, "flat")[0][1:]] == ["6", "2"] * 2


def test_status_names_the_driver_the_report_and_the_links(stores, half_done, place):
    head = f"sweep 'small': running, begun {begun(half_done)}, run {half_done.run.run_id}"
    with hold(storage_in(stores), "small", scope=place.scope):
        lines = status(stores)[1]
        assert lines[0] == head
        assert lines[1].startswith(f"driven by process {os.getpid()} on ")
    assert lines[2].startswith("no report yet")
    assert lines[3:] == place.ui_lines(place.sweeps_page)
    report = half_done.make("report", state="complete")
    lines = status(stores)[1]
    assert lines[1].startswith("no process drives it: one has left 2 runs that MLflow shows as RUN")
    assert lines[2].endswith(f": run {report.run_id}")


@pytest.fixture
def dead():
    """Who held the sweep: a process of this machine that has ended."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = start_of(child.pid)
    child.communicate(b"\n")
    return Holder("f00d", Process(child.pid, host_name(), boot(), started), 1)


@pytest.mark.parametrize("other", [False, True])
def test_what_a_dead_driver_has_left_is_not_in_work(
    stores, place, half_done, tmp_path, dead, other
):
    half_done.run.tag(tags_of(Leased(holder=dead, beat="8")))
    rows, lines = status(stores, storage=f"sqlite:///{tmp_path / 'o.db'}" if other else None)
    assert rows[0] == columns("left")
    assert lines[0].startswith("sweep 'small': left, begun ")
    assert lines[1] == (
        f"no process drives it: {dead} has ended without a word, and has left 2 runs that MLflow "
        "shows as RUNNING. The command that started the sweep trains each of them again, from "
        "where its pack was last saved, else from its beginning; `glorot-sweep repair "
        f"small{place_options(place)}` marks them as KILLED and trains nothing."
    )
    assert listed(stores)[0][1][1] == "left"


def test_a_dead_driver_may_have_left_no_network(stores, place, dead):
    StoredSweep(place).run.tag(tags_of(Leased(holder=dead, beat="8")))
    line = f"no process drives it: {dead} has ended without a word"
    assert status(stores)[1][1] == line


def test_of_a_sweep_at_rest_no_process_is_missed(stores, place):
    StoredSweep(place, state="complete")
    assert status(stores)[1][1] == "no process drives it"


def test_with_another_storage_no_driver_can_be_seen(stores, half_done, tmp_path):
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert status(stores, storage=other)[1][1].startswith(
        "whether a process drives it is not known: the sweep 'small' was begun with another"
    )
    assert not (tmp_path / "other.db").exists()


@pytest.mark.parametrize("other", [False, True])
def test_status_names_who_holds_the_lease_whatever_the_storage(
    stores, half_done, place, tmp_path, monkeypatch, other
):
    storage = f"sqlite:///{tmp_path / 'other.db'}" if other else None
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.1)
    with lease.Lease("small") as held:
        held.take(place.client, half_done.run.run_id)
        line = status(stores, storage=storage)[1][1]
    assert line.startswith(f"driven by process {os.getpid()} on ")
    assert not (tmp_path / "other.db").exists()


def test_status_says_that_a_holder_is_silent(stores, half_done, monkeypatch):
    monkeypatch.setattr(lease, "SILENCE_SECONDS", 0.0)
    elsewhere = Holder("f00d", Process(7, "another-host", "b", "1"), 1)
    half_done.run.tag(tags_of(Leased(holder=elsewhere, beat="8")))
    rows, lines = status(stores)
    assert rows[0] == columns("in work or left")
    assert lines[1].startswith("held by process 7 on another-host since 1970-01-01 ")
    assert lines[1].endswith("takes it over, and continues 2 runs that MLflow shows as RUNNING")


def test_both_name_a_sweep_that_is_partly_deleted(stores, place):
    StoredSweep(place, state="complete").run.tag(tags_of(BEGUN))
    assert listed(stores)[0][1][1] == "being deleted"
    assert status(stores)[1][0].startswith("sweep 'small': being deleted, ")


@pytest.mark.parametrize("show", [listed, status])
def test_a_missing_store_or_experiment_is_refused(show, stores, tmp_path):
    with pytest.raises(UserError, match="no tracking store"):
        show(tmp_path)
    with pytest.raises(UserError, match="no experiment 'tests'"):
        show(stores)


def test_an_unknown_sweep_is_refused_with_the_nearest_name(stores, place):
    StoredSweep(place, "tiny")
    with pytest.raises(UserError, match=r"no sweep 'tinny'.*did you mean 'tiny'"):
        status(stores, "tinny")


def test_nothing_is_changed(stores, half_done, place):
    before = [run.to_dictionary() for run in all_runs(place)]
    listed(stores)
    status(stores)
    assert [run.to_dictionary() for run in all_runs(place)] == before


def test_a_sweep_that_has_grown_says_when_and_by_what(stores, place):
    sweep = StoredSweep(place)
    sweep.run.json({"config": sweep.config.identity(), "digests": {}}, "config/growth_1/sweep.json")
    growth = StoredGrowth(1_700_000_000_000, "before", "now", Seen.NOTHING, ("seeds: 2 -> 3",))
    sweep.run.tag(tags_of(Growths(growths={"1": growth})))
    _, lines = status(stores)
    assert "grown on 2023-11-14 22:13 UTC: seeds: 2 -> 3" in lines
