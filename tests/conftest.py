"""Fixtures that every folder of tests may use."""

import os
import pathlib
from collections.abc import Iterator

import pytest
from builders import torch_threads

from glorot_sweep.data.catalog import FOLDER_VARIABLE

DEFAULT_FOLDER = pathlib.Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="session")
def realdata() -> pathlib.Path:
    """Return the folder of the real data sets, or skip the test where there is none."""
    folder = pathlib.Path(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)
    if not folder.is_dir():
        pytest.skip(f"no real data: {FOLDER_VARIABLE} names no folder and {folder} does not exist")
    return folder


@pytest.fixture
def one_torch_thread() -> Iterator[None]:
    """Keep torch on one thread: small products on more than one only wait for each other."""
    with torch_threads(1):
        yield
