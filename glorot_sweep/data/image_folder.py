"""A data set of one's own: images in folders named after their split and class, or a tar of that.

    train/<class>/<image>, test/<class>/<image> and, if you like, validation/<class>/<image>

Images are PNG or JPEG files (`.png`, `.jpg`, `.jpeg`, in any case) of one size, all 8-bit grey or
all RGB. Classes are the sorted folder names, images are taken in the order of their names.
"""

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from glorot_sweep.data.array_cache import Arrays, kept_or_made
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.data.image_bounds import Budget, room
from glorot_sweep.data.image_decoding import DECODER, decode_images, image_kind
from glorot_sweep.data.image_source import (
    read_folder,
    read_tar,
    refuse_way_out,
    tree_digest,
)
from glorot_sweep.data.image_tree import ImageTree
from glorot_sweep.data.splits import draw_validation
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import why_unread

VALIDATION_SEED = 0
LARGEST_SHARE = 5  # at most a fifth of the training images validates
CACHE_ENDING = ".pixels.npz"
CACHED = "with image shape"  # what distinguishes it from caches of earlier versions


def load_image_folder(path: Path, name: str, within: Path | None = None) -> FiniteDataset:
    """Read a folder of images, or a tar of one (compressed or not).

    Without `validation/`, validation images are a stratified draw from the training images
    (`draw_validation`, seed 0): as many as there are test images, at most a fifth.

    `FiniteDataset.keep` keeps decoded pixels beside the folder or tar, in a file of its name and
    `.pixels.npz`; they are used as long as the content (not just names or times) and the decoder
    stay the same.

    Args:
        path: of the folder or tar.
        name: of the data set, as in sweep files.
        within: a folder out of which no link may lead; None: links may lead anywhere.

    Raises:
        UserError: it is missing or of another layout, or an image does not decode, is of another
            kind than the first one, or too few are there to draw from.
    """
    key, read = _open(path, within)
    cache = path.with_name(path.name + CACHE_ENDING)
    kept_under = f"{key} {DECODER} {CACHED}"
    arrays, unkept = kept_or_made(cache, kept_under, lambda: _decoded(read()))
    train, test = _examples(arrays, "train"), _examples(arrays, "test")
    if "validation labels" in arrays:
        validation = _examples(arrays, "validation")
    else:
        train, validation = _divided(path, train, min(len(test), len(train) // LARGEST_SHARE))
    class_names = tuple(str(class_name) for class_name in arrays["classes"])
    height, width, channels = arrays["image shape"].tolist()
    shape = (height, width, channels)
    return FiniteDataset(name, train, validation, test, class_names, shape, unkept)


def _open(path: Path, within: Path | None) -> tuple[str, Callable[[], ImageTree]]:
    """Return a digest of the content, and what reads the images out of that same content."""
    refuse_way_out(path, within)
    if path.is_dir():
        tree = read_folder(path, within)
        tree.class_names()  # where pixels are kept too: an empty class changes no digest
        return tree_digest(tree), lambda: tree
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would wait for a writer
            raise OSError("it is neither a file nor a folder")
        if found.st_size > room():
            raise Budget(path, room()).exceeded()
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path}: {why_unread(error)}. It must be a folder of images or a tar of one. Put it "
            "there, or name another data folder with --data-folder or GLOROT_SWEEP_DATA."
        ) from None
    return hashlib.sha256(content).hexdigest(), lambda: read_tar(path, content)


def _decoded(tree: ImageTree) -> Arrays:
    """Return pixels and labels of every split, and the names of the classes."""
    class_names = tree.class_names()
    encoded, labels = {}, {}
    for split, classes in tree.splits.items():
        files = [
            (label, f"{split}/{class_name}/{file}", content)
            for label, class_name in enumerate(class_names)
            for file, content in sorted(classes[class_name].items())
        ]
        labels[f"{split} labels"] = np.array([label for label, _, _ in files], np.int64)
        encoded[f"{split} images"] = {name: content for _, name, content in files}
    first = next(iter(encoded["train images"].items()))
    kind = image_kind(tree.path, *first)
    images = {part: decode_images(tree.path, kind, encoded[part]) for part in encoded}
    shape = np.array(kind.shape, np.int64)
    return {**images, **labels, "classes": np.array(class_names), "image shape": shape}


def _examples(arrays: Arrays, split: str) -> Examples:
    images, labels = arrays[f"{split} images"], arrays[f"{split} labels"]
    return Examples(torch.from_numpy(images), torch.from_numpy(labels))


def _divided(path: Path, train: Examples, count: int) -> tuple[Examples, Examples]:
    if count == 0:
        raise UserError(
            f"{path}: validation images are drawn from the training images, at most a fifth; "
            f"train/ must hold {LARGEST_SHARE} or more, got {len(train)}. Add images, or a folder "
            "validation/."
        )
    rows = draw_validation(train.labels, count, VALIDATION_SEED)
    training, validation = (
        Examples(train.images.index_select(0, part), train.labels[part]) for part in rows
    )
    return training, validation
