"""Stores of earlier versions; each test has its own copy."""

from pathlib import Path

import pytest
from sweep_fixtures import clean_process

from .unpacking import OldStore, unpack

__all__ = ["clean_process"]


@pytest.fixture
def finished(tmp_path: Path) -> OldStore:
    return unpack("before_schema_1", "finished", tmp_path)


@pytest.fixture
def stopped(tmp_path: Path) -> OldStore:
    return unpack("before_schema_1", "stopped", tmp_path)


@pytest.fixture
def killed(tmp_path: Path) -> OldStore:
    return unpack("before_schema_1", "killed", tmp_path)


@pytest.fixture
def stopped_in_schema_1(tmp_path: Path) -> OldStore:
    return unpack("schema_1", "stopped", tmp_path)
