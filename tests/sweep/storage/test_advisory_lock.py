"""Who holds a sweep in PostgreSQL: the lock's logic, on a made-up server."""

import itertools
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from glorot_sweep.errors import SweepHeldError
from glorot_sweep.sweep.storage import advisory_lock
from glorot_sweep.sweep.storage.advisory_lock import TAKEOVER_TRIES, AdvisoryLock
from glorot_sweep.sweep.storage.patience import Patience

URI = "postgresql+psycopg://ann@host/studies"


def outage():
    return OperationalError("SELECT 1", {}, Exception("server closed the connection"))


class Server:
    """Knows its sessions and who holds which lock; hears of a lost connection late or at once.

    Attributes:
        notices: a session whose client is gone ends at once.
        is_deaf: it ends no session that it is told to end.
        refusals: errors of the next attempts to connect.
    """

    def __init__(self):
        self.sessions, self.locks, self.numbers = {}, {}, itertools.count(100)
        self.notices, self.is_deaf, self.schema, self.refusals = True, False, "public", []
        self.ended = []

    def connect(self, name="glorot_sweep driver 7@here"):
        if self.refusals:
            raise self.refusals.pop(0)
        return Connection(self, name)

    def end(self, pid):
        if not self.is_deaf:
            self.sessions.pop(pid, None)
            self.locks = {key: holder for key, holder in self.locks.items() if holder != pid}


class Connection:
    """What the lock asks of a connection."""

    def __init__(self, server, name):
        self.server, self.pid, self.is_lost = server, next(server.numbers), False
        server.sessions[self.pid] = (self.pid, f"started {self.pid}", name)

    def scalar(self, statement, parameters=None):
        if "current_schema" in str(statement):
            return self.server.schema
        assert "pg_try_advisory_lock" in str(statement)
        return self.server.locks.setdefault(parameters["key"], self.pid) == self.pid

    def execute(self, statement, parameters=None):
        if self.is_lost:
            raise outage()
        if statement is advisory_lock.HOLDER:
            holder = self.server.sessions.get(self.server.locks.get(parameters["key"]))
            return SimpleNamespace(one_or_none=lambda: holder)
        if statement is advisory_lock.END:
            self.server.ended.append(parameters["pid"])
            self.server.end(parameters["pid"])
        mine = self.server.sessions[self.pid][:2]
        return SimpleNamespace(one=lambda: mine)

    def lose(self):
        """The network fails, or the server restarts."""
        self.is_lost = True
        if self.server.notices:
            self.server.end(self.pid)

    def invalidate(self):
        pass

    def close(self):
        if not self.is_lost:
            self.server.end(self.pid)


class Driver:
    """A process that wants to drive a sweep; `opened` are its connections, the newest last."""

    def __init__(self, server, sweep="small", name="glorot_sweep driver 7@here"):
        self.opened, self.slept = [], []
        patience = Patience(clock=lambda: sum(self.slept), sleep=self.slept.append)

        def connect(uri):
            assert uri == URI
            self.opened.append(server.connect(name))
            return self.opened[-1]

        self.lock = AdvisoryLock(URI, sweep, patience, connect)


@pytest.fixture
def server():
    return Server()


def test_the_second_is_refused_and_told_who_holds_it_until_that_gives_it_back(server):
    first, second = Driver(server), Driver(server, name="glorot_sweep driver 8@there")
    with first.lock:
        with pytest.raises(SweepHeldError, match=r"'small' .* by process 7 on here"):
            second.lock.__enter__()
        assert len(server.sessions) == 1  # the refused one has gone
    with second.lock, pytest.raises(SweepHeldError, match="by process 8 on there"):
        first.lock.__enter__()
    assert (server.sessions, server.ended) == ({}, [])


def test_a_holder_with_a_name_of_another_kind_is_another_process(server):
    with Driver(server, name="psql").lock, pytest.raises(SweepHeldError, match="another process"):
        Driver(server).lock.__enter__()


def test_a_holder_that_goes_while_it_is_looked_for_is_another_process(server):
    first = Driver(server)
    with first.lock:
        server.sessions.clear()  # between the attempt to lock and the question who does
        with pytest.raises(SweepHeldError, match="another process"):
            Driver(server).lock.__enter__()


def test_while_the_connection_lives_no_other_is_opened(server):
    driver = Driver(server)
    with driver.lock:
        for _ in range(5):
            driver.lock.still_held()
    assert len(driver.opened) == 1


def test_after_a_restart_of_the_server_the_lock_is_taken_anew(server):
    driver = Driver(server)
    with driver.lock:
        driver.opened[-1].lose()
        driver.lock.still_held()
        assert len(driver.opened) == 2
        with pytest.raises(SweepHeldError):
            Driver(server).lock.__enter__()
    assert server.ended == []


def test_a_lost_connection_of_ones_own_that_the_server_still_serves_is_ended(server):
    server.notices = False
    driver = Driver(server)
    with driver.lock:
        lost = driver.opened[-1]
        lost.lose()
        driver.lock.still_held()
        assert server.ended == [lost.pid]
        assert set(server.locks.values()) == {driver.opened[-1].pid}


def test_a_lost_connection_that_cannot_be_ended_gives_the_sweep_up(server):
    server.notices, server.is_deaf = False, True
    driver = Driver(server)
    driver.lock.__enter__()
    driver.opened[-1].lose()
    with pytest.raises(SweepHeldError, match="process 7 on here"):
        driver.lock.still_held()
    assert len(server.ended) == TAKEOVER_TRIES


def test_who_took_over_during_an_outage_keeps_it(server):
    driver, other = Driver(server), Driver(server, name="glorot_sweep driver 8@there")
    driver.lock.__enter__()
    driver.opened[-1].lose()
    with other.lock:
        with pytest.raises(SweepHeldError, match="process 8 on there"):
            driver.lock.still_held()
        assert server.ended == []  # nobody ends the connection of another


def test_a_session_of_the_same_number_that_began_later_is_anothers(server):
    """After a restart the server may give the number again."""
    server.notices = False
    driver = Driver(server)
    driver.lock.__enter__()
    lost = driver.opened[-1]
    lost.lose()
    server.sessions[lost.pid] = (lost.pid, "started later", "glorot_sweep driver 8@there")
    with pytest.raises(SweepHeldError, match="process 8 on there"):
        driver.lock.still_held()
    assert server.ended == []


def test_an_outage_is_waited_for(server):
    server.refusals = [outage(), outage()]
    driver = Driver(server)
    with driver.lock:
        assert sum(driver.slept) == 0.5 + 1
        driver.opened[-1].lose()
        server.refusals = [outage()]
        driver.lock.still_held()
    assert sum(driver.slept) == 0.5 + 1 + 0.5


def test_a_mistake_is_not(server):
    server.refusals = [ProgrammingError("SELECT", {}, Exception("permission denied"))]
    driver = Driver(server)
    with pytest.raises(ProgrammingError):
        driver.lock.__enter__()
    assert driver.slept == []


def test_other_sweeps_and_other_schemas_are_free(server):
    with Driver(server).lock, Driver(server, "other").lock:
        server.schema = "second"
        with Driver(server).lock:
            assert len(server.locks) == 3
