"""`list`, `status`, `repair` and `delete` on the command line: questions, refusals, exit codes."""

import builtins
import io
import os
import pty

import pytest
from stored_sweep import StoredSweep, storage_in
from sweep_builders import all_runs
from sweep_fixtures import clean_process, place, stores

from glorot_sweep.cli import stores as store_commands
from glorot_sweep.cli import terminal
from glorot_sweep.errors import SWEEP_IS_HELD, USER_MISTAKE
from glorot_sweep.host.process import Process
from glorot_sweep.sweep import follow
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.tracking.schema.driving import Holder, Leased
from glorot_sweep.tracking.schema.fields import tags_of

__all__ = ["clean_process", "place", "stores"]


@pytest.fixture(autouse=True)
def here(clean_process, stores, monkeypatch):
    monkeypatch.chdir(stores)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "tests")


@pytest.fixture
def tiny(place, stores):
    sweep = StoredSweep(place, "tiny")
    sweep.study(storage_in(stores), "tanh")
    return sweep


@pytest.fixture
def answer(monkeypatch):
    """Lets a person sit at a terminal who gives an answer; returns what was asked."""
    asked = []

    def give(text):
        def read(question):
            asked.append(question)
            if text is None:
                raise EOFError
            return text

        monkeypatch.setattr(store_commands, "is_answering", lambda: True)
        monkeypatch.setattr(builtins, "input", read)
        return asked

    return give


@pytest.mark.slow
def test_list_and_status_show_the_sweep(command, tiny):
    code, text, _ = command("list")
    assert (code, "tiny" in text, "0 of up to 20" in text) == (0, True, True)
    code, text, _ = command("status", "tiny")
    assert (code, text.startswith("sweep 'tiny': running, begun ")) == (0, True)


def test_who_follows_a_sweep_ends_it_quietly(command, tiny, monkeypatch):
    tiny.run.tag(tags_of(Leased(holder=Holder("f00d", Process(7, "there", "b", "1"), 1), beat="1")))

    def interrupt(seconds):
        assert seconds == 2.5
        raise KeyboardInterrupt

    monkeypatch.setattr(follow.follow, "__kwdefaults__", {"clock": lambda: 0.0, "pause": interrupt})
    code, text, message = command("status", "tiny", "--follow", "--every", "2.5")
    assert (code, text.count("\n"), message) == (130, 1, "")
    assert "trials 0 of 12; replicates 0 of 4 to 8; 0 in work; no rate yet" in text


@pytest.mark.slow
@pytest.mark.parametrize("words", [["status"], ["repair"], ["delete", "--yes"], ["report"]])
@pytest.mark.parametrize(
    ("more", "part"),
    [
        (["tinny"], "did you mean 'tiny'"),
        (["tiny", "--experiment", "other"], "has no experiment 'other'"),
        (["tiny", "--tracking-uri", "sqlite:///none.db"], "there is no tracking store"),
        (["tiny", "--tracking-uri", "mlruns"], "file store"),
    ],
)
def test_a_wrong_name_store_or_experiment_is_one_message(command, tiny, place, words, more, part):
    code, text, message = command(*words, *more)
    assert (code, text) == (USER_MISTAKE, "")
    assert message.startswith("error: ")
    assert part in message
    assert len(all_runs(place)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("options", [["--storage", "optuna.db"], ["--checkpoints", "wall/x"]])
def test_a_wrong_place_of_the_rest_is_refused(command, tiny, place, stores, options):
    (stores / "wall").write_text("a file")
    assert command("delete", "tiny", "--yes", *options)[0] == USER_MISTAKE
    assert len(all_runs(place)) == 2


def test_without_a_terminal_nothing_is_deleted_unasked(command, tiny, place, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, text, message = command("delete", "tiny")
    assert (code, text) == (USER_MISTAKE, "")
    assert message == (
        "error: `delete tiny` asks before it deletes, and there is no terminal to answer at; say "
        "--yes to delete without being asked.\n"
    )
    assert len(all_runs(place)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("said", ["", "n", "no", "yess", None])
def test_what_is_no_yes_is_a_no(command, tiny, place, answer, said):
    asked = answer(said)
    code, text, _ = command("delete", "tiny")
    assert (code, asked) == (0, ["Delete all of this? [y/N] "])
    assert text.endswith("nothing was deleted\n")
    assert len(all_runs(place)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("said", ["y", " YES "])
def test_a_yes_deletes(command, tiny, place, answer, said):
    answer(said)
    code, text, _ = command("delete", "tiny")
    assert (code, "the sweep 'tiny' is deleted" in text) == (0, True)
    assert all_runs(place) == []


@pytest.mark.slow
def test_yes_on_the_command_line_is_not_asked(command, tiny, place, answer):
    asked = answer("n")
    assert command("delete", "tiny", "--yes")[0] == 0
    assert asked == []
    assert all_runs(place) == []


@pytest.mark.slow
def test_a_lost_storage_must_be_said(command, tiny, place):
    lost = ("--storage", "sqlite:///new.db")
    code, _, message = command("delete", "tiny", "--yes", *lost)
    assert (code, "begun with another Optuna storage" in message) == (USER_MISTAKE, True)
    assert command("delete", "tiny", "--yes", *lost, "--lost-storage")[0] == 0
    assert all_runs(place) == []


def test_a_driven_sweep_is_refused_with_its_holder(command, tiny, place, stores):
    with hold(storage_in(stores), "tiny", scope=place.scope):
        code, _, message = command("delete", "tiny", "--yes")
    assert code == SWEEP_IS_HELD
    assert f"'tiny' is being driven by process {os.getpid()} on " in message
    assert len(all_runs(place)) == 2


def test_a_terminal_is_one_on_both_ends(monkeypatch):
    ends = pty.openpty()
    with os.fdopen(ends[0], "rb", 0), os.fdopen(ends[1], "w") as seat:
        monkeypatch.setattr("sys.stdin", seat)
        monkeypatch.setattr("sys.stdout", seat)
        assert terminal.is_answering()
        for end in ("sys.stdin", "sys.stdout"):
            with monkeypatch.context() as patch:
                patch.setattr(end, io.StringIO())
                assert not terminal.is_answering()
