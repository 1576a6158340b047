"""Which synsets a copy of ImageNet holds, and which of them the classes want."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.errors import UserError

ENTRY = re.compile(r"(n\d{8})(\.tar)?")


@dataclass(frozen=True)
class Source:
    """The images of one synset.

    Attributes:
        wnid: ImageNet's name of the synset.
        path: a tar, or a folder.
    """

    wnid: str
    path: Path


@dataclass(frozen=True)
class Census:
    """What the copy holds.

    Attributes:
        wanted: the sources of each class, sorted by synset.
        ambiguous: synsets of two or more of the ten classes, which are left out.
        elsewhere: how many synsets lie in none of the classes asked for.
    """

    wanted: dict[str, tuple[Source, ...]]
    ambiguous: tuple[str, ...]
    elsewhere: int

    @property
    def n_wanted(self) -> int:
        """Sources of all classes."""
        return sum(len(sources) for sources in self.wanted.values())


def find_sources(folder: Path) -> list[Source]:
    """Return the synsets of a folder that holds `<wnid>.tar` or `<wnid>/` for each.

    Raises:
        UserError: not a folder, nothing of this kind in it, or a synset is there twice.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise UserError(f"{folder}: cannot list this folder: {error.strerror}") from None
    entries = [(path, match) for path in paths if (match := ENTRY.fullmatch(path.name))]
    found = [Source(m[1], path) for path, m in entries if bool(m[2]) != path.is_dir()]
    if not found:
        raise UserError(
            f"{folder} is not a copy of ImageNet: it must hold a tar or a folder of images for "
            "each synset, named like n01443537.tar or n01443537, and none of its "
            f"{len(paths)} entries is. Name the folder directly above the synsets."
        )
    if twice := [wnid for wnid, count in Counter(s.wnid for s in found).items() if count > 1]:
        raise UserError(
            f"{folder}: {len(twice)} synsets are there both as a tar and as a folder, for example "
            f"{twice[0]}; the same images would count twice. Keep one of each."
        )
    return found


def take_census(
    sources: Sequence[Source],
    classes: Sequence[str],
    classes_of: Mapping[str, Sequence[str]],
) -> Census:
    """Sort synsets into classes.

    Args:
        sources: of the copy.
        classes: those asked for.
        classes_of: the classes among all ten that a synset lies in; what is under two of them
            is left out, whichever are asked for, so that a class is the same in every set.
    """
    wanted: dict[str, list[Source]] = {name: [] for name in classes}
    ambiguous, elsewhere = [], 0
    for source in sources:
        names = classes_of.get(source.wnid, ())
        if len(names) > 1:
            ambiguous.append(source.wnid)
        elif len(names) == 1 and names[0] in wanted:
            wanted[names[0]].append(source)
        else:
            elsewhere += 1
    return Census({name: tuple(some) for name, some in wanted.items()}, tuple(ambiguous), elsewhere)
