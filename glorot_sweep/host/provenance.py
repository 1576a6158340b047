"""What decides a number besides its specification: the code, the libraries, the processor."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from glorot_sweep.host.processor import device_type

PACKAGE = Path(__file__).parents[1]
SOURCES = {".py", ".c", ".h"}
DECISIVE = (
    "config",
    "data",
    "diagnostics",
    "engine",
    "parts",
    "seeds.py",
    "specs.py",
    "splitmix.py",
    "sweep/contents",
    "sweep/driver.py",
    "sweep/search",
    "training",
)
"""Rooms and files without which a number might be another one; all others only carry numbers."""

LIBRARIES = ("numpy", "optuna", "scipy", "torch")
"""Libraries that compute or propose numbers."""


@dataclass(frozen=True)
class Provenance:
    """What runs are made with; two runs that differ here need not have the same bits.

    Attributes:
        code: hash of the sources that decide numbers.
        libraries: versions of the libraries that do, by name.
        device_type: the processor or the GPU, as `device_type` names it.
    """

    code: str
    libraries: dict[str, str]
    device_type: str


def provenance(device: str = "cpu") -> Provenance:
    """Return what a run of this process on a device, `cpu` or `cuda`, is made with."""
    return Provenance(code_hash(), library_versions(), device_type(device))


@cache
def code_hash() -> str:
    """Return a short hash of all sources that decide numbers, edits not yet committed included."""
    return hash_sources(PACKAGE, DECISIVE)


@cache
def package_hash() -> str:
    """Return a short hash of all sources: driver and workers must run the same ones."""
    return hash_sources(PACKAGE, (".",))


def hash_sources(root: Path, places: Iterable[str]) -> str:
    """Return a short hash of the names and the content of all sources in some folders and files.

    Args:
        root: folder of the package.
        places: folders and files within it.
    """
    digest = hashlib.sha256()
    for path in sorted({path for place in places for path in _sources(root / place)}):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources(place: Path) -> Iterable[Path]:
    found = [place] if place.is_file() else place.rglob("*")
    return (path for path in found if path.suffix in SOURCES)


@cache
def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that decide numbers; none is imported."""
    return {name: version(name) for name in LIBRARIES}
