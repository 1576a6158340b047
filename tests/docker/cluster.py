"""A private PostgreSQL cluster, brought up as the official image does it for compose.yaml."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BINARIES = Path("/usr/lib/postgresql/15/bin")


def as_postgres() -> list[str]:
    """Return the words before a command that let it run as a user whom PostgreSQL accepts."""
    return ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []


def require_postgres() -> None:
    """Skip where the cluster cannot be had."""
    if not (BINARIES / "initdb").exists():
        pytest.skip(f"PostgreSQL 15 is not installed in {BINARIES}")
    if os.getuid() == 0 and not shutil.which("runuser"):
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")


class Cluster:
    """The service `postgres`.

    Attributes:
        folder: holds its files; its own user may write there.
        port: on 127.0.0.1.
        environment: what compose.yaml sets, translated to this machine.
    """

    def __init__(self, folder: Path, port: int, environment: dict[str, str], script: Path) -> None:
        """Create the cluster and run the script that the image would run on an empty volume."""
        self.folder, self.port = folder, port
        folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self.environment = {"PATH": f"{BINARIES}:{os.environ['PATH']}", **environment}
        self.run(
            "initdb", "--pgdata", self.pgdata, "--username", environment["POSTGRES_USER"],
            "--pwfile", environment["POSTGRES_PASSWORD_FILE"],
            *environment["POSTGRES_INITDB_ARGS"].split(),
        )  # fmt: skip
        # what the image appends before its first real start
        self.run("sh", "-c", f"echo 'host all all all scram-sha-256' >> {self.pgdata}/pg_hba.conf")
        self.start(listen="")
        self.environment.update(PGHOST=str(folder), PGPORT=str(port))
        self.run("sh", script)
        self.stop("fast")

    @property
    def pgdata(self) -> str:
        """The folder of the data."""
        return str(self.folder / "pgdata")

    def run(self, *command: str | Path) -> str:
        """Run a command as the cluster's user and return what it printed."""
        result = subprocess.run(
            [*as_postgres(), *command], env=self.environment, cwd=self.folder, timeout=120,
            check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert result.returncode == 0, result.stdout
        return result.stdout

    def start(self, listen: str = "127.0.0.1") -> None:
        """Start it; the log is server.log in its folder."""
        options = f"-c listen_addresses='{listen}' -p {self.port} -k {self.folder}"
        log = str(self.folder / "server.log")
        command = [*as_postgres(), str(BINARIES / "pg_ctl"), "--pgdata", self.pgdata]
        subprocess.run(
            [*command, "--options", options, "--log", log, "--wait", "start"],
            env=self.environment, cwd=self.folder, check=True, timeout=60,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is like a power cut."""
        self.run("pg_ctl", "--pgdata", self.pgdata, "--mode", mode, "--wait", "stop")
