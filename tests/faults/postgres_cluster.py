"""A private PostgreSQL cluster on the loopback interface, for tests that stop and start it."""

import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
from typing import Self

import sqlalchemy
from free_ports import free_port
from sqlalchemy.pool import NullPool

BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")
ACCOUNT = "postgres"  # the server refuses to run as root
# The cluster is stopped hard and recovers, but the machine does not lose power: what the kernel
# has been given is written, and no start waits for the disk.
SETTINGS = ["listen_addresses=127.0.0.1", "lc_messages=C", "max_connections=40", "fsync=off"]

NAMES = (f"studies{n}" for n in itertools.count())  # of databases that no other test has


def missing() -> str | None:
    """Why no cluster can be started here, or None."""
    if not (BINARIES / "initdb").exists():
        return f"no PostgreSQL in {BINARIES}"
    if os.getuid() == 0 and shutil.which("runuser") is None:
        return "as root PostgreSQL needs runuser"
    return None


class Cluster:
    """Databases `mlflow` and `optuna` of the superuser `postgres`, and what the tests add."""

    def __init__(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="glorot_pg_"))
        self.port = free_port()

    def __enter__(self) -> Self:
        if os.getuid() == 0:
            shutil.chown(self.folder, ACCOUNT, ACCOUNT)
        secret = self.folder / "secret"
        secret.write_text("s3cret/word\n")
        secret.chmod(0o644)
        self._run("initdb", "--username", "postgres", "--pwfile", str(secret),
                  "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
                  "--no-sync")  # fmt: skip
        self.start()
        for name in ("mlflow", "optuna"):
            self.create(name)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BINARIES / program), "-D", str(self.folder / "base"), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", ACCOUNT, "--", *command]
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, timeout=90, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = [f"-c {setting}" for setting in (*SETTINGS, f"port={self.port}")]
        options.append(f"-c unix_socket_directories={self.folder}")
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", "60", "-l", log, "-o", " ".join(options), "start")

    def stop(self) -> None:
        """Stop as by kill -9: nothing is written down, the next start recovers from the log."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def outage(self, seconds: float) -> threading.Thread:
        """Stop now, and start again so many seconds later while the caller goes on."""
        self.stop()

        def later() -> None:
            time.sleep(seconds)
            self.start()

        thread = threading.Thread(target=later)
        thread.start()
        return thread

    def uri(self, database: str = "optuna", scheme: str = "postgresql", query: str = "") -> str:
        return f"{scheme}://postgres:s3cret%2Fword@127.0.0.1:{self.port}/{database}{query}"

    def create(self, database: str) -> str:
        """Make a database; return its URI."""
        self.execute("postgres", f'CREATE DATABASE "{database}"')
        return self.uri(database)

    def execute(self, database: str, *statements: str) -> None:
        engine = sqlalchemy.create_engine(
            self.uri(database, "postgresql+psycopg"),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(sqlalchemy.text(statement))
