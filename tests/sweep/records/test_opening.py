"""A sweep whose driver was killed just after the creation of its run."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from kills import KilledError
from mlflow import MlflowClient
from rich.console import Console
from sweep_builders import all_runs, config, on_torch, store_uri

from glorot_sweep.errors import ServiceLostError, SweepHeldError, UserError
from glorot_sweep.host.process import Process, this_process
from glorot_sweep.host.provenance import Provenance
from glorot_sweep.parts.plugin import OF_FILES, Plugin
from glorot_sweep.report.collect import collect
from glorot_sweep.sweep import work
from glorot_sweep.sweep.records import opening
from glorot_sweep.sweep.records.beginning import Sources, store
from glorot_sweep.sweep.records.identity import identity_of
from glorot_sweep.sweep.records.opening import is_complete, open_sweep
from glorot_sweep.sweep.repair import run_repair
from glorot_sweep.sweep.work import Work
from glorot_sweep.tracking import lease
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.records import find_runs, get_run, read_text
from glorot_sweep.tracking.runs import RunStore, RunWriter
from glorot_sweep.tracking.schema.driving import Holder, Leased
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind
from glorot_sweep.tracking.sweeps import find_sweep, read_config, read_identity

DIGESTS = {"shapeset": "a digest"}
MADE_WITH = Provenance("c0de", {"torch": "2.13.0"}, "a processor")


def opened(place, changes=None, digests=DIGESTS):
    settings = config(changes)
    with Lease("small") as held:
        return open_sweep(settings, "the file", digests, place, MADE_WITH, on_torch(settings), held)


def identity():
    return identity_of(config(), DIGESTS, MADE_WITH, on_torch(config())).stored()


def stored_file(place, sweep):
    record = get_run(place.client, sweep.run_id)
    return Path(urlsplit(record.artifact_uri).path) / Artifact.IDENTITY


def die(*_):
    raise KilledError


@pytest.fixture
def killed(place, monkeypatch):
    """The sweep's run has its tags and no artifact."""
    with monkeypatch.context() as patch:
        patch.setattr(RunWriter, "text", die)
        with pytest.raises(KilledError):
            opened(place)
    sweep = find_sweep(place, "small")
    assert not stored_file(place, sweep).exists()
    return sweep


@pytest.mark.slow
def test_the_same_command_stores_the_configuration_and_continues(place, killed):
    again = opened(place)
    assert (again.run.run_id, again.is_complete) == (killed.run_id, False)
    assert read_identity(place.client, killed) == identity()
    assert read_config(place, killed).hash() == config().hash()
    assert read_text(place.client, killed.run_id, Artifact.SWEEP_FILE) == "the file"


def test_the_source_of_every_plugin_is_kept(place):
    """Of a growth beside those before, whatever has become of the files by then."""
    run = RunStore(place.client, place.experiment_id).create("small", {})
    module = f"{OF_FILES}own"
    for growths, text in enumerate(("x = 1\n", "x = 2\r\n# Größe\n")):
        sources = Sources("the file", (Plugin("own.py", module, {module: text}),))
        store(run, identity_of(config(), DIGESTS, MADE_WITH, {}), sources, "1", growths)
    assert read_text(place.client, run.run_id, "plugins/own.py") == "x = 1\n"
    stored = Path(urlsplit(get_run(place.client, run.run_id).artifact_uri).path) / "plugins"
    assert (stored / "growth_1" / "own.py").read_bytes() == "x = 2\r\n# Größe\n".encode()


@pytest.mark.slow
@pytest.mark.parametrize("ended", [False, True])
def test_the_paper_may_change_at_any_time(place, ended, monkeypatch):
    """It changes no number; what the report is compared with is what the file says now."""
    monkeypatch.setattr(opening, "lacking", lambda *_: [])
    run = opened(place).run
    if ended:
        run.finish(State.COMPLETE)
    for paper in ("none", "glorot2010"):
        again = opened(place, {"paper": paper})
        assert (again.run.run_id, again.is_complete) == (run.run_id, ended)
        assert find_sweep(place, "small").paper == paper
        assert read_config(place, find_sweep(place, "small")).paper == paper
    assert read_identity(place.client, find_sweep(place, "small")) == identity()


