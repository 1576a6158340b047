"""What a copy of ImageNet, or a disk, may do to a builder."""

import fcntl
import os
import re
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from rich.console import Console

from glorot_sweep.data.small_imagenet import fill, job
from glorot_sweep.data.small_imagenet.dataset import load_small_imagenet
from glorot_sweep.data.small_imagenet.fill import list_sources
from glorot_sweep.data.small_imagenet.job import build
from glorot_sweep.data.small_imagenet.listing import LARGEST_FILE
from glorot_sweep.errors import UserError
from small_imagenet.imagenet_copies import Copy, manifest_of, said, wnids_of

SMALL, LARGE = wnids_of("bird")


def nothing_is_built(copy: Copy) -> None:
    assert not list((copy.home / "data").rglob("*.npz"))


def test_unreadable_images_are_replaced_and_reported(copy: Copy, console: Console) -> None:
    """Of 16 images 6 are damaged, each in another way; the 10 others fill the place."""
    names = sorted(copy.files[LARGE])
    good = dict(copy.files[LARGE])
    damage = [
        b"",
        b"<html>",
        good[names[0]][:100],
        good[names[1]][:-20],
        bytes(500),
        b"\xff\xd8\xff",
    ]
    copy.files[LARGE].update(zip(names[3:], damage, strict=False))
    copy.write()
    manifest = manifest_of(build(copy.request(), console))
    bad = {f"{LARGE}/{name}" for name in names[3:9]}
    assert not bad & set(manifest["images"])
    (synset,) = (synset for synset in manifest["synsets"] if synset["wnid"] == LARGE)
    reported = {f"{LARGE}/{name}" for name, _ in synset["unreadable"]}
    assert reported <= bad
    assert synset["used"] == 8
    row = next(line for line in said(console).splitlines() if "bird" in line)
    assert row.replace("│", " ").split() == ["bird", "2", "19", "11", str(len(reported))]


def test_a_pipe_among_the_images_is_unreadable(copy: Copy, console: Console) -> None:
    """Nobody writes into it: reading it would never end."""
    copy.write(tars=False)
    pipes = [sorted(copy.files[LARGE])[number] for number in range(3, 9)]
    for name in pipes:
        (copy.source / LARGE / name).unlink()
        os.mkfifo(copy.source / LARGE / name)
    manifest = manifest_of(build(copy.request(), console))
    (synset,) = (synset for synset in manifest["synsets"] if synset["wnid"] == LARGE)
    assert {name for name, _ in synset["unreadable"]} <= set(pipes)
    assert {reason for _, reason in synset["unreadable"]} == {
        "cannot be read: neither a file nor a folder"
    }
    assert not {f"{LARGE}/{name}" for name in pipes} & set(manifest["images"])


def test_a_sparse_file_that_would_fill_the_memory_is_unreadable(
    copy: Copy, console: Console
) -> None:
    copy.write(tars=False)
    names = sorted(copy.files[LARGE])[3:9]
    for name in names:
        os.truncate(copy.source / LARGE / name, LARGEST_FILE + 1)
    manifest = manifest_of(build(copy.request(), console))
    (synset,) = (synset for synset in manifest["synsets"] if synset["wnid"] == LARGE)
    assert synset["unreadable"]
    for name, reason in synset["unreadable"]:
        assert name in names
        assert reason == "cannot be read: 268,435,457 bytes, and an image may have 268,435,456"


def test_an_unreadable_image_of_an_exhausted_synset_is_replaced_by_another_synset(
    copy: Copy, console: Console
) -> None:
    for name in list(copy.files[SMALL])[:2]:
        copy.files[SMALL][name] = b"damaged"
    copy.write()
    synsets = manifest_of(build(copy.request(), console))["synsets"]
    used = {synset["wnid"]: synset["used"] for synset in synsets}
    assert (used[SMALL], used[LARGE]) == (1, 10)


