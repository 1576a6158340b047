"""The file of Small-ImageNet: what is read back, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from glorot_sweep.data.small_imagenet.dataset import (
    CHECKSUM,
    Arrays,
    content_sha256,
    load_small_imagenet,
    read_arrays,
)
from glorot_sweep.errors import UserError

NAME = "small_imagenet-2x11"
SIZES = [18, 2, 2]


def some_arrays(**changes: Any) -> Arrays:
    random = np.random.default_rng(0)
    return {
        "images": random.integers(0, 256, (22, 1369), dtype=np.uint8),
        "labels": np.arange(22, dtype=np.int64) % 2,
        "class_names": np.array(["bird", "musical instrument"]),
        "split_sizes": np.array(SIZES, np.int64),
        "manifest": np.frombuffer(json.dumps({"name": NAME}).encode(), np.uint8),
        **changes,
    }


def write(folder: Path, arrays: Arrays, name: str = NAME) -> Path:
    checksum = np.frombuffer(content_sha256(arrays), np.uint8)
    path = folder / f"{name}.npz"
    np.savez(path, allow_pickle=False, **{**arrays, CHECKSUM: checksum})
    return path


def test_the_three_parts_follow_each_other(tmp_path: Path) -> None:
    arrays = some_arrays()
    write(tmp_path, arrays)
    dataset = load_small_imagenet(tmp_path, NAME)
    parts = (dataset.train, dataset.validation, dataset.test)
    assert [len(part) for part in parts] == SIZES
    assert torch.cat([part.images for part in parts]).tolist() == arrays["images"].tolist()
    assert torch.cat([part.labels for part in parts]).tolist() == arrays["labels"].tolist()
    assert dataset.class_names == ("bird", "musical instrument")
    assert (dataset.name, dataset.n_inputs) == (NAME, 1369)
    assert dataset.image_shape == (37, 37, 1)
    assert len(dataset.training(1, 0, 40)) == 40


def test_a_missing_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=rf"no {NAME}\.npz in .*glorot-sweep small-imagenet"):
        load_small_imagenet(tmp_path, NAME)


def test_a_renamed_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, some_arrays(), name="small_imagenet")
    with pytest.raises(UserError, match=f"holds '{NAME}', its name says 'small_imagenet'"):
        load_small_imagenet(tmp_path, "small_imagenet")


@pytest.mark.parametrize("content", [b"", b"<html>moved</html>", b"PK\x03\x04", bytes(5000)])
def test_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{NAME}.npz").write_bytes(content)
    with pytest.raises(UserError, match="cannot be read"):
        load_small_imagenet(tmp_path, NAME)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    objects = np.array(["bird", None], dtype=object)
    contents = {**some_arrays(class_names=objects), CHECKSUM: np.zeros(32, np.uint8)}
    np.savez(tmp_path / f"{NAME}.npz", allow_pickle=True, **contents)
    with pytest.raises(UserError, match="allow_pickle"):
        load_small_imagenet(tmp_path, NAME)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    path = write(tmp_path, some_arrays())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UserError, match="cannot be read"):
        load_small_imagenet(tmp_path, NAME)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(place=0.00567, bit=3)  # a bracket of a header: numpy's parser finds no end
def test_a_flipped_bit_is_refused_or_does_not_matter(
    tmp_path: Path, place: float, bit: int
) -> None:
    """The archive's own headers hold dates and sizes that nobody reads."""
    arrays = some_arrays()
    path = write(tmp_path, arrays)
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        found = read_arrays(path)
    except UserError:
        return
    assert content_sha256(found) == content_sha256(arrays)


def test_altered_contents_of_a_whole_archive_are_refused(tmp_path: Path) -> None:
    arrays = some_arrays()
    checksum = np.frombuffer(content_sha256(arrays), np.uint8)
    arrays["labels"][3] ^= 1
    contents = {**arrays, CHECKSUM: checksum}
    np.savez(tmp_path / f"{NAME}.npz", allow_pickle=False, **contents)
    with pytest.raises(UserError, match=f"SHA-256 .*{content_sha256(arrays).hex()}"):
        load_small_imagenet(tmp_path, NAME)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": np.zeros((22, 1024), np.uint8)}, r"must be uint8 \[22, 1369\]"),
        ({"images": np.zeros((22, 1369), np.float32)}, "got float32"),
        ({"labels": np.full(22, 2)}, r"labels must lie in 0\.\.1"),
        ({"labels": np.full(22, -1)}, r"labels must lie in 0\.\.1"),
        ({"split_sizes": np.array([18, 2, 1])}, "add up to 22"),
        ({"split_sizes": np.array([20, 2, 0])}, "add up to 22"),
        ({"split_sizes": np.array([20, 2])}, "add up to 22"),
    ],
)
def test_another_builders_mistakes_are_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    write(tmp_path, some_arrays(**changes))
    with pytest.raises(UserError, match=message):
        load_small_imagenet(tmp_path, NAME)


def test_the_checksum_covers_names_types_and_shapes() -> None:
    arrays = some_arrays()
    others = [
        some_arrays(labels=arrays["labels"].astype(np.int32)),
        some_arrays(images=arrays["images"].reshape(11, -1)),
        some_arrays(class_names=np.array(["bird", "tool"])),
    ]
    assert len({content_sha256(each) for each in [arrays, *others]}) == 4