@pytest.mark.slow
def test_so_does_it_if_the_file_is_torn(place):
    opened(place)
    sweep = find_sweep(place, "small")
    content = stored_file(place, sweep).read_text()
    stored_file(place, sweep).write_text(content[:50])
    opened(place)
    assert stored_file(place, sweep).read_text() == content


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "digests", "said"),
    [
        ({"seed": 4}, DIGESTS, r"another configuration(.|\n)*  config_hash: \w+ -> \w+\n"),
        (None, {"shapeset": "other"}, r"  data set shapeset: a digest -> other\n"),
    ],
)
def test_another_file_or_other_data_are_refused_by_the_runs_tags(
    place, killed, changes, digests, said
):
    with pytest.raises(UserError, match=said):
        opened(place, changes, digests)
    assert not stored_file(place, killed).exists()


def test_repair_and_report_say_what_to_do(place, stores, killed):
    said = r"'small' \(run \w+\) has no stored configuration: config/sweep\.json of the run \w+ "
    said += r"is missing.* command that started the sweep stores it again"
    storage = f"sqlite:///{stores / 'optuna.db'}"
    with pytest.raises(UserError, match=said):
        run_repair("small", store_uri(stores), "tests", storage, Console(quiet=True))
    with pytest.raises(UserError, match=r"'small' is unfinished .*with the command that started"):
        collect(place, "small")
    RunWriter(place.client, killed.run_id, 0).finish(State.COMPLETE)
    with pytest.raises(UserError, match=said):
        collect(place, "small")