def test_unreadable_images_do_not_depend_on_chunks(
    copy: Copy, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wnid in (SMALL, LARGE):
        for name in sorted(copy.files[wnid])[::3]:
            copy.files[wnid][name] = b"damaged"
    copy.write()
    whole = build(copy.request(data_folder=copy.home / "one"), console).read_bytes()
    monkeypatch.setattr(fill, "CHUNK_IMAGES", 1)
    assert build(copy.request(data_folder=copy.home / "two"), console).read_bytes() == whole


def test_too_few_readable_images_are_too_few(copy: Copy, console: Console) -> None:
    for name in sorted(copy.files[LARGE])[:9]:
        copy.files[LARGE][name] = b"damaged"
    copy.write()
    with pytest.raises(UserError, match=r"bird +2 +10 +11  too few"):
        build(copy.request(), console)
    nothing_is_built(copy)


def test_too_few_images_are_shown_in_a_table(copy: Copy, console: Console) -> None:
    copy.add(LARGE, 10)
    copy.write()
    with pytest.raises(UserError) as caught:
        build(copy.request(per_class=15, classes=("bird", "fish", "tool", "mammal")), console)
    message = str(caught.value)
    assert re.search(r"bird +2 +13 +15  too few\n", message)
    assert re.search(r"fish +2 +19 +15\n", message)
    assert re.search(r"mammal +0 +0 +15  too few\n", message)
    assert "--classes 'fish,tool'" in message
    assert "--per-class" not in message  # mammal has none at all
    with pytest.raises(UserError, match="use --per-class 13 or less"):
        build(copy.request(per_class=15), console)
    nothing_is_built(copy)


def test_after_too_few_a_smaller_set_need_not_list_again(
    copy: Copy, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.write()
    with pytest.raises(UserError, match="too few"):
        build(copy.request(per_class=1000), console)
    monkeypatch.setattr("glorot_sweep.data.small_imagenet.listing._list_tar", None)
    monkeypatch.setattr("glorot_sweep.data.small_imagenet.listing._list_folder", None)
    build(copy.request(), console)


def test_a_class_folder_without_images(copy: Copy, console: Console) -> None:
    """It counts as a synset that has none, and is named at the end."""
    copy.files[SMALL] = {}
    copy.write()
    build(copy.request(), console)
    assert f"synsets without any image: 1, for example {SMALL}" in said(console)
    copy.files[LARGE] = {}
    shutil.rmtree(copy.home)
    copy.write()
    with pytest.raises(UserError, match=r"bird +2 +0 +11  too few"):
        build(copy.request(), console)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_synset_tar_that_is_no_tar(copy: Copy, console: Console, workers: int) -> None:
    copy.write()
    for path in copy.source.glob(f"{LARGE}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (copy.source / f"{LARGE}.tar").write_bytes(b"<html>moved</html>" * 100)
    with pytest.raises(UserError, match=rf"{LARGE}\.tar is not a whole tar archive"):
        build(copy.request(workers=workers), console)
    nothing_is_built(copy)


def test_a_source_that_changes_meanwhile(
    copy: Copy, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.write()
    path = next(path for path in copy.source.iterdir() if path.name.startswith(LARGE))

    def change_after_listing(*arguments: object) -> Iterator[object]:
        yield from list_sources(*arguments)  # type: ignore[arg-type]
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        del copy.files[LARGE][min(copy.files[LARGE])]
        shutil.rmtree(copy.source)
        copy.write()

    monkeypatch.setattr(job, "list_sources", change_after_listing)
    with pytest.raises(UserError, match=rf"{path.name} has changed while the set was built"):
        build(copy.request(), console)
    nothing_is_built(copy)
    monkeypatch.undo()
    manifest = manifest_of(build(copy.request(), console))
    assert {synset["wnid"]: synset["images"] for synset in manifest["synsets"]}[LARGE] == 15


@contextmanager
def largest_file(n_bytes: int) -> Iterator[None]:
    """Writing more than this into one file fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "where"),
    [(200, r"\.listing"), (3_000, r"\.chunk"), (30_000, r"small_imagenet-3x11\.npz")],
)
def test_a_disk_that_fills_up(copy: Copy, console: Console, limit: int, where: str) -> None:
    """While listing, while reading images, while writing the result."""
    copy.write()
    with largest_file(limit), pytest.raises(UserError, match=f"cannot write .*{where}: .*Nothing"):
        build(copy.request(), console)
    nothing_is_built(copy)
    assert not list((copy.home / "data").rglob("*.part"))
    path = build(copy.request(), console)
    undisturbed = build(copy.request(data_folder=copy.home / "other"), console)
    assert path.read_bytes() == undisturbed.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_disk_that_is_full_from_the_start(
    copy: Copy, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.write()
    usage = SimpleNamespace(total=100_000, used=50_000, free=50_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UserError, match=r"work: [\d.]+ MB are needed and 0 MB are free"):
        build(copy.request(), console)
    nothing_is_built(copy)


def test_a_data_folder_that_cannot_be_made(copy: Copy, console: Console) -> None:
    copy.write()
    (copy.home / "data").touch()
    with pytest.raises(UserError, match=r"cannot write .*work: (Not a directory|File exists)"):
        build(copy.request(), console)


def test_two_builders_in_one_folder(copy: Copy, console: Console) -> None:
    copy.write()
    work = copy.home / "data" / "small_imagenet" / "work"
    work.mkdir(parents=True)
    with (work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="another process builds a set in the same folder"):
            build(copy.request(), console)
    build(copy.request(), console)


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_damaged_work_files_are_made_anew(
    copy: Copy, console: Console, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """A build that stops before its result; then its work files are damaged."""
    copy.write()
    whole = build(copy.request(data_folder=copy.home / "other"), console).read_bytes()
    with largest_file(30_000), pytest.raises(UserError, match="cannot write"):
        build(copy.request(), console)
    chunks = list((copy.home / "data").rglob("*.chunk"))
    assert len(chunks) == 6
    for chunk in chunks[:3]:
        content = bytearray(chunk.read_bytes())
        content[-1] ^= 1
        keep = {"flip": len(content), "cut": 50, "empty": 0}[damage]
        chunk.write_bytes(content[:keep])
    path = build(copy.request(), console)
    assert path.read_bytes() == whole
    kept = re.search(r"(\d+) of 33 images were kept", said(console))
    assert kept is not None
    assert 0 < int(kept[1]) < 33


def test_an_altered_result_is_not_taken_for_finished(copy: Copy, console: Console) -> None:
    copy.write()
    path = build(copy.request(), console)
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="not as the builder wrote it"):
        build(copy.request(), console)
    with pytest.raises(UserError, match="not as the builder wrote it"):
        load_small_imagenet(path.parent, path.stem)


def test_wordnet_is_asked_for_before_anything_is_made(copy: Copy, console: Console) -> None:
    copy.write()
    shutil.rmtree(copy.home / "wordnet")
    with pytest.raises(UserError, match="found no data"):
        build(copy.request(), console)
    assert not (copy.home / "data").exists()
