"""MNIST from IDX files: tiny ones made here, and the real ones."""

import gzip
import hashlib
import pathlib
import random
import struct
import tracemalloc
import zlib

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import a_site, refused_address

from glorot_sweep.data import mnist
from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.mnist import load_mnist
from glorot_sweep.errors import UserError

SIDE, N_TRAIN, N_VALIDATION, N_TEST = 3, 12, 5, 4
Numbers = list[list[int]]


def idx(values: list[int], *shape: int) -> bytes:
    """Write the format down from its description: magic number, sizes, bytes."""
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, 8, len(shape), *shape) + bytes(values)


@pytest.fixture
def numbers() -> dict[str, Numbers]:
    draw = random.Random(1)
    return {
        name: [
            [draw.randrange(256) for _ in range(count * SIDE * SIDE)],
            [draw.randrange(10) for _ in range(count)],
        ]
        for name, count in (("train", N_TRAIN), ("t10k", N_TEST))
    }


@pytest.fixture
def folder(
    numbers: dict[str, Numbers], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> pathlib.Path:
    """Two files compressed and two plain, under their own checksums."""
    table = {}
    for name, count in (("train", N_TRAIN), ("t10k", N_TEST)):
        images, labels = numbers[name]
        contents = {
            f"{name}-images-idx3-ubyte": idx(images, count, SIDE, SIDE),
            f"{name}-labels-idx1-ubyte": idx(labels, count),
        }
        for file, content in contents.items():
            table[file] = hashlib.md5(content).hexdigest()
            if name == "train":
                (tmp_path / f"{file}.gz").write_bytes(gzip.compress(content))
            else:
                (tmp_path / file).write_bytes(content)
    assert list(table) == list(mnist.FILES)
    monkeypatch.setattr(mnist, "FILES", table)
    monkeypatch.setattr(mnist, "N_VALIDATION", N_VALIDATION)
    monkeypatch.setattr(mnist, "MIRRORS", ())
    return tmp_path


def test_images_and_labels(folder: pathlib.Path, numbers: dict[str, Numbers]) -> None:
    dataset = load_mnist(folder)
    assert (dataset.name, dataset.n_inputs, dataset.n_classes) == ("mnist", SIDE * SIDE, 10)
    assert dataset.image_shape == (SIDE, SIDE, 1)
    images = torch.cat([dataset.train.images, dataset.validation.images])
    labels = torch.cat([dataset.train.labels, dataset.validation.labels])
    assert images.flatten().tolist() == numbers["train"][0]
    assert labels.tolist() == numbers["train"][1]
    assert dataset.test.images.flatten().tolist() == numbers["t10k"][0]
    assert dataset.test.labels.tolist() == numbers["t10k"][1]
    assert images.dtype == torch.uint8
    assert labels.dtype == torch.int64


def test_the_last_training_images_validate(folder: pathlib.Path) -> None:
    dataset = load_mnist(folder)
    sizes = [len(part) for part in (dataset.train, dataset.validation, dataset.test)]
    assert sizes == [N_TRAIN - N_VALIDATION, N_VALIDATION, N_TEST]


def test_a_missing_file_is_named(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = refused_address("/mnist/")
    monkeypatch.setattr(mnist, "MIRRORS", (mirror,))
    (folder / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(UserError) as caught:
        load_mnist(folder)
    message = str(caught.value)
    assert "found neither t10k-labels-idx1-ubyte.gz nor t10k-labels-idx1-ubyte in" in message
    assert f"{mirror}t10k-labels-idx1-ubyte.gz (" in message


def test_missing_files_are_downloaded(
    folder: pathlib.Path, numbers: dict[str, Numbers], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only they: one from the second mirror."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    names = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
    archives = {name: gzip.compress((folder / name).read_bytes()) for name in names}
    for name in names:
        (folder / name).unlink()
    table = {name: hashlib.md5(archive).hexdigest() for name, archive in archives.items()}
    monkeypatch.setattr(mnist, "ARCHIVES", table)
    with a_site() as site:
        monkeypatch.setattr(mnist, "MIRRORS", (site.address("/a/"), site.address("/b/")))
        site.pages = {f"/{m}/{n}.gz": archives[n] for m, n in zip("ab", names, strict=True)}
        dataset = load_mnist(folder)
        assert site.asked == [f"/a/{names[0]}.gz", f"/a/{names[1]}.gz", f"/b/{names[1]}.gz"]
        load_mnist(folder)
        assert len(site.asked) == 3
    assert dataset.test.images.flatten().tolist() == numbers["t10k"][0]
    assert dataset.test.labels.tolist() == numbers["t10k"][1]


def test_other_contents_are_refused(folder: pathlib.Path) -> None:
    path = folder / "t10k-images-idx3-ubyte"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"MD5.*got {hashlib.md5(content).hexdigest()}"):
        load_mnist(folder)


@pytest.mark.parametrize("damage", ["cut", "no gzip"])
def test_a_damaged_archive_is_refused(folder: pathlib.Path, damage: str) -> None:
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:40] if damage == "cut" else b"<html>moved</html>")
    published = mnist.ARCHIVES["train-images-idx3-ubyte"]
    found = hashlib.md5(path.read_bytes()).hexdigest()
    with pytest.raises(UserError, match=f"cannot read .*{published}, this one has {found}"):
        load_mnist(folder)


def test_a_folder_in_place_of_a_file_counts_as_missing(folder: pathlib.Path) -> None:
    (folder / "t10k-labels-idx1-ubyte").unlink()
    (folder / "t10k-labels-idx1-ubyte").mkdir()
    with pytest.raises(UserError, match="found neither"):
        load_mnist(folder)


def test_a_flipped_byte_after_the_compression_is_refused(folder: pathlib.Path) -> None:
    """Place 25 lies in the stored contents: gzip's own checksum finds it."""
    flip(folder / "train-images-idx3-ubyte.gz", 25)
    with pytest.raises(UserError):
        load_mnist(folder)


def test_a_flipped_byte_of_the_compression_is_refused(folder: pathlib.Path) -> None:
    """Place 12 lies in the length of the first block."""
    flip(folder / "train-images-idx3-ubyte.gz", 12)
    with pytest.raises(UserError):
        load_mnist(folder)


def flip(path: pathlib.Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)


def test_the_catalogue_finds_it(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = folder.parent / f"{folder.name}-home"
    home.mkdir()
    (home / "mnist").symlink_to(folder)
    assert load_dataset("mnist", home).name == "mnist"
    monkeypatch.setenv("GLOROT_SWEEP_DATA", str(home))
    assert data_folder() == home
    assert data_folder(folder) == folder
    monkeypatch.delenv("GLOROT_SWEEP_DATA")
    assert data_folder() == pathlib.Path("data")


def test_an_unknown_name_gets_a_suggestion(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UserError, match=r"unknown data set 'mnits'.*mnist"):
        load_dataset("mnits", tmp_path)


@pytest.mark.realdata
def test_the_real_files(realdata: pathlib.Path) -> None:
    """Counts of each digit in the test file are public knowledge; so are the first labels."""
    dataset = load_mnist(realdata / "mnist")
    sizes = [len(part) for part in (dataset.train, dataset.validation, dataset.test)]
    assert sizes == [50_000, 10_000, 10_000]
    assert dataset.n_inputs == 784
    assert dataset.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert dataset.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert torch.bincount(dataset.test.labels).tolist() == [
        *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
    ]
    # The published mean and standard deviation of the 60,000 training images, 4 decimals.
    images = torch.cat([dataset.train.images, dataset.validation.images]).double() / 255
    assert round(float(images.mean()), 4) == 0.1307
    assert round(float(images.std(correction=0)), 4) == 0.3081


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=300), st.integers(0, 300), st.booleans())
def test_any_other_bytes_are_refused(
    folder: pathlib.Path, new: bytes, place: int, packed: bool
) -> None:
    """In a compressed file, or in a plain one: made up, or spliced into what was right."""
    path = folder / ("train-labels-idx1-ubyte.gz" if packed else "t10k-labels-idx1-ubyte")
    whole = path.read_bytes()
    spliced = whole[:place] + new
    path.write_bytes(spliced)
    try:
        content = gzip.decompress(spliced) if packed else spliced
    except (OSError, EOFError, zlib.error):
        content = b""
    try:
        if hashlib.md5(content).hexdigest() == mnist.FILES[path.name.removesuffix(".gz")]:
            load_mnist(folder)  # other bytes of the same content
        else:
            with pytest.raises(UserError, match=path.name):
                load_mnist(folder)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_of_any_length_is_read_no_further_than_the_real_one_goes(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(mnist, "LONGEST", 2**20)
    path = folder / ("train-labels-idx1-ubyte.gz" if packed else "t10k-labels-idx1-ubyte")
    if packed:
        path.write_bytes(gzip.compress(bytes(2**25), 1))
    else:
        with path.open("wb") as sparse:
            sparse.truncate(1 << 42)
    tracemalloc.start()
    with pytest.raises(UserError, match=f"{path.name} is not the published file"):
        load_mnist(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * mnist.LONGEST, f"{peak:,} bytes"
