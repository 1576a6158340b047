"""What a tar or a folder holds, how damage is told, when it is listed anew."""

import hashlib
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from glorot_sweep.data.small_imagenet import listing as module
from glorot_sweep.data.small_imagenet.listing import ImageFile, Listing, listing
from glorot_sweep.data.small_imagenet.sources import Source
from glorot_sweep.errors import UserError
from small_imagenet.imagenet_copies import write_folder, write_tar

FILES = {"b.JPEG": b"bbb", "a.jpg": b"a", "deep/c.png": b"cc", "boxes.txt": b"0 0 9 9"}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def tar(tmp_path: Path) -> Source:
    write_tar(tmp_path / "n00000001.tar", FILES)
    return Source("n00000001", tmp_path / "n00000001.tar")


@pytest.fixture
def folder(tmp_path: Path) -> Source:
    write_folder(tmp_path / "n00000001", FILES)
    return Source("n00000001", tmp_path / "n00000001")


def test_a_tar(tar: Source, work: Path) -> None:
    found, content = listing(tar, work), tar.path.read_bytes()
    assert [image.name for image in found.images] == ["a.jpg", "b.JPEG", "deep/c.png"]
    for image in found.images:
        assert content[image.place : image.place + image.size] == FILES[image.name]
    assert (found.n_bytes, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_folder(folder: Source, work: Path) -> None:
    found = listing(folder, work)
    sizes = [(image.name, image.size) for image in found.images]
    assert sizes == [("a.jpg", 1), ("b.JPEG", 3), ("deep/c.png", 2)]
    assert found.n_bytes == 6


def test_a_folders_checksum_is_that_of_names_and_contents(
    folder: Source, tmp_path: Path, work: Path
) -> None:
    before = listing(folder, work).sha256
    elsewhere = Source("n00000002", tmp_path / "n00000002")
    write_folder(elsewhere.path, dict(reversed(FILES.items())))
    assert listing(elsewhere, work).sha256 == before
    (elsewhere.path / "a.jpg").write_bytes(b"A")
    assert listing(elsewhere, work).sha256 != before


def test_of_two_members_of_one_name_the_later_counts(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "n00000001.tar"
    write_tar(path, {"a.jpg": b"old"})
    (tmp_path / "a.jpg").write_bytes(b"newer")
    with tarfile.open(path, "a") as tar:
        tar.add(tmp_path / "a.jpg", "a.jpg")
    (image,) = listing(Source("n00000001", path), work).images
    assert path.read_bytes()[image.place : image.place + image.size] == b"newer"


def test_links_and_folders_in_a_tar_are_no_images(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "n00000001.tar"
    with tarfile.open(path, "w") as tar:
        for name, kind in (("x.jpg", tarfile.SYMTYPE), ("y.jpg", tarfile.DIRTYPE)):
            member = tarfile.TarInfo(name)
            member.type = kind
            tar.addfile(member)
    assert listing(Source("n00000001", path), work).images == ()


@pytest.mark.parametrize("content", [b"", b"<html>moved</html>", b"\x1f\x8b" + bytes(2000)])
def test_what_is_no_tar_is_refused(tmp_path: Path, work: Path, content: bytes) -> None:
    path = tmp_path / "n00000001.tar"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"n00000001\.tar is not a whole tar archive"):
        listing(Source("n00000001", path), work)


@pytest.mark.parametrize("length", [100, 512, 600, 1024, 2048, 2100, 3072, 4096])
def test_a_truncated_tar_is_refused(tar: Source, work: Path, length: int) -> None:
    """In a header, in contents, between two members, before the mark of the end."""
    tar.path.write_bytes(tar.path.read_bytes()[:length])
    with pytest.raises(UserError, match="is not a whole tar archive"):
        listing(tar, work)


def test_a_damaged_header_is_no_end(tar: Source, work: Path) -> None:
    content = bytearray(tar.path.read_bytes())
    content[1024] ^= 1  # the second member's name
    tar.path.write_bytes(content)
    with pytest.raises(UserError, match="lacks the mark of its end at byte 1,024"):
        listing(tar, work)


def test_a_folder_without_images_is_empty(tmp_path: Path, work: Path) -> None:
    (tmp_path / "n00000001").mkdir()
    assert listing(Source("n00000001", tmp_path / "n00000001"), work).images == ()


def test_a_link_to_nothing_is_listed(folder: Source, work: Path) -> None:
    """It was meant to be an image: whoever draws it reports it."""
    (folder.path / "d.jpg").symlink_to(folder.path / "gone.jpg")
    assert ImageFile("d.jpg", 0, 0) in listing(folder, work).images


@pytest.mark.parametrize("kind", ["tar", "folder"])
def test_a_source_is_read_once_until_it_changes(
    kind: str, work: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    source: Source = request.getfixturevalue(kind)
    reader: Callable[[Path], Listing] = getattr(module, f"_list_{kind}")
    calls: list[Path] = []

    def counting(path: Path) -> Listing:
        calls.append(path)
        return reader(path)

    monkeypatch.setattr(module, f"_list_{kind}", counting)
    first = listing(source, work)
    assert listing(source, work) == first
    assert len(calls) == 1
    changed = source.path if kind == "tar" else source.path / "a.jpg"
    stat = changed.stat()
    os.utime(changed, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert listing(source, work) == first
    assert len(calls) == 2


def test_a_damaged_memory_is_made_anew(tar: Source, work: Path) -> None:
    first = listing(tar, work)
    (path,) = work.iterdir()
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    assert listing(tar, work) == first
