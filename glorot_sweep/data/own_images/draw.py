"""Which images test and validate, where no folder says so: a seeded draw by their content.

Each class is put into the order of the SHA-256 of the seed and of each image's own. The first of
them test, the next validate, the rest is trained on. So names and the order of files decide
nothing, and one more image moves few. Images of a class that are the same byte for byte follow one
another: at each of the two cuts one group of them at most is parted, which `twins` counts.
"""

import hashlib
from collections.abc import Sequence

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.own_images.layout import Layout
from glorot_sweep.data.quotas import class_quotas
from glorot_sweep.data.split_names import SPLITS
from glorot_sweep.errors import UserError

TRAIN, VALIDATION, TEST = SPLITS


def splits_of(layout: Layout, digests: Sequence[str], rules: ImageRules) -> list[str]:
    """Return the split of every image.

    Args:
        layout: of the images.
        digests: SHA-256 of each, hexadecimal.
        rules: shares and seed.

    Raises:
        UserError: a share is given where a folder holds that split, or leaves a split of a class
            empty.
    """
    _refuse_two_sources(layout, rules)
    test_share, validation_share = rules.shares
    shares = {TEST: test_share, VALIDATION: validation_share}
    shares = {split: share for split, share in shares.items() if split not in layout.splits}
    splits = [image.split or TRAIN for image in layout.images]
    by_class = _pool(layout, digests, splits, rules.seed)
    sizes = [len(rows) for rows in by_class]
    quotas = {split: class_quotas(sizes, round(share * sum(sizes)))
              for split, share in shares.items()}  # fmt: skip
    for label, rows in enumerate(by_class):
        _refuse_too_few(layout, label, len(rows), {name: quotas[name][label] for name in quotas})
        start = 0
        for split, of_class in quotas.items():
            for row in rows[start : start + of_class[label]]:
                splits[row] = split
            start += of_class[label]
    return splits


def _pool(
    layout: Layout, digests: Sequence[str], splits: Sequence[str], seed: int
) -> list[list[int]]:
    """Return the rows of each class that may be drawn, in the order of the draw."""

    def place(row: int) -> tuple[str, int]:
        return hashlib.sha256(f"{seed} {digests[row]}".encode()).hexdigest(), row

    by_class: list[list[int]] = [[] for _ in layout.class_names]
    for row, image in enumerate(layout.images):
        if splits[row] == TRAIN:
            by_class[image.label].append(row)
    return [sorted(rows, key=place) for rows in by_class]


def _refuse_two_sources(layout: Layout, rules: ImageRules) -> None:
    given = {TEST: rules.test_share, VALIDATION: rules.validation_share}
    for split, share in given.items():
        if share is not None and split in layout.splits:
            raise UserError(
                f"{layout.path}: holds {split}/, so nothing is drawn for it, got {split}_share "
                f"{share}. Leave {split}_share out, or take the folder away."
            )


def _refuse_too_few(layout: Layout, label: int, size: int, quotas: dict[str, int]) -> None:
    left = {**quotas, TRAIN: size - sum(quotas.values())}
    empty = ", ".join(split for split, count in left.items() if count < 1)
    if empty:
        raise UserError(
            f"{layout.path}: the class {layout.class_names[label]} has {size:,} images to draw "
            f"from, which leave none for {empty}. Add images, or change test_share or "
            "validation_share."
        )
