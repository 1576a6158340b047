"""The packages and versions that lock files name."""

import re
from collections.abc import Iterable
from pathlib import Path

PIN = re.compile(r"([\w.-]+)==([\w.]+)(?: \\)?")


def normal(name: str) -> str:
    """Return a package's name as the index spells it.

    >>> normal("Flask_WTF")
    'flask-wtf'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(files: Iterable[Path]) -> dict[str, str]:
    """Return the version of each package that the files name; those of torch's builds are alike."""
    lines = [line for file in files for line in file.read_text().splitlines()]
    found = [PIN.fullmatch(line) for line in lines]
    return {normal(pin[1]): pin[2] for pin in found if pin}
