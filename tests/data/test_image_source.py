"""Folders and tars: the same images from both, and every way in which a tar can be wrong."""

import bz2
import contextlib
import gzip
import hashlib
import io
import lzma
import os
import pathlib
import tarfile
from collections.abc import Callable

import pytest
from encoded import small_dataset, tar_of, write_tree
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.data.image_source import read_folder, read_tar, tree_digest
from glorot_sweep.data.image_tree import ImageTree
from glorot_sweep.errors import UserError

FILES = small_dataset(n_train=2, n_test=1)
PETS = pathlib.Path("pets.tar")


def test_a_folder(tmp_path: pathlib.Path) -> None:
    tree = read_folder(write_tree(tmp_path, {**FILES, "README.md": b"", ".git/HEAD": b"ref"}))
    found = {
        f"{split}/{name}/{file}": content
        for split, classes in tree.splits.items()
        for name, files in classes.items()
        for file, content in files.items()
    }
    assert found == FILES


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("prefix", ["", "./"])
def test_a_tar_holds_the_same(tmp_path: pathlib.Path, mode: str, prefix: str) -> None:
    members = {prefix + name: content for name, content in reversed(FILES.items())}
    packed = read_tar(PETS, tar_of(members, mode))
    unpacked = read_folder(write_tree(tmp_path, FILES))
    assert packed.splits == unpacked.splits
    assert tree_digest(packed) == tree_digest(unpacked)


def test_a_tar_made_of_a_folder(tmp_path: pathlib.Path) -> None:
    """With entries for the folders, also for one without images."""
    folder = write_tree(tmp_path / "pets", FILES)
    (folder / "train" / "fly").mkdir()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        tar.add(folder, arcname=".")
    tree = read_tar(PETS, stream.getvalue())
    assert tree.splits == read_folder(folder).splits
    assert tree.splits["train"]["fly"] == {}


def test_the_digest_sees_names_and_contents() -> None:
    variants = [dict(FILES)]
    first, *_ = FILES
    variants.append({**FILES, first: FILES[first] + b"!"})
    variants.append({name.replace("bee", "fly"): content for name, content in FILES.items()})
    variants.append({name: FILES[name] for name in FILES if name != first})
    swapped = dict(zip(FILES, reversed(FILES.values()), strict=True))
    digests = {tree_digest(read_tar(PETS, tar_of(files))) for files in [*variants, swapped]}
    assert len(digests) == 5


def test_a_name_in_another_encoding_has_a_digest() -> None:
    tree = ImageTree(pathlib.Path("folder"))
    tree.add_file(("train", "cat", os.fsdecode(b"caf\xe9.png")), lambda: b"content")
    line = b"train/cat/caf\xe9.png/7\n"
    assert tree_digest(tree) == hashlib.sha256(line + b"content").hexdigest()


def test_links_in_a_folder_are_followed(tmp_path: pathlib.Path) -> None:
    elsewhere = write_tree(tmp_path / "elsewhere", FILES)
    (tmp_path / "pets").mkdir()
    for split in ("train", "test"):
        (tmp_path / "pets" / split).symlink_to(elsewhere / split)
    assert read_folder(tmp_path / "pets").splits == read_folder(elsewhere).splits


def test_a_circle_of_links_is_no_class(tmp_path: pathlib.Path) -> None:
    folder = write_tree(tmp_path, FILES)
    (folder / "train" / "ant" / "again").symlink_to(folder)
    with pytest.raises(UserError, match=r"train/ant/again .* no folders"):
        read_folder(folder)


def test_a_dangling_link_cannot_be_read(tmp_path: pathlib.Path) -> None:
    folder = write_tree(tmp_path, FILES)
    (folder / "train" / "ant" / "9.png").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError, match=r"cannot be read.*9\.png"):
        read_folder(folder)


def test_a_folder_that_cannot_be_listed(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, scan = write_tree(tmp_path, FILES), os.scandir

    def denied(path: str) -> object:
        if os.fspath(path).endswith("bee"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(UserError, match=r"cannot be read.*Permission denied.*bee"):
        read_folder(folder)


@pytest.mark.parametrize(
    "name", ["../train/ant/9.png", "/train/ant/9.png", "train/ant/../../../9.png"]
)
def test_a_member_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="leads out of the archive") as caught:
        read_tar(PETS, tar_of({**FILES, name: b"x"}))
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(kind: bytes) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        member = tarfile.TarInfo("train/ant/9.png")
        member.type, member.linkname = kind, "train/ant/000.png"
        tar.addfile(member)
    with pytest.raises(UserError, match=r"train/ant/9\.png is a link or a device"):
        read_tar(PETS, stream.getvalue())


@pytest.mark.parametrize("content", [b"", b"<html>moved</html>", b"PK\3\4" * 500, bytes(100)])
def test_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match=r"pets\.tar: must be a folder of images or a tar"):
        read_tar(PETS, content)


