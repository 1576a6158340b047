"""Patience retries what passes by itself, for a bounded time, and nothing else."""

import itertools
import sqlite3

import pytest
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, ProgrammingError

from glorot_sweep.cli import app as cli
from glorot_sweep.errors import ServiceLostError, StopRequested
from glorot_sweep.sweep.storage.patience import Patience, is_storage_outage, storage_failure


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now, self.slept = 100.0, []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        self.slept.append(seconds)


@pytest.fixture
def time():
    return Time()


def database_error(kind=OperationalError, text="server closed the connection", **attributes):
    original = Exception(text)
    for name, value in attributes.items():
        setattr(original, name, value)
    return kind("SELECT 1", {}, original)


def optunas(error):
    """The error as Optuna raises it."""
    try:
        raise StorageInternalError("An exception is raised during the commit.") from error
    except StorageInternalError as raised:
        return raised


class Outage:
    """A call that fails so many times."""

    def __init__(self, times, error=None):
        self.left, self.tries, self.error = times, 0, error or optunas(database_error())

    def __call__(self):
        self.tries += 1
        if self.left > 0:
            self.left -= 1
            raise self.error
        return "answer"


def test_a_call_is_made_again_until_it_answers(time):
    call = Outage(4)
    assert Patience(300, clock=time.clock, sleep=time.sleep)(call) == "answer"
    assert call.tries == 5
    assert time.now == 100 + 0.5 + 1 + 2 + 4  # each pause is twice the one before


def test_a_pause_is_never_longer_than_ten_seconds_and_the_bound_is_kept(time):
    tries = []

    def call():
        tries.append(time.now)
        raise optunas(database_error())

    with pytest.raises(ServiceLostError, match=r"away for 300 s .*server closed.*same command"):
        Patience(300, clock=time.clock, sleep=time.sleep)(call)
    pauses = [b - a for a, b in itertools.pairwise(tries)]
    assert pauses[:6] == [0.5, 1, 2, 4, 8, 10]
    assert max(pauses) == 10
    assert time.now == 100 + 300  # the last try is at the bound


def test_the_bound_counts_from_the_first_failure_of_each_call(time):
    patience = Patience(20, clock=time.clock, sleep=time.sleep)
    for _ in range(5):
        assert patience(Outage(4)) == "answer"  # 7.5 s each


def test_a_stop_signal_is_noticed_within_half_a_second_and_before_the_next_try(time):
    call = Outage(10)

    def check():
        if time.now >= 103.2:
            raise StopRequested(15)

    with pytest.raises(StopRequested):
        Patience(300, check, clock=time.clock, sleep=time.sleep)(call)
    assert time.now <= 103.7
    assert max(time.slept) <= 0.5
    assert call.tries == 3


def test_a_storage_that_answers_is_not_checked_or_waited_for(time):
    def check():
        raise AssertionError

    assert Patience(1, check, clock=time.clock, sleep=time.sleep)(Outage(0)) == "answer"
    assert time.slept == []


@pytest.mark.parametrize(
    "error",
    [
        StorageInternalError("no cause"),
        database_error(),
        database_error(InterfaceError, "connection already closed"),
        database_error(sqlstate="57P01", text="terminating connection"),
        database_error(sqlstate="57P03", text="the database system is starting up"),
        database_error(sqlstate="40P01", text="deadlock detected"),
        database_error(sqlstate="08006"),
        database_error(pgcode="53300", text="too many connections"),
        database_error(text="FATAL:  the database system is shutting down"),
        database_error(sqlite_errorname="SQLITE_BUSY", text="database is locked"),
    ],
)
def test_what_passes_by_itself_is_retried(time, error):
    for shape in (error, optunas(error)):
        if isinstance(error, StorageInternalError) and shape is not error:
            continue
        assert is_storage_outage(shape)
        assert Patience(clock=time.clock, sleep=time.sleep)(Outage(1, shape)) == "answer"


def test_a_lost_connection_is_an_outage_whatever_its_class():
    lost = database_error(ProgrammingError, "cannot proceed")
    assert not is_storage_outage(lost)
    lost.connection_invalidated = True
    assert is_storage_outage(lost)


@pytest.mark.parametrize(
    "error",
    [
        database_error(sqlstate="42501", text="permission denied for table trials"),
        database_error(sqlstate="28P01", text="password authentication failed"),
        database_error(sqlstate="53100", text="could not extend file: No space left on device"),
        database_error(ProgrammingError, "relation does not exist", sqlstate="42P01"),
        database_error(IntegrityError, "duplicate key", sqlstate="23505"),
        database_error(text='FATAL:  password authentication failed for user "ann"'),
        database_error(text='FATAL:  database "x" does not exist'),
        database_error(text="(1045, \"Access denied for user 'ann'\")"),
        database_error(sqlite_errorname="SQLITE_FULL", text="database or disk is full"),
        database_error(sqlite_errorname="SQLITE_READONLY", text="readonly database"),
        database_error(sqlite_errorname="SQLITE_ERROR", text="no such table: trials"),
        RuntimeError("a mistake of ours"),
        KeyError("key"),
    ],
)
def test_what_does_not_pass_is_raised_at_once(time, error):
    for shape in (error, optunas(error)):
        call = Outage(5, shape)
        with pytest.raises(type(shape)) as caught:
            Patience(clock=time.clock, sleep=time.sleep)(call)
        assert caught.value is shape
        assert (call.tries, time.slept) == (1, [])


def test_sqlite_names_its_errors_as_expected(tmp_path):
    first, second = (sqlite3.connect(tmp_path / "a.db", timeout=0) for _ in range(2))
    first.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError) as caught:
        second.execute("BEGIN EXCLUSIVE")
    assert caught.value.sqlite_errorname == "SQLITE_BUSY"
    assert is_storage_outage(OperationalError("BEGIN", {}, caught.value))
    first.close()
    second.close()


def test_the_cause_is_found_behind_an_error_raised_while_handling_it():
    """Optuna queries once more after a failure, in a transaction that is already broken."""
    broken = RuntimeError("the transaction must be rolled back")
    broken.__context__ = database_error()
    assert is_storage_outage(optunas(broken))


def test_the_command_line_ends_with_code_1_and_one_line(monkeypatch, capsys):
    def away():
        raise ServiceLostError("Optuna's storage has been away for 300 s")

    monkeypatch.setattr(cli, "app", away)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert capsys.readouterr().err == "error: Optuna's storage has been away for 300 s\n"


def test_a_full_disk_is_told_in_the_words_of_the_database():
    """Optuna's own say that a value may be too long."""
    error = StorageInternalError("exceeding max length")
    error.__cause__ = OperationalError("INSERT", {}, Exception("database or disk is full"))
    assert storage_failure(error) == "Optuna's storage has failed: database or disk is full"
    assert storage_failure(KeyError("a bug")) is None
