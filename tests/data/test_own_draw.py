"""The draw of test and validation images: stratified, by content, whatever the names."""

import hashlib
from collections import Counter

import pytest

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.own_images.draw import splits_of
from glorot_sweep.data.own_images.layout import Layout, Placed
from glorot_sweep.errors import UserError


def drawn(sizes: tuple[int, ...], rules: ImageRules, splits: tuple[str, ...] = ()) -> list[str]:
    found, digests = images(sizes, splits)
    return splits_of(found, digests, rules)


def images(sizes: tuple[int, ...], splits: tuple[str, ...] = ()) -> tuple[Layout, list[str]]:
    """Classes of so many images each; where splits are given, as many in each of those too."""
    placed = [
        Placed(f"{split}/{label}/{number}", split, label, lambda: b"")
        for split in ((*splits, "train") if splits else (None,))
        for label, size in enumerate(sizes)
        for number in range(size)
    ]
    digests = [hashlib.sha256(one.name.encode()).hexdigest() for one in placed]
    names = tuple(map(str, range(len(sizes))))
    found = frozenset((*splits, "train") if splits else ())
    return Layout("pets", tuple(placed), names, found, Counter()), digests


def test_each_class_gives_its_share() -> None:
    found, _ = images((50, 30))
    splits = drawn((50, 30), ImageRules())
    counts = Counter((one.label, split) for one, split in zip(found.images, splits, strict=True))
    assert counts == {
        (0, "test"): 10, (0, "validation"): 5, (0, "train"): 35,
        (1, "test"): 6, (1, "validation"): 3, (1, "train"): 21,
    }  # fmt: skip


def test_against_sorting_by_hand() -> None:
    found, digests = images((10, 10))
    splits = drawn((10, 10), ImageRules(test_share=0.3, validation_share=0.2, seed=7))
    for label in (0, 1):
        rows = [row for row, one in enumerate(found.images) if one.label == label]
        rows.sort(key=lambda row: hashlib.sha256(f"7 {digests[row]}".encode()).hexdigest())
        assert [splits[row] for row in rows] == ["test"] * 3 + ["validation"] * 2 + ["train"] * 5


def test_order_decides_nothing_and_the_seed_all() -> None:
    found, digests = images((20, 20))
    there = dict(zip(digests, splits_of(found, digests, ImageRules()), strict=True))
    backwards = Layout(
        found.path, found.images[::-1], found.class_names, found.splits, found.skipped
    )
    again = splits_of(backwards, digests[::-1], ImageRules())
    assert dict(zip(digests[::-1], again, strict=True)) == there
    assert drawn((20, 20), ImageRules(seed=1)) != list(there.values())


@pytest.mark.parametrize(
    ("splits", "drawn_ones"),
    [(("test",), {"validation": 4}), (("validation",), {"test": 8}), (("test", "validation"), {})],
)
def test_only_what_no_folder_holds_is_drawn(
    splits: tuple[str, ...], drawn_ones: dict[str, int]
) -> None:
    found, _ = images((20, 20), splits)
    result = drawn((20, 20), ImageRules(), splits)
    moved = Counter(
        split for one, split in zip(found.images, result, strict=True) if split != one.split
    )
    assert moved == drawn_ones
    assert all(one.split == "train" for one, split in zip(found.images, result, strict=True)
               if split != one.split)  # fmt: skip


def test_too_few_of_a_class() -> None:
    with pytest.raises(UserError, match=r"the class 1 has 2 images .* none for test, validation"):
        drawn((90, 2), ImageRules())
    with pytest.raises(UserError, match="leave none for train"):
        drawn((1, 1), ImageRules(test_share=0.5, validation_share=0.45))


@pytest.mark.parametrize("split", ["test", "validation"])
def test_a_share_of_what_a_folder_holds(split: str) -> None:
    with pytest.raises(UserError, match=f"holds {split}/.* got {split}_share 0.3"):
        drawn((9, 9), ImageRules(**{f"{split}_share": 0.3}), (split,))
