"""What every data set offers: a training stream addressed by number, two fixed sets, a digest."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

N_PROBE = 300  # Sec. 3: "a fixed set of 300 test examples"


@dataclass(frozen=True)
class Examples:
    """Images with their labels.

    Attributes:
        images: [n, inputs], 8-bit grey levels.
        labels: [n], int64.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


class ImageDataset(ABC):
    """A data set of grey or colour images, flattened.

    Attributes:
        name: as in sweep files.
        n_inputs: pixels (times channels) of an image.
        image_shape: height, width and channels. A row of `images` holds the image plane by plane,
            as CIFAR-10's files do: [channels, height, width].
        class_names: one for each label.
        validation, test: fixed sets, disjoint from training.
        preparation: how a photograph becomes one of its images, as plain data; empty: unknown.
    """

    name: str
    n_inputs: int
    image_shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    validation: Examples
    test: Examples
    preparation: Mapping[str, Any] = MappingProxyType({})

    @property
    def probe(self) -> Examples:
        """The fixed test examples on which layers are looked at."""
        return Examples(self.test.images[:N_PROBE], self.test.labels[:N_PROBE])

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    def as_pictures(self, rows: Tensor) -> NDArray[np.uint8]:
        """Return rows of `images` as pictures [n, height, width, channels].

        That is what people and registered models have; a row reshaped to it would be another
        picture, since it holds one plane after another.

        Args:
            rows: [n, n_inputs], 8-bit.
        """
        height, width, channels = self.image_shape
        planes: NDArray[np.uint8] = rows.numpy().reshape(-1, channels, height, width)
        return np.moveaxis(planes, 1, -1)

    def keep(self) -> None:  # noqa: B027 - most have nothing to keep
        """Keep what was costly to make where the next process finds it; until then nothing is.

        Whoever is refused has made nothing, so this is done once work begins.
        """

    @abstractmethod
    def training(self, data_seed: int, first: int, count: int) -> Examples:
        """Return examples first .. first + count - 1 of the training stream `data_seed`.

        Any part of a stream can be made anywhere, at any time, with the same result.
        """

    @abstractmethod
    def digest(self) -> str:
        """Return a digest of the whole content, at most 36 characters."""


def majority_class(labels: Tensor) -> int:
    """Return the most frequent label."""
    return int(torch.bincount(labels).argmax())


def majority_error_percent(labels: Tensor) -> float:
    """Return the error of always answering the majority class, in percent.

    To the last bit that of a network which does so: a diverged trial ties with such a one.

    Example:
        >>> majority_error_percent(torch.tensor([0, 0, 0, 1]))
        25.0
    """
    return 100 * (len(labels) - int(torch.bincount(labels).max())) / len(labels)


def content_digest(*parts: Tensor | str) -> str:
    """Return 32 hexadecimal digits of the SHA-256 of tensors' contents and words."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(part.encode())
        else:
            digest.update(str(tuple(part.shape)).encode())
            digest.update(part.contiguous().numpy().data)
    return digest.hexdigest()[:32]
