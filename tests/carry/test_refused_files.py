"""A file that is not what `export` wrote is refused by one message, and nothing is created."""

import json
import lzma
import tarfile

import pytest
from sweep_builders import store_uri

from glorot_sweep.carry import archive, stream
from glorot_sweep.carry.archive import unpack
from glorot_sweep.carry.importing import import_sweep
from glorot_sweep.carry.manifest import DamagedFileError, Manifest, Member, digest_of
from glorot_sweep.carry.stream import Stream
from glorot_sweep.errors import UserError

from .conftest import brought

pytestmark = pytest.mark.slow  # all of it looks at one whole sweep


def members(file):
    """Every member of a file with its content, in order."""
    with tarfile.open(file) as opened:
        return {one.name: opened.extractfile(one).read() for one in opened.getmembers()}


def written(file, found, manifest=None, *, header=archive._header, end=archive.END):
    """A file of these members, with the manifest that fits unless another is given."""
    found = dict(found)
    if manifest is None:
        manifest = json.loads(found["manifest.json"])
        manifest["members"] = {
            path: {"bytes": len(content), "sha256": digest_of(content)}
            for path, content in found.items()
            if path != "manifest.json"
        }
    found["manifest.json"] = json.dumps(manifest).encode()
    with lzma.open(file, "wb") as opened:
        for path, content in found.items():
            opened.write(header(path, len(content)) + content + archive._padding(len(content)))
        opened.write(end)
    return file


@pytest.fixture
def nowhere(tmp_path):
    """A folder in which nothing may be created."""
    folder = tmp_path / "nowhere"
    folder.mkdir()
    return folder


def refuse(file, nowhere, match):
    with pytest.raises(DamagedFileError, match=match) as raised:
        brought(file, nowhere)
    assert str(file) in str(raised.value)
    assert "Nothing was created" in str(raised.value)
    assert not any(nowhere.iterdir())


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path, monkeypatch):
    beside, file = tmp_path / "part", tmp_path / "a.tar.xz"
    beside.write_bytes(b"the sweep")
    file.write_bytes(b"another's")
    for no_links in (False, True):
        if no_links:
            monkeypatch.setattr(archive.os, "link", unlinkable)
        with pytest.raises(UserError, match="exists by now, and nothing is written over"):
            archive._name(beside, file)
        assert file.read_bytes() == b"another's"
    archive._name(beside, tmp_path / "b.tar.xz")
    assert (tmp_path / "b.tar.xz").read_bytes() == b"the sweep"


def unlinkable(*_):
    raise OSError("no hard links here")


def test_what_was_written_can_be_read(exported, tmp_path):
    """The files below are refused for what was changed in them alone."""
    manifest, digest = unpack(exported.file, tmp_path / "a")
    copy = written(tmp_path / "copy.tar.xz", members(exported.file))
    assert unpack(copy, tmp_path / "b")[0] == manifest
    assert digest == exported.digest == digest_of(manifest.content())


@pytest.mark.parametrize("part", [0.0, 0.001, 0.5, 0.9, 0.999])
def test_a_truncated_file(exported, nowhere, tmp_path, part):
    content = exported.file.read_bytes()
    file = tmp_path / "short.tar.xz"
    file.write_bytes(content[: int(part * len(content))])
    refuse(file, nowhere, "ends too early|no .xz file")


@pytest.mark.parametrize("part", [0.0, 0.01, 0.3, 0.6, 0.9, 0.9999])
def test_a_damaged_byte(exported, nowhere, tmp_path, part):
    content = bytearray(exported.file.read_bytes())
    content[int(part * len(content))] ^= 0x10
    file = tmp_path / "damaged.tar.xz"
    file.write_bytes(content)
    refuse(file, nowhere, "cannot be imported")


@pytest.mark.parametrize("more", [b"\0", b"something else", lzma.compress(b"more")])
def test_something_behind_its_end(exported, nowhere, tmp_path, more):
    file = tmp_path / "longer.tar.xz"
    file.write_bytes(exported.file.read_bytes() + more)
    refuse(file, nowhere, "something follows its end")


def test_a_file_of_another_kind(nowhere, tmp_path):
    for name, content in (("a.zip", b"PK\3\4 something"), ("b.xz", lzma.compress(b"x" * 2000))):
        (tmp_path / name).write_bytes(content)
        refuse(tmp_path / name, nowhere, r"no \.xz file|manifest.json is not where it should be")


def test_a_folder_and_a_file_that_is_not_there(nowhere, tmp_path):
    for file in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UserError, match="cannot read"):
            brought(file, nowhere)
    assert not any(nowhere.iterdir())


def test_a_member_that_was_changed(exported, nowhere, tmp_path):
    found = members(exported.file)
    manifest = json.loads(found["manifest.json"])
    found["runs.jsonl"] = found["runs.jsonl"].replace(b"42.0", b"24.0", 1)
    file = written(tmp_path / "a.tar.xz", found, manifest)
    refuse(file, nowhere, r"runs\.jsonl was changed: its SHA-256")


