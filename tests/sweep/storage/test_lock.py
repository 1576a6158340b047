"""One driver per sweep: the lock of a storage that is a file."""

import fcntl
import os
import subprocess
import sys
import textwrap
import threading

import pytest

from glorot_sweep.errors import SweepHeldError
from glorot_sweep.host.file_lock import one_at_a_time
from glorot_sweep.sweep.storage.database import open_storage
from glorot_sweep.sweep.storage.lock import creating, creation_lock, hold, holder, lock_path


@pytest.fixture
def database(tmp_path):
    return f"sqlite:///{tmp_path / 'optuna.db'}"


def test_a_second_driver_is_refused_and_named_until_the_first_has_ended(database):
    with hold(database, "small") as held:
        held.still_held()
        with pytest.raises(SweepHeldError, match=rf"'small' .* process {os.getpid()} on \S+\. "):
            hold(database, "small").__enter__()
        held.still_held()
    with hold(database, "small"):
        pass


def test_other_sweeps_and_other_storages_are_free(database):
    with hold(database, "small"), hold(database, "other"), hold(f"{database}2", "small"):
        pass
    places = {lock_path(f"mysql+x://h/{name}", "small") for name in "ab"}
    assert len(places) == 2


def test_a_sweep_of_the_same_name_in_another_experiment_is_free(database):
    with hold(database, "small", scope="one"), hold(database, "small", scope="two"):
        assert holder(database, "small", "one").startswith(f"process {os.getpid()} on ")
        assert holder(database, "small", "three") is None
        with pytest.raises(SweepHeldError):
            hold(database, "small", scope="one").__enter__()


def test_symbolic_links_lead_to_one_lock(database, tmp_path):
    (tmp_path / "folder").symlink_to(tmp_path)
    (tmp_path / "optuna.db").touch()
    (tmp_path / "linked.db").symlink_to(tmp_path / "optuna.db")
    with hold(database, "small"):
        for name in ("folder/optuna.db", "linked.db"):
            with pytest.raises(SweepHeldError):
                hold(f"sqlite:///{tmp_path / name}", "small").__enter__()


def test_a_lock_file_that_says_nothing_names_another_process(database):
    with hold(database, "small"):
        lock_path(database, "small").write_text("half a li")
        with pytest.raises(SweepHeldError, match="driven by another process"):
            hold(database, "small").__enter__()


@pytest.mark.slow
def test_the_lock_ends_with_its_process(database):
    program = f"""
        from glorot_sweep.sweep.storage.lock import hold
        hold({database!r}, "small").__enter__()
        print("held", flush=True)
        input()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    with hold(database, "small"):
        pass


def test_creating_is_no_sweeps_lock_and_lets_one_in_at_a_time(database):
    with hold(database, "creation"), creating(database):
        script = f"""
            import fcntl
            file = open({str(creation_lock(database))!r})
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        """
        command = [sys.executable, "-c", textwrap.dedent(script)]
        assert subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 1
    assert subprocess.run(command, check=False).returncode == 0


@pytest.mark.parametrize("name", [".optuna.db.creation.lock", "optuna.db..creation.lock"])
@pytest.mark.parametrize("content", ["", '{"pid": 1, "host": "h"}'])
def test_a_lock_file_that_is_left_keeps_nobody_from_creating(database, tmp_path, name, content):
    """The second name is that of earlier versions."""
    (tmp_path / name).write_text(content)
    (tmp_path / name).chmod(0o444)
    opened = open_storage(database)
    opened.engine.dispose()
    assert {path.name for path in tmp_path.iterdir()} == {
        "optuna.db", ".optuna.db.creation.lock", name
    }  # fmt: skip


def test_a_lock_file_of_another_user_can_be_waited_for(tmp_path, monkeypatch):
    """One that may only be read: a lock needs no more."""
    real, asked = os.open, []

    def only_reading(path, flags, *mode):
        asked.append(flags)
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *mode)

    (tmp_path / "x.lock").touch()
    monkeypatch.setattr(os, "open", only_reading)
    other = (tmp_path / "x.lock").open()
    with one_at_a_time(tmp_path / "x.lock"), pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    other.close()
    assert len(asked) > 1


def test_who_holds_a_sweep_is_said_without_holding_it(database, tmp_path):
    assert holder(database, "small") is None
    assert list(tmp_path.iterdir()) == []
    with hold(database, "small"):
        assert holder(database, "small").startswith(f"process {os.getpid()} on ")
        assert holder(database, "other") is None
    assert holder(database, "small") is None
    with hold(database, "small"):
        pass


def test_a_look_at_a_lock_keeps_no_driver_from_it(database):
    with hold(database, "small"):
        pass
    looking = lock_path(database, "small").open()
    fcntl.flock(looking, fcntl.LOCK_SH)
    timer = threading.Timer(0.03, looking.close)
    timer.start()
    with hold(database, "small"):
        pass
    timer.join()
