"""The services of compose.yaml run on this machine: same order, commands and environment.

Nothing is copied from compose.yaml: commands, environment, secrets, order and health checks are
read from it and translated word by word, service names to loopback ports and the containers'
folders to temporary ones; a checked password is remembered for a shorter time. As in a container
every service runs as user 10001 without capabilities, sees its own secrets only, and can write to
its volumes and its /tmp alone. One capability is left, that of reading every file, since the
interpreter may lie in root's home.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cluster import BINARIES, Cluster
from composition import DOCKER, ROOT, composition, image_environment
from free_ports import free_port

UNPRIVILEGED = [
    "setpriv", "--reuid=10001", "--regid=10001", "--clear-groups", "--no-new-privs",
    "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search",
]  # fmt: skip


PATIENCE = 600.0  # seconds for what needs twenty on a machine that does nothing else
REMEMBERED = 15  # seconds that the server keeps a checked password, so that no test waits a minute


def as_container_user() -> list[str]:
    """Return the words before a command that let it run as the images' user."""
    if os.getuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("the tests run as root, and there is no setpriv to become another user")
    return UNPRIVILEGED


class Stack:
    """The services, started by name after everything that they depend on.

    Attributes:
        folder: holds volumes, secrets and logs.
        services: compose.yaml's.
        cluster: the database, once it is up.
    """

    def __init__(self, folder: Path, **variables: str) -> None:
        """Make secrets, volumes and configuration files; start nothing."""
        self.folder = folder
        self.content = composition(**variables)
        self.services: dict[str, dict[str, Any]] = self.content["services"]
        self.ports = {"ui": free_port(), "database": free_port()}
        self.cluster: Cluster | None = None
        self.servers: dict[str, subprocess.Popen[bytes]] = {}
        self.done: set[str] = set()
        shutil.copy(DOCKER / "make-secrets.sh", folder)
        subprocess.run(["sh", folder / "make-secrets.sh"], check=True)
        for name in ("artifacts", "state", "data", "logs"):
            self._writable(folder / name)
        for name, service in self.services.items():
            self._prepare(name, service)

    def _prepare(self, name: str, service: dict[str, Any]) -> None:
        """Give a service its /tmp, its /run/secrets and its configuration files, no more."""
        self._writable(self.folder / name / "tmp")
        secrets = self.folder / name / "secrets"
        secrets.mkdir()
        for secret in service.get("secrets", []):
            shutil.copy(self.folder / self.content["secrets"][secret]["file"], secrets)
        for config in service.get("configs", []):
            text = (DOCKER / self.content["configs"][config["source"]]["file"]).read_text()
            target = self.folder / name / Path(config["target"]).name
            target.write_text(self.here(name, text))

    def _writable(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        if os.getuid() == 0:
            os.chown(folder, 10001, 10001)

    @property
    def ui(self) -> str:
        """The tracking server's address."""
        return f"http://127.0.0.1:{self.ports['ui']}"

    def secret(self, name: str) -> str:
        """Return a secret."""
        return (self.folder / "secrets" / name).read_text()

    def here(self, name: str, text: str) -> str:
        """Translate a word of a service from compose's world to this machine."""
        own, ui, database = self.folder / name, self.ports["ui"], self.ports["database"]
        for pattern, place in [
            (r"http://mlflow:5000", self.ui),
            (r"\bpostgres:5432", f"127.0.0.1:{database}"),
            (r"^5432$", str(database)),
            (r":5000\b", f":{ui}"),
            (r"^5000$", str(ui)),
            (r"^0\.0\.0\.0$", "127.0.0.1"),
            (r"^/opt/server/", f"{DOCKER}/"),
            (r"^/etc/mlflow/", f"{own}/"),
            (r"^/run/secrets/", f"{own}/secrets/"),
            (r"\bauth_cache_ttl_seconds = \d+", f"auth_cache_ttl_seconds = {REMEMBERED}"),
            (r"^/srv/artifacts", f"{self.folder}/artifacts"),
            (r"^/sweeps/", f"{ROOT}/sweeps/"),
            (r"^/data$", f"{self.folder}/data"),
        ]:
            text = re.sub(pattern, place, text)
        return text

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a service: the image's, then compose's, then what differs."""
        own, service = self.folder / name, self.services[name]
        stage = service["build"]["target"] if "build" in service else None
        image = image_environment(stage) if stage else {}
        path = f"{Path(sys.executable).parent}:{BINARIES}:{os.environ['PATH']}"
        here = {key: self.here(name, text) for key, text in service.get("environment", {}).items()}
        differs = {
            "PATH": path, "HOME": f"{own}/tmp", "TMPDIR": f"{own}/tmp", "PYTHONPATH": str(ROOT),
            "SECRETS_FOLDER": f"{own}/secrets", "PGPASSFILE": f"{own}/tmp/.pgpass",
            "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        if "RAY_TMPDIR" in image:
            differs["RAY_TMPDIR"] = f"{own}/tmp"
        return {**image, **here, **differs}

    def start(
        self, name: str, command: list[str], *, entry: bool = True
    ) -> subprocess.Popen[bytes]:
        """Start a command in a service, through the entrypoint as in a container."""
        words = [self.here(name, word) for word in command]
        words = ["sh", str(DOCKER / "entrypoint.sh"), *words] if entry else words
        state = "volumes" in self.services[name] and name.startswith("sweep")
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*as_container_user(), *words], env=self.environment(name), start_new_session=True,
                cwd=self.folder / "state" if state else DOCKER,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def run(self, name: str, command: list[str]) -> None:
        """Run a command in a service to its successful end."""
        process = self.start(name, command)
        try:
            code = process.wait(PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert code == 0, (code, self.log(name)[-4000:])

    def up(self, name: str) -> None:
        """Start a service after those it depends on, each as far as its condition says."""
        if name in self.done:
            return
        for other in self.services[name].get("depends_on", {}):
            self.up(other)
        if name == "postgres":
            environment = self.environment(name)
            self.cluster = Cluster(
                self.folder / "cluster", self.ports["database"], environment,
                DOCKER / "postgres-init.sh",
            )  # fmt: skip
            self.cluster.start()
        elif self.services[name]["restart"] == "unless-stopped":
            self.servers[name] = self.start(name, self.services[name]["command"])
        else:
            self.run(name, self.services[name]["command"])
        if "healthcheck" in self.services[name]:
            self.wait_until_healthy(name)
        self.done.add(name)

    def health(self, name: str) -> int:
        """Return the exit code of a service's health check; killed at its time limit it is -9."""
        check = self.services[name]["healthcheck"]
        process = self.start(name, check["test"][1:], entry=False)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(float(check["timeout"].removesuffix("s")))
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()

    def wait_until_healthy(self, name: str, seconds: float = 90) -> None:
        """Repeat the health check until it succeeds."""
        end = time.monotonic() + seconds
        while self.health(name) != 0:
            assert time.monotonic() < end, self.log(name)[-4000:]
            time.sleep(1)

    def log(self, name: str) -> str:
        """Return what a service has printed so far."""
        return (self.folder / "logs" / f"{name}.log").read_text()

    def down(self) -> None:
        """Stop everything that is still running."""
        for process in self.servers.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
        if self.cluster is not None:
            with contextlib.suppress(AssertionError):
                self.cluster.stop()
