"""CIFAR-10 from records made here, as files and as an archive, under their own checksums."""

import hashlib
import io
import logging
import pathlib
import random
import tarfile
from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import a_site, refused_address

from glorot_sweep.data import cifar10
from glorot_sweep.data.cifar10 import load_cifar10
from glorot_sweep.data.dataset import Examples
from glorot_sweep.data.splits import draw_validation
from glorot_sweep.errors import UserError

N_FILE, N_VALIDATION = 20, 30
Record = tuple[int, list[int]]


@pytest.fixture(scope="module")
def records() -> dict[str, list[Record]]:
    """Labels and pixels of every file; each class twice a file."""
    draw = random.Random(1)
    return {
        name: [(i % 10, [draw.randrange(256) for _ in range(3072)]) for i in range(N_FILE)]
        for name in cifar10.FILES
    }


@pytest.fixture(scope="module")
def contents(records: dict[str, list[Record]]) -> dict[str, bytes]:
    """The format as its page describes it: <1 x label><3072 x pixel>, and nothing between."""
    return {
        name: b"".join(bytes([label, *pixels]) for label, pixels in file)
        for name, file in records.items()
    }


@pytest.fixture(scope="module")
def archive(contents: dict[str, bytes]) -> bytes:
    return packed(contents)


def packed(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in {"batches.meta.txt": b"airplane\n", **contents}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.fixture(autouse=True)
def published(contents: dict[str, bytes], archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    table = {name: hashlib.md5(content).hexdigest() for name, content in contents.items()}
    mirrors = (refused_address("/c.tar.gz"),)
    file = replace(cifar10.ARCHIVE, md5=hashlib.md5(archive).hexdigest(), addresses=mirrors)
    monkeypatch.setattr(cifar10, "FILES", table)
    monkeypatch.setattr(cifar10, "ARCHIVE", file)
    monkeypatch.setattr(cifar10, "FILE_RECORDS", N_FILE)
    monkeypatch.setattr(cifar10, "N_VALIDATION", N_VALIDATION)


@pytest.fixture(params=["files", "their folder", "archive"])
def folder(
    request: pytest.FixtureRequest,
    contents: dict[str, bytes],
    archive: bytes,
    tmp_path: pathlib.Path,
) -> pathlib.Path:
    """Every form in which the files may be there."""
    if request.param == "archive":
        (tmp_path / "cifar-10-binary.tar.gz").write_bytes(archive)
    else:
        put(tmp_path / ("" if request.param == "files" else "cifar-10-batches-bin"), contents)
    return tmp_path


def put(place: pathlib.Path, contents: dict[str, bytes]) -> None:
    place.mkdir(exist_ok=True)
    for name, content in contents.items():
        (place / name).write_bytes(content)


def listed(part: Examples) -> list[Record]:
    return list(zip(part.labels.tolist(), part.images.tolist(), strict=True))


def check(folder: pathlib.Path, records: dict[str, list[Record]]) -> None:
    """Against the records as they were drawn; rows of the split from `draw_validation`."""
    dataset = load_cifar10(folder)
    *training, test = records.values()
    everything = [record for file in training for record in file]
    labels = torch.tensor([label for label, _ in everything])
    rows = draw_validation(labels, N_VALIDATION, seed=0)
    assert listed(dataset.train) == [everything[row] for row in rows[0].tolist()]
    assert listed(dataset.validation) == [everything[row] for row in rows[1].tolist()]
    assert listed(dataset.test) == test


@pytest.mark.slow
def test_every_form_gives_the_same(folder: pathlib.Path, records: dict[str, list[Record]]) -> None:
    check(folder, records)
    dataset = load_cifar10(folder)
    assert (dataset.name, dataset.n_inputs, dataset.n_classes) == ("cifar10", 3072, 10)
    assert dataset.image_shape == (32, 32, 3)
    assert dataset.class_names[0] == "airplane"
    assert dataset.class_names[9] == "truck"
    parts = (dataset.train, dataset.validation, dataset.test)
    assert [len(part) for part in parts] == [70, N_VALIDATION, N_FILE]
    assert torch.bincount(dataset.validation.labels).tolist() == [3] * 10
    assert all(part.images.is_contiguous() for part in parts)
    assert all(part.images.dtype == torch.uint8 for part in parts)
    assert all(part.labels.dtype == torch.int64 for part in parts)


def test_the_archive_is_read_once(
    archive: bytes, records: dict[str, list[Record]], tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "cifar-10-binary.tar.gz"
    path.write_bytes(archive)
    load_cifar10(tmp_path)
    path.unlink()
    check(tmp_path, records)


def test_a_damaged_cache_is_replaced(
    archive: bytes,
    records: dict[str, list[Record]],
    tmp_path: pathlib.Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "cifar-10-binary.tar.gz"
    path.write_bytes(archive)
    load_cifar10(tmp_path)
    cache = tmp_path / cifar10.CACHE
    content = bytearray(cache.read_bytes())
    content[len(content) // 2] ^= 1
    cache.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        check(tmp_path, records)
    assert "is damaged" in caplog.text
    path.unlink()
    check(tmp_path, records)


def test_a_missing_archive_is_downloaded(
    archive: bytes,
    records: dict[str, list[Record]],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with a_site() as site:
        site.pages = {"/c.tar.gz": archive}
        addresses = (*cifar10.ARCHIVE.addresses, site.address("/c.tar.gz"))
        monkeypatch.setattr(cifar10, "ARCHIVE", replace(cifar10.ARCHIVE, addresses=addresses))
        check(tmp_path / "cifar10", records)
        check(tmp_path / "cifar10", records)
        assert site.asked == ["/c.tar.gz"]


def test_missing_files_are_named(contents: dict[str, bytes], tmp_path: pathlib.Path) -> None:
    """Five of the six files are not enough."""
    put(tmp_path, contents)
    (tmp_path / "data_batch_3.bin").unlink()
    with pytest.raises(UserError) as caught:
        load_cifar10(tmp_path)
    message = str(caught.value)
    assert "found neither cifar-10-binary.tar.gz nor all of data_batch_1.bin" in message
    assert str(tmp_path) in message
    assert cifar10.ARCHIVE.addresses[0] in message


@pytest.mark.parametrize("damage", ["cut", "altered", "something else"])
def test_a_wrong_archive_is_refused(archive: bytes, tmp_path: pathlib.Path, damage: str) -> None:
    altered = bytearray(archive)
    altered[len(altered) // 2] ^= 1
    content = {"cut": archive[:-50], "altered": bytes(altered), "something else": b"<html>"}[damage]
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(content)
    expected, found = cifar10.ARCHIVE.md5, hashlib.md5(content).hexdigest()
    with pytest.raises(UserError, match=rf"cifar-10-binary\.tar\.gz is .*{expected}, got {found}"):
        load_cifar10(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["cifar-10-binary.tar.gz"]


def refused(folder: pathlib.Path, contents: dict[str, bytes], content: bytes) -> str:
    put(folder, contents)
    (folder / "data_batch_2.bin").write_bytes(content)
    with pytest.raises(UserError) as caught:
        load_cifar10(folder)
    message = str(caught.value)
    assert "data_batch_2.bin is not the published file" in message
    assert cifar10.FILES["data_batch_2.bin"] in message
    assert hashlib.md5(content).hexdigest() in message
    return message


def test_an_altered_file_is_refused(contents: dict[str, bytes], tmp_path: pathlib.Path) -> None:
    content = bytearray(contents["data_batch_2.bin"])
    content[-1] ^= 1
    assert "(" not in refused(tmp_path, contents, bytes(content))


def test_a_cut_file_is_refused(contents: dict[str, bytes], tmp_path: pathlib.Path) -> None:
    message = refused(tmp_path, contents, contents["data_batch_2.bin"][:-1])
    assert f"must hold {N_FILE * 3073} bytes, got {N_FILE * 3073 - 1}" in message


def test_a_label_outside_the_range_is_named(
    contents: dict[str, bytes], tmp_path: pathlib.Path
) -> None:
    content = bytearray(contents["data_batch_2.bin"])
    content[3073 * 4] = 10
    message = refused(tmp_path, contents, bytes(content))
    assert "record 4 has the label 10, they end at 9" in message


def test_an_unreadable_file_is_refused(
    contents: dict[str, bytes], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, contents)

    def denied(self: pathlib.Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pathlib.Path, "open", denied)
    with pytest.raises(UserError, match=r"cannot read .*data_batch_1.bin: .*Permission denied"):
        load_cifar10(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=300), st.integers(0, 40_000))
def test_any_other_bytes_are_refused(
    contents: dict[str, bytes], tmp_path: pathlib.Path, new: bytes, place: int
) -> None:
    whole = contents["data_batch_2.bin"]
    content = whole[:place] + new + whole[place + len(new) :]
    if content != whole:
        refused(tmp_path, contents, content)


def test_a_file_of_any_length_is_read_no_further_than_the_real_one_goes(
    contents: dict[str, bytes], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cifar10, "LONGEST", 2**20)
    put(tmp_path, contents)
    with (tmp_path / "data_batch_1.bin").open("r+b") as sparse:
        sparse.truncate(1 << 42)
    with pytest.raises(UserError, match=r"data_batch_1\.bin is not the published file"):
        load_cifar10(tmp_path)
