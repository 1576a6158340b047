"""From chunks to the finished set: splits, orders, duplicates."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.data.small_imagenet.area import Grey
from glorot_sweep.data.small_imagenet.chunk import chunk_images
from glorot_sweep.data.small_imagenet.draw import SplitSizes, shuffled, split_sizes
from glorot_sweep.data.small_imagenet.fill import Draws


class Drawn(NamedTuple):
    """The images of a set.

    Attributes:
        names: synset and name inside its source.
        images: [n, 1369].
        labels: [n].
    """

    names: list[str]
    images: Grey
    labels: NDArray[np.int64]


def drawn_images(draws: Draws) -> Drawn:
    """Collect the chunks of all classes; a label is the place of its class."""
    names, images, labels = [], [], []
    for label, of_class in enumerate(draws.values()):
        for draw in of_class:
            for chunk in draw.in_order:
                inside, small = chunk_images(chunk)
                names += [f"{draw.source.wnid}/{name}" for name in inside]
                images.append(small)
                labels += [label] * len(inside)
    return Drawn(names, np.concatenate(images), np.array(labels, np.int64))


def split(drawn: Drawn, per_class: int, seed: int) -> tuple[Drawn, SplitSizes]:
    """Return the images in their final order: training, validation, test, each one shuffled.

    Every class is split 9:1:1 in a seeded order of its own, so all splits are balanced.
    """
    row = {name: i for i, name in enumerate(drawn.names)}
    parts: tuple[list[str], ...] = ([], [], [])
    cuts = np.cumsum(split_sizes(per_class))[:-1].tolist()
    for label in np.unique(drawn.labels):
        of_class = [drawn.names[i] for i in np.flatnonzero(drawn.labels == label)]
        ordered = shuffled(of_class, seed, "split")
        pieces = (ordered[: cuts[0]], ordered[cuts[0] : cuts[1]], ordered[cuts[1] :])
        for part, piece in zip(parts, pieces, strict=True):
            part.extend(piece)
    names = [name for part in parts for name in shuffled(part, seed, "order")]
    rows = [row[name] for name in names]
    sizes = SplitSizes(*(len(part) for part in parts))
    return Drawn(names, drawn.images[rows], drawn.labels[rows]), sizes


def twins_in_training(drawn: Drawn, sizes: SplitSizes) -> list[tuple[str, str]]:
    """Return the test images that are training images too, pixel for pixel, each with its twin."""
    n_test = sizes.test
    test = {drawn.images[i].tobytes() for i in range(len(drawn.names) - n_test, len(drawn.names))}
    twins: dict[bytes, str] = {}
    for name, image in zip(drawn.names[: sizes.training], drawn.images, strict=False):
        if (pixels := image.tobytes()) in test:
            twins.setdefault(pixels, name)
    tested = zip(drawn.names[-n_test:], drawn.images[-n_test:], strict=True)
    return [
        (name, twin) for name, image in tested if (twin := twins.get(image.tobytes())) is not None
    ]
