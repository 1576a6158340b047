"""MNIST from its four IDX files, plain or gzip-compressed, checked by the MD5 of their contents."""

import gzip
import hashlib
import zlib
from pathlib import Path

import torch
from torch import Tensor

from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import UserError

N_VALIDATION = 10_000  # Sec. 2.1: 50,000 / 10,000 / 10,000; the last ones of the training file

FILES = {  # MD5 of the uncompressed contents
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def load_mnist(folder: Path) -> FiniteDataset:
    """Read MNIST.

    Args:
        folder: holds the four files, each with or without the ending `.gz`.

    Raises:
        UserError: a file is missing, unreadable, or its contents are not MNIST's.
    """
    contents = {name: _read(folder, name, md5) for name, md5 in FILES.items()}
    train_images, train_labels, test_images, test_labels = map(_tensor, contents.values())
    cut = len(train_labels) - N_VALIDATION
    return FiniteDataset(
        "mnist",
        train=Examples(train_images[:cut], train_labels[:cut]),
        validation=Examples(train_images[cut:], train_labels[cut:]),
        test=Examples(test_images, test_labels),
        class_names=tuple("0123456789"),
    )


def _read(folder: Path, name: str, md5: str) -> bytes:
    candidates = [folder / f"{name}.gz", folder / name]
    path = next((path for path in candidates if path.is_file()), None)
    if path is None:
        raise UserError(
            f"MNIST: found neither {name}.gz nor {name} in {folder}. Put the four IDX files of "
            "MNIST there, or name their folder with --data-folder or GLOROT_SWEEP_DATA "
            "(the folder that holds mnist/)."
        )
    try:
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"MNIST: cannot read {path}: {error}") from None
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise UserError(
            f"MNIST: {path} is not the published file: the MD5 of its contents must be {md5}, "
            f"got {found}. Get the file again."
        )
    return content


def _tensor(content: bytes) -> Tensor:
    """Return images as uint8 [n, pixels] or labels as int64 [n]."""
    dimensions = content[3]
    shape = [int.from_bytes(content[4 * axis : 4 * axis + 4]) for axis in range(1, dimensions + 1)]
    values = torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=4 * (dimensions + 1))
    return values.to(torch.int64) if dimensions == 1 else values.view(shape[0], -1)
