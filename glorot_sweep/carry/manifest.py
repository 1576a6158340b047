"""What a file says of itself: its format, whose sweep it holds, and the digest of each member."""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator

from glorot_sweep.carry.names import MANIFEST, PATH
from glorot_sweep.errors import UserError
from glorot_sweep.tracking.copies import Copied

FORMAT = "glorot_sweep sweep"
VERSION = 1
LARGEST_MANIFEST = 2**26  # bytes


class DamagedFileError(UserError):
    """A file is not, or no longer, what `export` has written. The message names it and says why."""


class Member(Copied):
    """A member of the file.

    Attributes:
        bytes: its size.
        sha256: of its content.
    """

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(Copied):
    """The first member of the file.

    Attributes:
        format, version: of what is described in docs/export.md.
        sweep: its name.
        package_version: of the package that wrote it.
        weights: whether weights and registered models are there too.
        members: all others by their paths, in their order.
    """

    format: Literal["glorot_sweep sweep"] = "glorot_sweep sweep"
    version: Annotated[int, Field(ge=1)] = VERSION
    sweep: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    package_version: str
    weights: bool
    members: dict[str, Member]

    @field_validator("members")
    @classmethod
    def _within(cls, members: dict[str, Member]) -> dict[str, Member]:
        for path in members:
            if not PATH.fullmatch(path) or path == MANIFEST:
                raise ValueError(f"no path within the file: {path[:100]!r}")
        return members

    def content(self) -> bytes:
        """Return it as it is written: JSON, a member a line."""
        return (json.dumps(self.model_dump(), indent=0) + "\n").encode()


def digest_of(content: bytes) -> str:
    """Return the digest of a whole file: SHA-256 of its manifest, which has those of the rest."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(content: bytes) -> Manifest:
    """Return a manifest.

    Raises:
        ValueError: it is none, or of a newer version.
    """
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError(f"{MANIFEST} is no JSON") from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise ValueError(f"{MANIFEST} does not say that it is a {FORMAT}")
    version = plain.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ValueError(
            f"it has format {version}, and this version of the package reads up to {VERSION}: "
            "import it with the version that wrote it, or a newer one"
        )
    try:
        return Manifest.model_validate(plain)
    except ValidationError as error:
        raise ValueError(f"{MANIFEST}: {first_of(error)}") from None


def first_of(error: ValidationError) -> str:
    """Return the first complaint about a part of the file, in one line."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))[:100]
    return f"{place}: {first['msg']}"[:300] if place else first["msg"][:300]
