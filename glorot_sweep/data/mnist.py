"""MNIST from its four IDX files, plain or gzip-compressed, checked by the MD5 of their contents."""

import gzip
import hashlib
import io
import zlib
from pathlib import Path

import torch
from torch import Tensor

from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.download import PublishedFile, check_published, fetch
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import UserError

N_VALIDATION = 10_000  # Sec. 2.1: 50,000 / 10,000 / 10,000; the last ones of the training file

FILES = {  # MD5 of the uncompressed contents
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}

ARCHIVES = {  # MD5 of the published `.gz`; other compressions of the same contents will do
    "train-images-idx3-ubyte": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte": "ec29112dd5afa0611ce80d1b7f02629c",
}

LONGEST = 50_000_000  # bytes, more than any of them has; what is longer has another MD5

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def load_mnist(folder: Path) -> FiniteDataset:
    """Read MNIST.

    Args:
        folder: holds the four files, each with or without the ending `.gz`; one that is missing
            is downloaded into it.

    Raises:
        UserError: a file is missing everywhere, unreadable, or its contents are not MNIST's.
    """
    contents = {name: _read(folder, name, md5) for name, md5 in FILES.items()}
    train_images, train_labels, test_images, test_labels = map(_tensor, contents.values())
    _, height, width = train_images.shape
    train_images, test_images = train_images.flatten(1), test_images.flatten(1)
    cut = len(train_labels) - N_VALIDATION
    return FiniteDataset(
        "mnist",
        train=Examples(train_images[:cut], train_labels[:cut]),
        validation=Examples(train_images[cut:], train_labels[cut:]),
        test=Examples(test_images, test_labels),
        class_names=tuple("0123456789"),
        image_shape=(height, width, 1),
    )


def _read(folder: Path, name: str, md5: str) -> bytes:
    path = _find(folder, name)
    try:
        with path.open("rb") as stream:
            content = stream.read(LONGEST)
    except OSError as error:
        raise UserError(f"MNIST: cannot read {path}: {error}. Make it readable.") from None
    unpacked = _decompress(path, content) if path.suffix == ".gz" else content
    check_published(unpacked, md5, f"MNIST: {path}")
    return unpacked


def _find(folder: Path, name: str) -> Path:
    candidates = [folder / f"{name}.gz", folder / name]
    path = next((path for path in candidates if path.is_file()), None)
    if path is None:
        addresses = tuple(f"{mirror}{name}.gz" for mirror in MIRRORS)
        path = fetch(PublishedFile("MNIST", f"{name}.gz", ARCHIVES[name], addresses), folder, name)
    return path


def _decompress(path: Path, content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            return stream.read(LONGEST)
    except (OSError, EOFError, zlib.error) as error:
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        raise UserError(
            f"MNIST: cannot read {path}: {error}. The MD5 of the published file is "
            f"{ARCHIVES[path.stem]}, this one has {found}. Get the file again."
        ) from None


def _tensor(content: bytes) -> Tensor:
    """Return images as uint8 [n, height, width] or labels as int64 [n]."""
    dimensions = content[3]
    shape = [int.from_bytes(content[4 * axis : 4 * axis + 4]) for axis in range(1, dimensions + 1)]
    values = torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=4 * (dimensions + 1))
    return values.to(torch.int64) if dimensions == 1 else values.view(shape)
