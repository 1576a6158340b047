"""docker/compose.yaml under a project's name of its own, so that nobody's stack is touched."""

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COPIED = [
    ".dockerignore", "LICENSE", "README.md", "docker", "glorot_sweep", "pyproject.toml", "sweeps",
]  # fmt: skip
LEFT_OUT = shutil.ignore_patterns("__pycache__", "secrets", ".env", "backup")
API = "/api/2.0/mlflow"
PATIENCE = 240


def no_engine() -> str | None:
    """Return why no engine can run the stack here, or None."""
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        try:
            result = subprocess.run(command, check=False, capture_output=True, text=True)
        except FileNotFoundError:
            return "docker is not installed"
        if result.returncode != 0:
            return f"{' '.join(command)}: {(result.stderr or result.stdout).strip()[-300:]}"
    return None


class Composed:
    """A copy of the checkout with its secrets, and `docker compose` for it.

    Attributes:
        folder: the copy.
        port: of 127.0.0.1, of the tracking server.
    """

    def __init__(self, folder: Path, port: int) -> None:
        """Copy what the images and compose.yaml are made of, and make secrets."""
        self.folder, self.port = folder, port
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
            else:
                shutil.copy(ROOT / name, folder / name)
        self.make_secrets()

    def make_secrets(self) -> None:
        """Make the secrets that are missing."""
        subprocess.run([self.folder / "docker" / "make-secrets.sh"], check=True)

    def secret(self, name: str) -> str:
        """Return the content of a secret's file."""
        return (self.folder / "docker" / "secrets" / name).read_text()

    def compose(self, *words: str, check: bool = True) -> str:
        """Run `docker compose` and return what it wrote; its errors are part of a failure."""
        environment = {
            **os.environ,
            "COMPOSE_FILE": "docker/compose.yaml",
            "COMPOSE_PROFILES": "cpu",
            "COMPOSE_PROJECT_NAME": "glorot_sweep_under_test",
            "SWEEP": "tiny",
            "UI_PORT": str(self.port),
        }
        result = subprocess.run(
            ["docker", "compose", "--progress", "plain", *words],
            check=False, cwd=self.folder, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert not check or result.returncode == 0, result.stdout[-5000:]
        return result.stdout

    def inside(self, service: str, *command: str, check: bool = True) -> str:
        """Run a command in a service's container."""
        return self.compose("exec", "-T", service, *command, check=check)

    def state(self, service: str) -> dict[str, Any]:
        """Return what `docker compose ps` knows of a service."""
        shown = self.compose("ps", "--all", "--format", "json", service)
        return json.loads(shown[shown.index("{") :])

    def log(self, service: str) -> str:
        """Return everything a service has printed."""
        return self.compose("logs", "--no-log-prefix", "--no-color", service)

    def ask(self, user: str | None, password: str = "", **sent: Any) -> int:
        """Search one experiment, or do what `method`, `path` and `body` say; return the status."""
        headers = {"Content-Type": "application/json"}
        if user is not None:
            token = base64.b64encode(f"{user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {token}"
        path = sent.get("path", "experiments/search?max_results=1")
        body = json.dumps(sent["body"]).encode() if "body" in sent else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{API}/{path}", body, headers, method=sent.get("method")
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code


def wait_for(what: str, condition: Callable[[], object], log: Callable[[], str]) -> None:
    """Wait until a condition holds; on a timeout the log is shown."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited for {what}:\n{log()[-5000:]}"
        time.sleep(1)
