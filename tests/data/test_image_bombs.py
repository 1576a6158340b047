"""What is small on disk and large in memory, or has no end: refused before it is read."""

import gzip
import io
import os
import pathlib
import socket
import struct
import tarfile
import tracemalloc
from collections.abc import Iterator

import pytest
from encoded import small_dataset, tar_of, write_tree

from glorot_sweep.data import image_bounds, image_folder, image_source
from glorot_sweep.data.image_folder import load_image_folder
from glorot_sweep.data.image_source import read_folder, read_tar
from glorot_sweep.errors import UserError
from glorot_sweep.host import limits

FILES = small_dataset(n_train=2, n_test=1)
PETS = pathlib.Path("pets.tar.gz")
MIB = 2**20


@pytest.fixture(autouse=True)
def _little_memory() -> Iterator[None]:
    """See that no test takes more than what may be unpacked, and a few copies of a member."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5 * 64 * MIB, f"{peak / MIB:.0f} MiB"


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


def test_one_member_that_is_no_image_by_its_size() -> None:
    content = gzip.compress(header("train/ant/1.png", 1 << 40))
    with pytest.raises(UserError, match="has 1,099,511,627,776 bytes; an image may have 16,777"):
        read_tar(PETS, content)


@pytest.mark.slow
def test_many_members_that_are_small_each() -> None:
    """Hundreds of MiB of zeros are some hundred kB."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as tar:
        for number in range(9):
            member = tarfile.TarInfo(f"train/ant/{number}.png")
            member.size = 10 * MIB
            tar.addfile(member, io.BytesIO(bytes(10 * MIB)))
    with pytest.raises(UserError, match=r"files have more than .* 20 times its size and 64 MiB"):
        read_tar(PETS, stream.getvalue())


@pytest.mark.slow
@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_says_it_is_long(kind: bytes) -> None:
    content = gzip.compress(header("x", 90 * MIB, kind) + bytes(90 * MIB), 1)
    with pytest.raises(UserError, match="files have more than"):
        read_tar(PETS, content)


@pytest.mark.slow
def test_an_end_without_end() -> None:
    tar = tar_of(FILES)
    with pytest.raises(UserError, match="files have more than"):
        read_tar(PETS, gzip.compress(tar + bytes(90 * MIB), 1))


def test_a_chain_of_headers() -> None:
    """tarfile reads each within the one before."""
    content = (header("x", 4, tarfile.GNUTYPE_LONGNAME) + b"abc".ljust(512, b"\0")) * 5_000
    with pytest.raises(UserError, match="cannot be read as a tar"):
        read_tar(PETS, content)


def test_a_sparse_member_whose_holes_are_large() -> None:
    """Old GNU form: one block of data, a real size of 8 TiB."""
    sparse = bytearray(header("train/ant/1.png", 512, tarfile.GNUTYPE_SPARSE))
    sparse[386:410] = b"00000000000\0" + b"00000001000\0"
    sparse[483:495] = b"\x80" + (1 << 43).to_bytes(11)
    sparse[148:156] = b" " * 8
    sparse[148:156] = f"{sum(sparse[:512]):06o}\0 ".encode()
    with pytest.raises(UserError, match=r"train/ant/1\.png has 8,796,093,022,208 bytes"):
        read_tar(PETS, bytes(sparse) + bytes(512 * 3))


def test_a_negative_size() -> None:
    block = bytearray(header("train/ant/1.png", 0))
    block[124:136] = b"\xff" * 10 + struct.pack(">h", -1024)
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    with pytest.raises(UserError, match="cannot be read as a tar"):
        read_tar(PETS, bytes(block) + bytes(1024))


def test_a_file_of_a_folder_that_is_no_image_by_its_size(tmp_path: pathlib.Path) -> None:
    write_tree(tmp_path, FILES)
    with (tmp_path / "train" / "ant" / "9.png").open("wb") as sparse:
        sparse.truncate(1 << 40)
    with pytest.raises(UserError, match=r"9\.png has 1,099,511,627,776 bytes"):
        read_folder(tmp_path)


def test_a_tar_that_is_larger_than_the_memory(tmp_path: pathlib.Path) -> None:
    with (tmp_path / "pets.tar").open("wb") as sparse:
        sparse.truncate(1 << 42)
    with pytest.raises(UserError, match="half of the memory"):
        load_image_folder(tmp_path / "pets.tar", "mine")


def test_all_files_of_a_folder_together(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, FILES)
    monkeypatch.setattr(image_source, "room", lambda: sum(map(len, FILES.values())) - 1)
    with pytest.raises(UserError, match="files have more than"):
        read_folder(tmp_path)
    monkeypatch.setattr(image_source, "room", lambda: sum(map(len, FILES.values())))
    read_folder(tmp_path)


def make_pipe(path: pathlib.Path) -> None:
    os.mkfifo(path)


def make_socket(path: pathlib.Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(path.parent)  # its whole path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)
    os.chdir(here)
    os.close(here)


def make_device(path: pathlib.Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [make_pipe, make_socket, make_device])
def test_what_is_neither_file_nor_folder_is_refused_unread(
    tmp_path: pathlib.Path, make: object
) -> None:
    assert callable(make)
    folder = write_tree(tmp_path / "pets", FILES)
    make(folder / "train" / "ant" / "9.png")
    with pytest.raises(UserError, match=r"9\.png is neither a file nor a folder"):
        read_folder(folder)
    make(tmp_path / "pets.tar")
    with pytest.raises(
        UserError, match=r"pets\.tar: it is neither a file nor a folder. It must be"
    ):
        load_image_folder(tmp_path / "pets.tar", "mine")


def test_links_lead_nowhere_but_below_the_data_folder(tmp_path: pathlib.Path) -> None:
    outside = write_tree(tmp_path / "outside", FILES)
    data = tmp_path / "data"
    inside = write_tree(data / "pets", FILES)
    (data / "link").symlink_to(inside)
    assert read_folder(data / "link", data).splits == read_folder(inside).splits
    for place, target in (
        (data / "out", outside),
        (inside / "validation", outside / "test"),
        (inside / "train" / "fly", outside / "train" / "ant"),
        (inside / "train" / "ant" / "9.png", outside / "test" / "ant" / "000.png"),
    ):
        place.symlink_to(target)
        with pytest.raises(UserError, match=f"{place} leads to .*out of the data folder {data}"):
            load_image_folder(data / "out" if target is outside else inside, "mine", within=data)
        place.unlink()


def test_a_link_in_a_circle_is_no_image_and_no_folder(tmp_path: pathlib.Path) -> None:
    folder = write_tree(tmp_path / "pets", FILES)
    for place in (folder / "train" / "ant" / "9.png", tmp_path / "again"):
        place.symlink_to(place)
    with pytest.raises(UserError, match=r"cannot be read.*9\.png"):
        read_folder(folder)
    with pytest.raises(UserError, match=r"again: .* It must be a folder of images or a tar"):
        load_image_folder(tmp_path / "again", "mine", within=tmp_path)


def test_the_bounds_are_those_of_the_machine() -> None:
    assert image_folder.room() == image_bounds.room() >= 2**29


def test_or_those_of_the_container(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory.max").write_text("3000000")
    monkeypatch.setattr(limits, "OWN_GROUPS", tmp_path / "none")
    monkeypatch.setattr(limits, "GROUPS", tmp_path)
    assert image_bounds.room.__wrapped__() == 1_500_000
