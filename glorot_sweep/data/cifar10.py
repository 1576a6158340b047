"""CIFAR-10 from its binary version: the published archive or the files unpacked from it.

A record is one byte of label and 3072 of pixels: the planes red, green and blue, each 32 rows of
32. That order is kept. Python's pickled version is never read.
"""

import io
import tarfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from glorot_sweep.data.array_cache import Arrays, cached_arrays
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.download import PublishedFile, check_published, fetch
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.data.splits import draw_validation
from glorot_sweep.errors import UserError

N_VALIDATION = 10_000  # Sec. 2.1: 40,000 / 10,000 / 10,000
VALIDATION_SEED = 0
IMAGE_SHAPE = (32, 32, 3)
RECORD_BYTES = 1 + 3 * 32 * 32
FILE_RECORDS = 10_000

ARCHIVE = PublishedFile(
    "CIFAR-10",
    "cifar-10-binary.tar.gz",
    "c32a1d4ab5d03f1284b67883e8d87530",
    (
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/"
        "cifar-10-binary.tar.gz",
        "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/"
        "cifar-10-binary.tar.gz",
    ),
)
FOLDER = "cifar-10-batches-bin"  # within the archive
FILES = {  # MD5; the last one holds the test images
    "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
    "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
    "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
    "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
    "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
    "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
}
LONGEST = 200_000_000  # bytes, more than any file has; what is longer has another MD5
CACHE = "cifar-10-records.npz"

CLASS_NAMES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


def load_cifar10(folder: Path) -> FiniteDataset:
    """Read CIFAR-10.

    The validation images are a stratified draw from the training images, 1,000 of each class:
    `draw_validation` with seed 0.

    Args:
        folder: holds the archive, or the six `.bin` files, themselves or in their folder
            `cifar-10-batches-bin`. If it holds neither, the archive is downloaded into it. What
            is read from the archive is kept there, uncompressed.

    Raises:
        UserError: the files are missing everywhere, unreadable, or not the published ones.
    """
    records = torch.from_numpy(_read(folder))
    cut = len(records) - FILE_RECORDS
    images, labels = records[:, 1:], records[:, 0].to(torch.int64)
    training, validation = draw_validation(labels[:cut], N_VALIDATION, VALIDATION_SEED)
    return FiniteDataset(
        "cifar10",
        train=Examples(images.index_select(0, training), labels[training]),
        validation=Examples(images.index_select(0, validation), labels[validation]),
        test=Examples(images[cut:].contiguous(), labels[cut:]),
        class_names=CLASS_NAMES,
        image_shape=IMAGE_SHAPE,
    )


def _read(folder: Path) -> NDArray[np.uint8]:
    """Return all records [60000, 3073], the training ones first."""
    for place in (folder, folder / FOLDER):
        if all((place / name).is_file() for name in FILES):
            return np.concatenate([_read_file(place / name) for name in FILES])
    return cached_arrays(folder / CACHE, ARCHIVE.md5, lambda: _read_archive(folder))["records"]


def _read_archive(folder: Path) -> Arrays:
    path = fetch(ARCHIVE, folder, f"all of {', '.join(FILES)}")
    content = _content(path)
    check_published(content, ARCHIVE.md5, f"CIFAR-10: {path}")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        members = [archive.extractfile(f"{FOLDER}/{name}") for name in FILES]
        files = [_records(member.read()) for member in members if member is not None]
    return {"records": np.concatenate(files)}


def _read_file(path: Path) -> NDArray[np.uint8]:
    content = _content(path)
    check_published(content, FILES[path.name], f"CIFAR-10: {path}", _fault(content))
    return _records(content)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LONGEST)
    except OSError as error:
        raise UserError(f"CIFAR-10: cannot read {path}: {error}. Make it readable.") from None


def _records(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(bytearray(content), np.uint8).reshape(-1, RECORD_BYTES)


def _fault(content: bytes) -> str:
    """Say what is wrong with a file beyond its checksum: its size, or labels it may not have."""
    size = FILE_RECORDS * RECORD_BYTES
    if len(content) != size:
        return f" (it must hold {size} bytes, got {len(content)})"
    labels = _records(content)[:, 0]
    outside = np.flatnonzero(labels >= len(CLASS_NAMES))
    if len(outside):
        return f" (record {outside[0]} has the label {labels[outside[0]]}, they end at 9)"
    return ""
