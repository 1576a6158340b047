"""A tiny WordNet and tiny copies of ImageNet, written by hand."""

import io
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rich.console import Console

from glorot_sweep.data.small_imagenet.classes import ROOTS
from glorot_sweep.data.small_imagenet.dataset import read_arrays, read_manifest
from glorot_sweep.data.small_imagenet.request import BuildRequest

ENTITY = 1740
LICENCE = (
    "  1 This software and database is being provided to you, the LICENSEE, by  \n"
    "  2 WordNet {version} Copyright 2006 by Princeton University.  All rights reserved.  \n"
)


def below(root: str, number: int) -> str:
    """A synset of the tiny WordNet directly under a root; 1, 2 and 3 exist, 3 as an instance."""
    return f"n{int(root[1:]) + number:08d}"


def wnids_of(name: str) -> list[str]:
    """Two synsets of a class: the root itself and one below."""
    return [ROOTS[name][-1], below(ROOTS[name][-1], 1)]


AMBIGUOUS = below(ROOTS["tool"][0], 9)  # also under furniture
ELSEWHERE = "n00001740"


def noun_line(offset: int, above: list[str], under: list[str], symbol: str = "@") -> str:
    """A line of data.noun; the word count is hexadecimal, the pointer count decimal."""
    words = " ".join(f"word_{i} 0" for i in range(11))
    pointers = [f"{symbol} {wnid[1:]} n 0000" for wnid in above]
    pointers += [f"~ {wnid[1:]} n 0000" for wnid in under]
    pointers.append("+ 00692347 v 0101")  # a verb, not in this file
    listed = " ".join(pointers)
    return f"{offset:08d} 03 n 0b {words} {len(pointers):03d} {listed} | a gloss | with a bar  \n"


def write_wordnet(folder: Path, version: str = "3.0") -> Path:
    """Ten classes of four synsets, one synset under two classes."""
    folder.mkdir(parents=True, exist_ok=True)
    roots = [root for some in ROOTS.values() for root in some]
    lines = [LICENCE.format(version=version), noun_line(ENTITY, [], roots)]
    for root in roots:
        children = [below(root, 1), below(root, 2)]
        shared = root in {ROOTS["tool"][0], ROOTS["furniture"][0]}
        lines.append(noun_line(int(root[1:]), [ELSEWHERE], children + [AMBIGUOUS] * shared))
        lines.append(noun_line(int(root[1:]) + 1, [root], []))
        lines.append(noun_line(int(root[1:]) + 2, [root], [below(root, 3)]))
        lines.append(noun_line(int(root[1:]) + 3, [below(root, 2)], [], symbol="@i"))
    above = [ROOTS["tool"][0], ROOTS["furniture"][0]]
    lines.append(noun_line(int(AMBIGUOUS[1:]), above, []))
    (folder / "data.noun").write_text("".join(lines))
    return folder


def image_bytes(seed: int, width: int = 48, height: int = 40, form: str = "JPEG") -> bytes:
    """A colour image of soft blobs, no two alike."""
    small = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).save(file, form)
    return file.getvalue()


def write_tar(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def write_folder(path: Path, files: dict[str, bytes]) -> None:
    path.mkdir(parents=True)
    for name, content in files.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(content)


@dataclass
class Copy:
    """A copy of ImageNet in the making, with a WordNet beside it.

    Attributes:
        home: holds both, and the data folder.
        files: contents by synset and name.
    """

    home: Path
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        return self.home / "imagenet"

    def add(self, wnid: str, count: int, form: str = "JPEG") -> None:
        """So many images for a synset, a PNG under a JPEG's name among them if asked for."""
        self.files[wnid] = {
            f"{wnid}_{i}.JPEG": image_bytes(int(wnid[1:]) + 1000 * i, form=form)
            for i in range(count)
        }

    def write(self, *, tars: bool = True, backwards: bool = False) -> Path:
        """Every second synset becomes a tar, or none does."""
        self.source.mkdir(parents=True)
        order = sorted(self.files, reverse=backwards)
        for wnid in order:
            files = dict(sorted(self.files[wnid].items(), reverse=backwards))
            if tars and sorted(self.files).index(wnid) % 2 == 0:
                write_tar(self.source / f"{wnid}.tar", files)
            else:
                write_folder(self.source / wnid, files)
        write_wordnet(self.home / "wordnet")
        return self.source

    def request(self, **changes: object) -> BuildRequest:
        options: dict[str, object] = {
            "source": self.source,
            "data_folder": self.home / "data",
            "per_class": 11,
            "classes": ("bird", "fish", "tool"),
            "workers": 1,
            "wordnet": self.home / "wordnet",
        }
        return BuildRequest(**{**options, **changes})  # type: ignore[arg-type]


def small_copy(home: Path) -> Copy:
    """Three classes of 3 + 16 images each, one synset under two classes, one elsewhere."""
    copy = Copy(home)
    for name in ("bird", "fish", "tool"):
        first, second = wnids_of(name)
        copy.add(first, 3)
        copy.add(second, 16, form="PNG")
    copy.add(AMBIGUOUS, 4)
    copy.add(ELSEWHERE, 2)
    return copy


def manifest_of(path: Path) -> dict[str, Any]:
    return read_manifest(read_arrays(path))


def said(console: Console) -> str:
    """What the fixture's console has kept."""
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]
