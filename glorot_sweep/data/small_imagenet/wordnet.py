"""WordNet 3.0's noun hypernyms, read from its database file `data.noun`.

Source: the manual page wndb(5WN) of WordNet 3.0 describes the format.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.errors import UserError

VERSION = "3.0"  # the offsets that name ImageNet's synsets are those of this version alone
FILE = "data.noun"
VARIABLE = "WNSEARCHDIR"  # WordNet's own variable for the folder of its database
DEFAULT_FOLDER = Path("/usr/share/wordnet")

HYPERNYM = {b"@", b"@i"}  # a class above, and the class of an instance
HYPONYM = {b"~", b"~i"}
POINTER_FIELDS = 4  # symbol, offset, part of speech, source/target


@dataclass(frozen=True)
class Nouns:
    """The noun synsets.

    Attributes:
        hypernyms: offsets of the synsets directly above each one.
        sha256: of the database file.
    """

    hypernyms: dict[int, tuple[int, ...]]
    sha256: str


def read_nouns(named: Path | None = None) -> Nouns:
    """Read WordNet's nouns.

    Args:
        named: folder of the database; default the variable WNSEARCHDIR, else /usr/share/wordnet,
            where Debian's package wordnet-base puts it.

    Raises:
        UserError: no database there, another version, or a damaged one.
    """
    path = _find(named)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"WordNet: cannot read {path}: {error.strerror}") from None
    _check_version(path, content)
    return Nouns(_hypernyms(path, content), hashlib.sha256(content).hexdigest())


def _find(named: Path | None) -> Path:
    variable = os.environ.get(VARIABLE)
    folder, origin = (
        (named, "--wordnet")
        if named
        else (Path(variable), VARIABLE)
        if variable
        else (DEFAULT_FOLDER, "the default")
    )
    path = folder / FILE
    if not path.is_file():
        raise UserError(
            f"WordNet: found no {FILE} in {folder} ({origin}). It decides which synsets belong to "
            f"a class. Install WordNet {VERSION} (Debian, Ubuntu: apt install wordnet-base), or "
            f"name the folder that holds {FILE} with --wordnet or {VARIABLE}."
        )
    return path


def _check_version(path: Path, content: bytes) -> None:
    found = re.search(rb"^ .*?WordNet (\d+(?:\.\d+)*) Copyright", content, re.MULTILINE)
    if found is None:
        raise UserError(
            f"WordNet: {path} is not WordNet's noun database: the licence at its beginning must "
            f"name WordNet {VERSION}, and there is none. Name another folder with --wordnet."
        )
    version = found[1].decode()
    if version != VERSION:
        raise UserError(
            f"WordNet: {path} is of version {version}; ImageNet's synsets are named by the offsets "
            f"of version {VERSION}. Name a folder with WordNet {VERSION} with --wordnet."
        )


def _hypernyms(path: Path, content: bytes) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    below: set[int] = set()
    for number, line in enumerate(content.splitlines(), 1):
        if line.startswith(b" "):
            continue  # the licence
        try:
            offset, hypernyms, hyponyms = _synset(line)
        except (ValueError, IndexError):
            raise _damaged(path, f"line {number} is not a noun synset: {line[:60]!r}") from None
        found[offset] = hypernyms
        below |= hyponyms
    known = found.keys()
    if lost := sorted((below | {above for some in found.values() for above in some}) - known):
        raise _damaged(path, f"{len(lost)} synsets that others point to are missing: {lost[0]:08d}")
    return found


def _synset(line: bytes) -> tuple[int, tuple[int, ...], set[int]]:
    """Return a line's offset, hypernyms and hyponyms.

    Example:
        >>> _synset(b"00001930 03 n 01 physical_entity 0 002 @ 00001740 n 0000 ~ 00002452 n 0000")
        (1930, (1740,), {2452})
    """
    fields = line.partition(b" | ")[0].split()
    n_words = int(fields[3], 16)
    first = 5 + 2 * n_words
    n_pointers = int(fields[first - 1])
    if fields[2] != b"n" or len(fields) != first + POINTER_FIELDS * n_pointers:
        raise ValueError("wrong number of fields")
    symbols, offsets = fields[first::POINTER_FIELDS], fields[first + 1 :: POINTER_FIELDS]
    pointers = list(zip(symbols, offsets, strict=True))
    hypernyms = tuple(int(offset) for symbol, offset in pointers if symbol in HYPERNYM)
    hyponyms = {int(offset) for symbol, offset in pointers if symbol in HYPONYM}
    return int(fields[0]), hypernyms, hyponyms


def _damaged(path: Path, reason: str) -> UserError:
    return UserError(f"WordNet: {path} is damaged: {reason}. Install WordNet {VERSION} again.")