MODES = ["w", "w:gz", "w:bz2", "w:xz"]


@given(st.integers(1, 1_000_000), st.sampled_from(MODES))
def test_a_cut_tar_never_loses_an_image(missing: int, mode: str) -> None:
    """What is missing may be padding, or the checksum of a compressed stream."""
    whole = tar_of(FILES, mode)
    try:
        tree = read_tar(PETS, whole[: -(missing % len(whole) or 1)])
    except UserError:
        return
    assert tree.splits == read_tar(PETS, whole).splits


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("members", [0.1, 0.5, 0.99])
def test_a_tar_cut_within_its_members_is_refused(mode: str, members: float) -> None:
    content = tar_of(FILES)
    packers = {"w": bytes, "w:gz": gzip.compress, "w:bz2": bz2.compress, "w:xz": lzma.compress}
    end = len(content.rstrip(b"\0"))
    with pytest.raises(UserError, match=r"pets\.tar"):
        read_tar(PETS, packers[mode](content[: int(members * end)]))


def test_a_tar_cut_between_two_members_is_refused() -> None:
    """The tarfile module alone would take it for whole."""
    content = tar_of(FILES)
    place = content.rindex(b"test/bee/000.png")
    with pytest.raises(UserError, match=f"no end of the archive at byte {place}"):
        read_tar(PETS, content[:place])


def test_a_damaged_header_within_is_refused() -> None:
    """The tarfile module alone would take it for the end and drop the rest."""
    content = bytearray(tar_of(FILES))
    content[content.rindex(b"bee")] ^= 1
    with pytest.raises(UserError, match="no end of the archive at byte"):
        read_tar(PETS, bytes(content))


@given(st.integers(0, 1_000_000), st.integers(1, 255), st.sampled_from(["w:gz", "w:xz", "w:bz2"]))
def test_an_altered_byte_of_a_compressed_tar_changes_no_image(
    place: int, bits: int, mode: str
) -> None:
    """The checksum of the stream lies behind the archive's end, and must be read too."""
    content = bytearray(tar_of(FILES, mode))
    content[place % len(content)] ^= bits
    try:
        tree = read_tar(PETS, bytes(content))
    except UserError:
        return
    assert tree.splits == read_tar(PETS, tar_of(FILES)).splits


@st.composite
def made_up_tars(draw: st.DrawFn) -> bytes:
    """Headers with right checksums whose fields say anything, each with a block or two behind."""
    kinds = b"\0\x30\x31\x32\x33\x34\x35\x36\x37xgLKSX"
    numbers = st.one_of(st.integers(0, 2_000).map(lambda n: b"%011o\0" % n), st.binary(max_size=12))
    content = b""
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(FILES)) | st.text(max_size=20)).encode()[:100]
        block = bytearray(512)
        block[: len(name)] = name
        size = draw(numbers)
        block[124 : 124 + len(size)] = size
        block[156] = draw(st.sampled_from(kinds))
        block[257:265] = draw(st.sampled_from([b"ustar\x0000", b"ustar  \0", bytes(8)]))
        sparse = draw(st.binary(max_size=126))
        block[386 : 386 + len(sparse)] = sparse
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        behind = draw(st.sampled_from([b"", b"20 path=a/b/c.png\n", b"9 size=x\n", b"1\n2\n3\n"]))
        content += bytes(block) + behind.ljust(512 * draw(st.integers(0, 2)), b"\0")[:1024]
    return content + bytes(draw(st.sampled_from([0, 512, 1024])))


@pytest.mark.slow
@given(made_up_tars() | st.binary(max_size=2_000), st.sampled_from([bytes, gzip.compress]))
def test_anything_is_a_tree_or_refused(content: bytes, packed: Callable[[bytes], bytes]) -> None:
    with contextlib.suppress(UserError):
        assert isinstance(read_tar(PETS, packed(content)), ImageTree)
