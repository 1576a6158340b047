"""Small-ImageNet as the builder leaves it: one file, refused if anything in it has changed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from glorot_sweep.data.array_cache import NPZ_DAMAGE
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import UserError

SIDE = 37  # Sec. 2.1: 37 x 37 grey
N_PARTS = 3  # training, validation, test
ARRAYS = ("images", "labels", "class_names", "split_sizes", "manifest")
CHECKSUM = "sha256"

Arrays = dict[str, NDArray[Any]]


def load_small_imagenet(folder: Path, name: str) -> FiniteDataset:
    """Read a set that `glorot-sweep small-imagenet` has built.

    Args:
        folder: holds `<name>.npz`.
        name: `small_imagenet`, or `small_imagenet-6x2000` for 6 classes of 2,000 images each.

    Raises:
        UserError: there is no such file, or it is not what the builder wrote.
    """
    path = folder / f"{name}.npz"
    if not path.is_file():
        raise UserError(
            f"Small-ImageNet: found no {path.name} in {folder}. Build it from a copy of ImageNet "
            "with `glorot-sweep small-imagenet`, or name the folder that holds small_imagenet/ "
            "with --data-folder or GLOROT_SWEEP_DATA."
        )
    arrays = read_arrays(path)
    found = read_manifest(arrays)["name"]
    if found != name:
        raise UserError(
            f"Small-ImageNet: {path} holds {found!r}, its name says {name!r}. Rename it back."
        )
    images, labels = torch.from_numpy(arrays["images"]), torch.from_numpy(arrays["labels"])
    sizes = arrays["split_sizes"].tolist()
    pairs = zip(torch.split(images, sizes), torch.split(labels, sizes), strict=True)
    train, validation, test = (Examples(*pair) for pair in pairs)
    class_names = tuple(arrays["class_names"].tolist())
    return FiniteDataset(name, train, validation, test, class_names, (SIDE, SIDE, 1))


def read_arrays(path: Path) -> Arrays:
    """Return the contents of a built file.

    Returns:
        `images` uint8 [n, 1369], `labels` int64 [n], `class_names` [classes], `split_sizes` int64
        [3] (training, validation, test), `manifest` (the bytes of a JSON object) uint8.

    Raises:
        UserError: the file is truncated, altered, or something else.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays: Arrays = {key: stored[key] for key in ARRAYS}
            expected = stored[CHECKSUM].tobytes()
    except NPZ_DAMAGE as error:
        raise _refused(path, f"it cannot be read ({type(error).__name__}: {error})") from None
    found = content_sha256(arrays)
    if found != expected:
        raise _refused(path, f"SHA-256 of its contents: {found.hex()}, noted {expected.hex()}")
    if (reason := _misshapen(arrays)) is not None:
        raise _refused(path, reason)
    return arrays


def read_manifest(arrays: Arrays) -> dict[str, Any]:
    """Return what the builder has noted about the set."""
    manifest: dict[str, Any] = json.loads(arrays["manifest"].tobytes())
    return manifest


def content_sha256(arrays: Arrays) -> bytes:
    """Return the SHA-256 over names, types, shapes and values."""
    digest = hashlib.sha256()
    for key in ARRAYS:
        array = np.ascontiguousarray(arrays[key])
        digest.update(f"{key} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.view(np.uint8).data)
    return digest.digest()


def _misshapen(arrays: Arrays) -> str | None:
    """Return what cannot be in a set of this kind."""
    images, labels = arrays["images"], arrays["labels"]
    sizes, n_classes = arrays["split_sizes"], len(arrays["class_names"])
    if images.dtype != np.uint8 or images.shape != (len(labels), SIDE**2):
        return f"images must be uint8 [{len(labels)}, {SIDE**2}], got {images.dtype} {images.shape}"
    if sizes.shape != (N_PARTS,) or sizes.min() < 1 or sizes.sum() != len(labels):
        return f"the sizes of the three parts must add up to {len(labels)}, got {sizes.tolist()}"
    if labels.dtype != np.int64 or labels.min() < 0 or labels.max() >= n_classes:
        return f"labels must lie in 0..{n_classes - 1}"
    return None


def _refused(path: Path, reason: str) -> UserError:
    return UserError(
        f"Small-ImageNet: {path} is not as the builder wrote it: {reason}. Delete it and build it "
        "again with `glorot-sweep small-imagenet`."
    )
