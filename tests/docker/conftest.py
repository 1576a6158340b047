"""The stack of compose.yaml, started once for all tests that attack it."""

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import require_postgres
from stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Return the servers with their accounts, up as compose.yaml says."""
    require_postgres()
    for package in ("flask_wtf", "psycopg"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed (extra dev)")
    # not pytest's own folder: the user of the containers could not enter it
    folder = Path(tempfile.mkdtemp(prefix="compose-"))
    folder.chmod(0o755)
    running = Stack(folder, SWEEP="tiny")
    try:
        running.up("accounts")
        yield running
    finally:
        running.down()
        shutil.rmtree(folder)
