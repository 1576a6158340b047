"""Which code made a number: the package's version and a hash of its source."""

import hashlib
from functools import cache
from pathlib import Path

from glorot_sweep import __version__


@cache
def code_hash() -> str:
    """Return a short hash of every Python file of the package, edits not yet committed included."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def provenance_tags() -> dict[str, str]:
    """Return the tags that every run carries."""
    return {"package_version": __version__, "code_hash": code_hash()}