def test_a_new_sweep_whose_artifacts_cannot_be_written_leaves_no_run(place, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(MlflowClient, "log_text", full)
    with pytest.raises(ServiceLostError, match=r"disk of the artifact store .* is full"):
        opened(place)
    assert place.client.search_runs([place.experiment_id]) == []


def created_twice(place, monkeypatch):
    """Let the reply to each creation of a run be lost once."""
    real = MlflowClient.create_run

    def create(self, *arguments, **keywords):
        real(self, *arguments, **keywords)
        return real(self, *arguments, **keywords)

    monkeypatch.setattr(MlflowClient, "create_run", create)


@pytest.mark.slow
def test_a_sweep_that_was_created_twice_is_one(place, monkeypatch):
    with monkeypatch.context() as patch:
        created_twice(place, patch)
        first = opened(place)
    assert [run.info.run_id for run in all_runs(place)] == [first.run.run_id]
    assert opened(place).run.run_id == first.run.run_id


@pytest.mark.slow
@pytest.mark.parametrize("stored", [0, 1])
def test_also_if_its_driver_was_killed_just_then(place, monkeypatch, stored):
    """The run that has the configuration is kept, whichever it is; then there is one."""
    with monkeypatch.context() as patch:
        created_twice(place, patch)
        patch.setattr(RunWriter, "text", die)
        patch.setattr(lease, "this_process", lambda: replace(this_process(), pid=2**22 + 1))
        with pytest.raises(KilledError):
            opened(place)
    runs = find_runs(place.client, [place.experiment_id], kind=Kind.SWEEP)
    assert len(runs) == 2
    RunWriter(place.client, runs[stored].run_id, 0).json(identity(), Artifact.IDENTITY)
    assert opened(place).run.run_id == runs[stored].run_id
    assert [run.info.run_id for run in all_runs(place)] == [runs[stored].run_id]


@pytest.mark.slow
def test_a_kill_between_the_last_tag_and_the_status_is_made_good(place, monkeypatch):
    monkeypatch.setattr(opening, "lacking", lambda *_: [])
    sweep = opened(place)
    sweep.run.tag({"state": "complete"})
    assert not is_complete(place, config())
    assert not opened(place).is_complete
    sweep.run.finish(State.COMPLETE)
    assert is_complete(place, config())


@pytest.mark.slow
def test_a_start_that_is_refused_deletes_no_own_run(place):
    """The older of two was deleted when the newer one was begun, and is restored."""
    older = opened(place).run
    place.client.delete_run(older.run_id)
    newer = opened(place, {"seed": 4}).run
    place.client.restore_run(older.run_id)
    with pytest.raises(UserError, match="another configuration"):
        opened(place, {"seed": 4})
    assert {run.info.run_id for run in all_runs(place)} == {older.run_id, newer.run_id}


def two_of_one_name(place):
    """A sweep whose own run was deleted, one begun anew, and the first one's run restored."""
    older = opened(place).run
    place.client.delete_run(older.run_id)
    newer = opened(place).run
    place.client.restore_run(older.run_id)
    return older, newer


def begin_trial(place, own):
    return RunStore(place.client, place.experiment_id).create(
        "t", {"kind": "trial", "sweep": "small", "sweep_run": own.run_id}
    )


@pytest.mark.slow
@pytest.mark.parametrize("older_ended", [False, True])
def test_of_two_sweeps_of_one_name_none_is_chosen(place, monkeypatch, older_ended):
    monkeypatch.setattr(opening, "lacking", lambda *_: [])
    older, newer = two_of_one_name(place)
    begin_trial(place, newer)
    if older_ended:  # its other runs, of an earlier version, name no own run
        older.finish(State.COMPLETE)
    else:
        begin_trial(place, older)
    before = [(run.info.run_id, dict(run.data.tags)) for run in all_runs(place)]
    with pytest.raises(UserError, match=f"2 sweeps 'small'.*{older.run_id}.* and {newer.run_id}"):
        opened(place)
    assert [(run.info.run_id, dict(run.data.tags)) for run in all_runs(place)] == before
    place.client.delete_run(older.run_id)
    assert opened(place).run.run_id == newer.run_id


@pytest.mark.slow
@pytest.mark.parametrize("kept", [0, 1])
def test_the_own_run_with_which_something_was_begun_counts(place, caplog, kept):
    own = two_of_one_name(place)
    trial = begin_trial(place, own[kept])
    assert opened(place).run.run_id == own[kept].run_id
    assert {run.info.run_id for run in all_runs(place)} == {own[kept].run_id, trial.run_id}
    (said,) = (record.getMessage() for record in caplog.records)
    assert f"{own[kept].run_id} counts, and {own[1 - kept].run_id}, with which nothing" in said


def test_a_sweep_whose_artifacts_cannot_be_written_does_not_stay_running(
    place, stores, monkeypatch
):
    settings = config()
    with Lease("small") as held:
        sweep = open_sweep(
            settings, "the file", DIGESTS, place, MADE_WITH, on_torch(settings), held
        )

        def closed(_run):
            raise UserError("the artifact store cannot be written")

        monkeypatch.setattr(work, "store_environment", closed)
        with pytest.raises(UserError, match="cannot be written"):
            Work(Mock(checkpoint_root=stores, digests={}), sweep, Mock(), Mock()).run()
    found = find_sweep(place, "small")
    assert (found.state, found.status) == (State.FAILED, Status.FAILED)


def test_a_sweep_that_was_taken_over_at_its_end_is_not_marked_complete(place, stores, monkeypatch):
    """The storage takes a moment to be closed; the lease is looked at again after it."""
    elsewhere = Holder("f00d", Process(7, "another-host", "b", "1"), 1)
    settings = config()
    with Lease("small") as held:
        sweep = open_sweep(
            settings, "the file", DIGESTS, place, MADE_WITH, on_torch(settings), held
        )
        means = Mock(
            storage=f"sqlite:///{stores / 'optuna.db'}", checkpoint_root=stores, digests={}
        )

        def taken_over(*_):
            sweep.run.tag(tags_of(Leased(holder=elsewhere, beat="1")))

        monkeypatch.setattr(Work, "_run", taken_over)
        with pytest.raises(SweepHeldError, match="process 7 on another-host"):
            Work(means, sweep, Mock(), Mock()).run()
    found = find_sweep(place, "small")
    assert (found.state, found.status) == (State.RUNNING, Status.RUNNING)
