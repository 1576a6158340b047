"""Which image belongs to which class, and to which split if folders say so.

    <class>/<image>, or train/<class>/<image> beside test/, validation/ (or val/), or both

A class takes the images of all folders in it. A folder that holds the classes alone, as a tar of a
folder has it, is passed through.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.data.class_names import refuse_no_text
from glorot_sweep.data.own_images.files import Files, Parts
from glorot_sweep.errors import UserError

SPLITS = {"train": "train", "test": "test", "validation": "validation", "val": "validation"}
LIKE_SPLITS = ("train", "test", "val", "dev", "eval")  # what names like a split's begin with
SPLIT_NAMES = {*SPLITS, "training", "testing", "valid", "dev", "eval"}
LAYOUT = "It must hold <class>/<image>, or train/<class>/<image> beside test/, validation/ or both."
NAMED = 3  # files that a message names


@dataclass(frozen=True)
class Placed:
    """An image with its place in a data set.

    Attributes:
        name: as it lies there.
        split: `train`, `test` or `validation` by its folder; None: it is to be drawn.
        label: of its class.
        read: gives its content.
    """

    name: str
    split: str | None
    label: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Layout:
    """All images of a data set.

    Attributes:
        path: of it, for messages.
        images: in the order of their names.
        class_names: sorted; composed as Unicode's NFC, so that all systems write them alike.
        splits: those that folders say; empty: there is no folder train/.
        skipped: how many other files by kind.
    """

    path: Path
    images: tuple[Placed, ...]
    class_names: tuple[str, ...]
    splits: frozenset[str]
    skipped: Counter[str]


def layout_of(files: Files) -> Layout:
    """Return the place of every image.

    Raises:
        UserError: an image has no class, classes are fewer than two, or a class is empty, lacks in
            a split, or has a name that is no UTF-8.
    """
    if not files.found:
        raise UserError(f"{files.path}: holds no image{_instead(files.skipped)}. {LAYOUT}")
    depth = _wrapped(files)
    tops = {folder[depth] for folder in files.folders if len(folder) > depth}
    has_splits = _has_splits(files.path, tops)
    if not has_splits:
        _refuse_split_as_class(files, tops, depth)
    level = depth + has_splits
    stray = [one.parts for one in files.found if len(one.parts) < level + 2]
    if stray:
        names = ", ".join("/".join(parts) for parts in stray[:NAMED])
        raise UserError(
            f"{files.path}: {len(stray):,} images lie in no folder of a class: {names}"
            f"{' ...' if len(stray) > NAMED else ''}. {LAYOUT}"
        )
    class_names = _class_names(files, level)
    _refuse_empty(files, level)
    labels = {name: label for label, name in enumerate(class_names)}
    images = tuple(
        Placed(
            "/".join(one.parts),
            SPLITS[one.parts[depth]] if has_splits else None,
            labels[unicodedata.normalize("NFC", one.parts[level])],
            one.read,
        )
        for one in sorted(files.found, key=lambda one: one.parts)
    )
    splits = frozenset(image.split for image in images if image.split is not None)
    return Layout(files.path, images, class_names, splits, files.skipped)


def _wrapped(files: Files) -> int:
    """Return how many folders lie around all classes or splits."""
    depth = 0
    while True:
        tops = {parts[depth] for parts in files.folders if len(parts) > depth}
        if len(tops) != 1 or tops & SPLITS.keys():
            return depth
        if any(len(one.parts) < depth + 3 for one in files.found):
            return depth
        depth += 1


def _has_splits(path: Path, tops: set[str]) -> bool:
    """Return whether the outermost folders are splits.

    Raises:
        UserError: some are and others are not, or the two names of validation are both there.
    """
    named = tops & SPLITS.keys()
    if "train" not in named or (len(named) == 1 and len(tops) > 1):  # a train may be a class
        if named and named == tops:
            raise UserError(f"{path}: has {_listed(named)} but no train/. {LAYOUT}")
        return False
    if tops - named:
        raise UserError(
            f"{path}: {_listed(tops - named)} lie beside {_listed(named)} and are no splits. "
            "Move them away."
        )
    if len({SPLITS[name] for name in named}) < len(named):
        raise UserError(f"{path}: validation/ and val/ are one split. Join them.")
    return True


def _refuse_split_as_class(files: Files, tops: set[str], depth: int) -> None:
    """Refuse a folder that is named like a split and holds the classes of its neighbours.

    Taken for a class, training would learn to tell the splits apart, and see all test images. So it
    is if its folders are named as those of another folder that is called like a split; or, where it
    is called just as splits are, as its neighbours, or as those in its only neighbour.
    """
    inside: dict[str, set[str]] = {top: set() for top in tops}
    for one in files.found:
        if len(one.parts) > depth + 2:
            inside[one.parts[depth]].add(one.parts[depth + 1])
    alike = {top for top in tops if top.casefold().startswith(LIKE_SPLITS)}
    for top in sorted(alike):
        others = tops - {top}
        is_split = top.casefold() in SPLIT_NAMES
        like_it = others if is_split and len(others) == 1 else others & alike
        beside = set().union(others if is_split else (), *(inside[other] for other in like_it))
        if shared := inside[top] & beside:
            raise UserError(
                f"{files.path}: {top}/ is named like a split and holds {min(shared)}/ as its "
                f"neighbours do, but {_listed(tops)} are no splits together. {LAYOUT} Rename or "
                f"move folders; if {top} is a class, put its images into {top}/ itself."
            )


def _class_names(files: Files, level: int) -> tuple[str, ...]:
    written: dict[str, set[str]] = {}
    for parts in files.folders:
        if len(parts) > level:
            name = parts[level]
            written.setdefault(unicodedata.normalize("NFC", name), set()).add(name)
    refuse_no_text(files.path, sorted(written))
    for name, forms in written.items():
        if len(forms) > 1:
            raise UserError(
                f"{files.path}: the class folders {name!r} are one name in two forms of Unicode, "
                f"{' and '.join(map(ascii, sorted(forms)))}. Rename them all to one."
            )
    if len(written) < 2:
        raise UserError(
            f"{files.path}: there must be the folders of two classes or more, got "
            f"{sorted(written)}. {LAYOUT}"
        )
    return tuple(sorted(written))


def _refuse_empty(files: Files, level: int) -> None:
    """Refuse a class that has no image, or none in a split that another class has."""
    filled = {one.parts[: level + 1] for one in files.found}
    classes = {folder[level] for folder in files.folders if len(folder) > level}
    above: set[Parts] = {folder[:level] for folder in files.folders if len(folder) >= level} or {()}
    for split in sorted(above):
        for name in sorted(classes):
            if (*split, name) not in filled:
                place = "/".join((*split, name))
                raise UserError(
                    f"{files.path}: the class folder {place}/ must hold an image, got none. Fill "
                    "it, or take the class away from every split."
                )


def _listed(names: set[str]) -> str:
    return ", ".join(f"{name}/" for name in sorted(names))


def _instead(skipped: Counter[str]) -> str:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(skipped.items()))
    return f", but other files ({kinds})" if kinds else ""
