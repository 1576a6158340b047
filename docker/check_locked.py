"""Refuse an environment that holds a package, or a version, that the lock files do not name.

A constraint says nothing about a package that it does not list: pip would take the newest one.
"""

import re
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

# The package itself is no dependency, pip comes with Python, and torch pins CUDA's packages
# exactly.
EXEMPT = re.compile(r"glorot-sweep|pip|nvidia-.*|cuda-.*|triton")


def normal(name: str) -> str:
    """Return a package's name as the index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(files: Iterable[str]) -> dict[str, str]:
    """Return the version of each package that the files name."""
    lines = [line for file in files for line in Path(file).read_text().splitlines()]
    pins = [re.split(r"(?:\[.*\])?==", line) for line in lines if "==" in line and line[0] != "#"]
    return {normal(name): version for name, version in pins}


def strangers(installed: dict[str, str], pins: dict[str, str]) -> list[str]:
    """Return what is installed otherwise than locked; +cpu and +cu130 are builds, not versions."""
    return sorted(
        f"{name}=={version} (locked: {pins.get(name, 'not at all')})"
        for name, version in installed.items()
        if not EXEMPT.fullmatch(name) and version.partition("+")[0] != pins.get(name)
    )


if __name__ == "__main__":
    found = {normal(one.metadata["Name"]): one.version for one in distributions()}
    if wrong := strangers(found, locked(sys.argv[1:])):
        sys.exit("not as locked:\n  " + "\n  ".join(wrong))