def test_a_newer_format(exported, nowhere, tmp_path):
    found = members(exported.file)
    manifest = {**json.loads(found["manifest.json"]), "version": 2, "news": 1}
    file = written(tmp_path / "a.tar.xz", found, manifest)
    refuse(file, nowhere, "it has format 2, and this version of the package reads up to 1")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "another"),
        ("version", 0),
        ("version", "1"),
        ("sweep", "a/b"),
        ("sweep", "a'b"),
        ("weights", "no"),
        ("members", []),
        ("members", {"a": {"bytes": -1, "sha256": "0" * 64}}),
        ("members", {"a": {"bytes": 1, "sha256": "0"}}),
        ("more", 1),
    ],
)
def test_a_manifest_that_is_none(exported, nowhere, tmp_path, key, value):
    found = members(exported.file)
    manifest = {**json.loads(found["manifest.json"]), key: value}
    refuse(written(tmp_path / "a.tar.xz", found, manifest), nowhere, r"manifest\.json")


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[" * 100_000, b"[]", b"\xff"])
def test_a_manifest_that_cannot_be_read(nowhere, tmp_path, content):
    file = tmp_path / "a.tar.xz"
    with lzma.open(file, "wb") as opened:
        header = archive._header("manifest.json", len(content))
        opened.write(header + content + archive._padding(len(content)) + archive.END)
    refuse(file, nowhere, r"manifest\.json")


@pytest.mark.parametrize(
    "path",
    ["../outside", "a/../../outside", "/tmp/outside", ".hidden", "a/.b", "a//b", "a/", "a\\..\\b",
     "a\nb", "", "manifest.json", "b" * 300],
)  # fmt: skip
def test_a_path_that_leads_outside(exported, nowhere, tmp_path, path):
    found = members(exported.file)
    manifest = json.loads(found["manifest.json"])
    manifest["members"][path] = {"bytes": 0, "sha256": digest_of(b"")}
    with pytest.raises(ValueError, match="no path within the file"):
        Manifest.model_validate(manifest)
    refuse(written(tmp_path / "a.tar.xz", found, manifest), nowhere, "no path within the file")
    assert not (tmp_path / "outside").exists()


def test_a_member_that_is_a_file_and_a_folder(exported, nowhere, tmp_path):
    found = members(exported.file)
    file = written(tmp_path / "a.tar.xz", {**found, "a": b"1", "a/b": b"2"})
    refuse(file, nowhere, "a/b is in it twice, or a folder too")


def link(path, size):
    entry = tarfile.TarInfo(path)
    if path == "runs.jsonl":
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    else:
        entry.size = size
    return entry.tobuf(tarfile.USTAR_FORMAT)


def test_a_link(exported, nowhere, tmp_path):
    file = written(tmp_path / "a.tar.xz", members(exported.file), header=link)
    refuse(file, nowhere, r"runs\.jsonl is not where it should be")


def test_members_that_the_manifest_does_not_have(exported, nowhere, tmp_path):
    more = archive._header("more", 1) + b"1" + archive._padding(1) + archive.END
    file = written(tmp_path / "a.tar.xz", members(exported.file), end=more)
    refuse(file, nowhere, "members that are not in its manifest")


def test_a_file_that_unpacks_without_end(nowhere, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "FREE_GROWTH", 2**20)
    file, size = tmp_path / "bomb.tar.xz", 2**25
    content = bytes(size)
    manifest = Manifest(
        sweep="small", package_version="1", weights=False,
        members={"runs.jsonl": Member(bytes=size, sha256=digest_of(content))},
    )  # fmt: skip
    written(file, {"manifest.json": b"", "runs.jsonl": content}, manifest.model_dump())
    assert file.stat().st_size < 20_000
    refuse(file, nowhere, "more than 200 times its size")


def test_no_more_is_unpacked_than_was_asked_for(tmp_path):
    file = tmp_path / "zeros.xz"
    file.write_bytes(lzma.compress(bytes(2**22)))
    with Stream(file) as opened:
        assert opened.read(10) == bytes(10)
        assert opened._left > stream.FREE_GROWTH - 2 * stream.PIECE


def test_a_file_that_takes_more_memory_to_unpack_than_any_sweep(exported, nowhere, monkeypatch):
    monkeypatch.setattr(stream, "MEMORY", 2**16)
    refuse(exported.file, nowhere, "is no .xz file, or damaged")


def test_another_digest_than_was_asked_for(exported, nowhere):
    with pytest.raises(UserError, match=f"has the digest {exported.digest}, not 0123: it is anoth"):
        import_sweep(exported.file, store_uri(nowhere), "tests", None, None, "0123")
    assert not any(nowhere.iterdir())
