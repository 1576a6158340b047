"""The files of a folder or a tar that may be images, and how many others there are, by kind."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

from glorot_sweep.data.image_bounds import Budget, room
from glorot_sweep.data.image_source import packed_members
from glorot_sweep.data.own_images.header import ENDINGS, LARGEST_SOURCE
from glorot_sweep.errors import UserError

MOST_FILES = 10_000_000
LEFT_BY_SYSTEMS = {"thumbs.db", "desktop.ini", "__macosx"}
HIDDEN, OF_THE_SYSTEM = "hidden", "of the system"
UNREAD = {
    ".arw", ".avif", ".cr2", ".cr3", ".dng", ".heic", ".heif", ".jp2", ".jxl", ".nef", ".orf",
    ".pbm", ".pgm", ".pnm", ".ppm", ".psd", ".raf", ".raw", ".rw2", ".svg", ".tga",
}  # fmt: skip
"""Endings of images that are not read: to pass them over would lose what its owner counts on."""

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A file that may be an image.

    Attributes:
        parts: of its name, from the top.
        read: gives its content.
    """

    parts: Parts
    read: Callable[[], bytes]


@dataclass
class Files:
    """What a folder or a tar holds.

    Attributes:
        path: of it, for messages.
        found: what may be images.
        folders: all that are not hidden, from the top.
        skipped: how many other files, or hidden folders, by kind: `hidden`, `of the system`, or
            an ending.
    """

    path: Path
    found: list[Found] = field(default_factory=list)
    folders: set[Parts] = field(default_factory=set)
    skipped: Counter[str] = field(default_factory=Counter)

    def passes_over(self, names: Sequence[str]) -> bool:
        """Whether one of a path's names is hidden or of the system; it is counted then."""
        kinds = [kind for name in names if (kind := _why_passed_over(name))]
        self.skipped.update(kinds[:1])
        return bool(kinds)

    def add_folder(self, parts: Parts) -> bool:
        """Take note of a folder, and of those that it lies in; return whether it is looked into."""
        if self.passes_over(parts):
            return False
        self.folders |= {parts[:depth] for depth in range(1, len(parts) + 1)}
        return True

    def add_file(self, parts: Parts, read: Callable[[], bytes]) -> None:
        """Take note of a file.

        Raises:
            UserError: it is an image of a kind that is not read.
        """
        ending = PurePosixPath(parts[-1]).suffix.lower()
        if self.passes_over(parts):
            return
        if ending in UNREAD:
            raise UserError(
                f"{self.path}: {'/'.join(parts)} is an image that is not read; images end in "
                f"{', '.join(ENDINGS)}. Convert all that end in {ending}, or move them away."
            )
        if ending not in ENDINGS:
            self.skipped[ending or "without ending"] += 1
            return
        self.add_folder(parts[:-1])
        self.found.append(Found(parts, read))
        if len(self.found) > MOST_FILES:
            raise UserError(f"{self.path}: holds more than {MOST_FILES:,} images. Leave some out.")


def _why_passed_over(name: str) -> str | None:
    """Return of which kind a file or folder is that is not looked at; None: it is."""
    if name.lower() in LEFT_BY_SYSTEMS:
        return OF_THE_SYSTEM
    return HIDDEN if name.startswith(".") else None


def files_of_folder(path: Path) -> Files:
    """Return what a folder holds, in it and below; links are followed that stay within it.

    Raises:
        UserError: something in it cannot be read, is an image that is not read, or is neither file
            nor folder, or a link leads out or in a circle.
    """
    files = Files(path)
    try:
        _add_folder(files, str(path), (), frozenset())
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error}. Make all of it readable.") from None
    return files


def files_of_tar(path: Path, content: bytes) -> Files:
    """Return what a tar holds, compressed or not.

    Args:
        path: of the archive, for messages.
        content: of the archive.

    Raises:
        UserError: it is no tar, is cut or damaged, or holds an image that is not read, or twice
            the same name.
    """
    files = Files(path)
    for parts, read in packed_members(path, content, LARGEST_SOURCE):
        if read is None:
            files.add_folder(parts)
        else:
            files.add_file(parts, _kept(read()))
    twice = [name for name, count in Counter(one.parts for one in files.found).items() if count > 1]
    if twice:
        raise UserError(f"{path}: {'/'.join(twice[0])} occurs twice. Make the archive again.")
    return files


def _kept(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _add_folder(files: Files, folder: str, parts: Parts, above: frozenset[str]) -> None:
    leads_to = os.path.realpath(folder)
    if leads_to in above:
        raise UserError(f"{files.path}: {'/'.join(parts)} leads back to a folder that holds it.")
    with os.scandir(folder) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    for entry in entries:
        place = (*parts, entry.name)
        if files.passes_over([entry.name]):
            continue
        if entry.is_symlink():
            _refuse_way_out(files.path, entry.path)
        if entry.is_dir():
            files.add_folder(place)
            _add_folder(files, entry.path, place, above | {leads_to})
        else:
            files.add_file(place, partial(_content, files.path, entry.path))


def _refuse_way_out(path: Path, link: str) -> None:
    leads_to = os.path.realpath(link)
    if not Path(leads_to).is_relative_to(os.path.realpath(path)):
        raise UserError(
            f"{link} leads to {leads_to}, out of {path}. Put what it leads to in its place: what "
            "is read lies in the folder that is named."
        )


def _content(path: Path, file: str) -> bytes:
    """Return what a file holds."""
    try:
        found = os.stat(file)
        if not stat.S_ISREG(found.st_mode):  # a pipe would wait for a writer
            raise UserError(f"{file} is neither a file nor a folder. Take it away.")
        Budget(path, room(), LARGEST_SOURCE).take(file, found.st_size)
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error}. Make all of it readable.") from None
