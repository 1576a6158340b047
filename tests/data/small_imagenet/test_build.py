"""The whole build on a small copy: what is in the file, and what it depends on."""

import shutil
from collections import Counter

import numpy as np
import pytest
import torch
from rich.console import Console

from glorot_sweep.data.small_imagenet import fill, request
from glorot_sweep.data.small_imagenet.dataset import (
    load_small_imagenet,
    read_arrays,
    read_manifest,
)
from glorot_sweep.data.small_imagenet.grey_square import grey_square
from glorot_sweep.data.small_imagenet.job import build
from glorot_sweep.data.small_imagenet.request import checked, set_name
from glorot_sweep.errors import UserError
from small_imagenet.imagenet_copies import (
    AMBIGUOUS,
    ELSEWHERE,
    Copy,
    image_bytes,
    manifest_of,
    said,
    wnids_of,
)

NAME = "small_imagenet-3x11"


def test_a_balanced_set(copy: Copy, console: Console) -> None:
    copy.write()
    path = build(copy.request(classes=("tool", "bird", "fish")), console)
    assert path == copy.home / "data" / "small_imagenet" / f"{NAME}.npz"
    dataset = load_small_imagenet(path.parent, NAME)
    assert (dataset.name, dataset.n_inputs) == (NAME, 1369)
    assert dataset.class_names == ("bird", "fish", "tool")
    for part, size in ((dataset.train, 9), (dataset.validation, 1), (dataset.test, 1)):
        assert torch.bincount(part.labels).tolist() == [size, size, size]
        assert part.images.dtype == torch.uint8
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_every_image_is_its_source(copy: Copy, console: Console) -> None:
    copy.write()
    arrays = read_arrays(build(copy.request(), console))
    names = read_manifest(arrays)["images"]
    assert len(set(names)) == len(names) == 33
    for name, image, label in zip(names, arrays["images"], arrays["labels"], strict=True):
        wnid, _, inside = name.partition("/")
        assert (image == grey_square(copy.files[wnid][inside]).ravel()).all()
        assert wnid in wnids_of(str(arrays["class_names"][label]))


def test_the_draw_is_even(copy: Copy, console: Console) -> None:
    """11 of 3 + 16 images: the small synset gives all it has."""
    copy.write()
    names = manifest_of(build(copy.request(), console))["images"]
    assert sorted(Counter(name.partition("/")[0] for name in names).values()) == [3] * 3 + [8] * 3


def test_the_manifest(copy: Copy, console: Console) -> None:
    copy.write()
    manifest = manifest_of(build(copy.request(seed=5), console))
    assert manifest["name"] == NAME
    assert (manifest["seed"], manifest["per_class"]) == (5, 11)
    assert manifest["split_sizes"] == {"training": 27, "validation": 3, "test": 3}
    assert manifest["synsets_left_out"] == {
        "in_two_classes": [AMBIGUOUS],
        "in_no_class_asked_for": 1,
    }
    first = manifest["synsets"][0]
    assert (first["wnid"], first["class"], first["images"], first["used"]) == (
        *(wnids_of("bird")[0], "bird"),
        *(3, 3),
    )
    sources = {synset["source"] for synset in manifest["synsets"]}
    assert sources < {path.name for path in copy.source.iterdir()}
    assert all(len(synset["sha256"]) == 64 for synset in manifest["synsets"])
    assert str(copy.home) not in str(manifest)


def test_what_is_said_at_the_end(copy: Copy, console: Console) -> None:
    copy.write()
    build(copy.request(), console)
    rows = [line.replace("│", " ").split() for line in said(console).splitlines()]
    assert ["bird", "2", "19", "11", "0"] in rows
    assert "images: 27 training, 3 validation, 3 test" in said(console)
    assert "1 under two classes, 1 under none" in said(console)
    assert "also training images, pixel for pixel: 0" in said(console)
    assert f"{NAME}.npz is built" in said(console)


def test_without_the_ambiguous_class_its_synset_stays_out(copy: Copy, console: Console) -> None:
    """A class is the same in every set: tool has no furniture, whether that is asked for or not."""
    copy.write()
    manifest = manifest_of(build(copy.request(classes=("tool", "bird")), console))
    assert AMBIGUOUS not in {synset["wnid"] for synset in manifest["synsets"]}
    assert manifest["synsets_left_out"]["in_no_class_asked_for"] == 3


def test_another_seed_is_another_set(copy: Copy, console: Console) -> None:
    copy.write()
    sets = [
        manifest_of(build(copy.request(seed=seed, data_folder=copy.home / str(seed)), console))
        for seed in (0, 1)
    ]
    assert set(sets[0]["images"]) != set(sets[1]["images"])
    assert sets[0]["images"][:27] != sets[1]["images"][:27]


@pytest.mark.slow
def test_neither_workers_nor_chunks_matter(
    copy: Copy, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.write()
    whole = build(copy.request(data_folder=copy.home / "one"), console).read_bytes()
    monkeypatch.setattr(fill, "CHUNK_IMAGES", 2)
    request = copy.request(data_folder=copy.home / "two", workers=2)
    assert build(request, console).read_bytes() == whole


def test_the_order_of_files_does_not_matter(copy: Copy, console: Console) -> None:
    """Folders written backwards give the same file; tars differ only in their own checksums."""
    copy.write()
    arrays = read_arrays(build(copy.request(), console))
    shutil.rmtree(copy.source)
    copy.write(backwards=True)
    other = read_arrays(build(copy.request(data_folder=copy.home / "other"), console))
    for key in ("images", "labels", "split_sizes"):
        assert np.array_equal(arrays[key], other[key])
    assert read_manifest(arrays)["images"] == read_manifest(other)["images"]


def test_folders_written_backwards_give_the_same_bytes(copy: Copy, console: Console) -> None:
    copy.write(tars=False)
    first = build(copy.request(), console).read_bytes()
    shutil.rmtree(copy.source)
    copy.write(tars=False, backwards=True)
    assert build(copy.request(data_folder=copy.home / "o"), console).read_bytes() == first


def test_duplicates_between_test_and_training_are_reported(copy: Copy, console: Console) -> None:
    """All birds of the larger synset are one picture: each test bird of it has a twin."""
    wnid = wnids_of("bird")[1]
    copy.files[wnid] = dict.fromkeys(copy.files[wnid], image_bytes(1))
    copy.write()
    manifest = manifest_of(build(copy.request(per_class=12), console))
    expected = [name for name in manifest["images"][-3:] if name.startswith(wnid)]
    assert expected
    assert [pair[0] for pair in manifest["test_images_in_training"]] == expected
    assert f"pixel for pixel: {len(expected)}" in said(console)


def test_duplicates_against_every_pair(copy: Copy, console: Console) -> None:
    """The slow way: compare each test image with each training image."""
    for name in ("bird", "fish"):  # there are four pictures in the larger synset of each
        wnid = wnids_of(name)[1]
        copy.files[wnid] = {file: image_bytes(i % 4) for i, file in enumerate(copy.files[wnid])}
    copy.write()
    outcomes = set()
    for seed in range(4):
        request = copy.request(seed=seed, data_folder=copy.home / str(seed))
        arrays = read_arrays(build(request, console))
        names, images = read_manifest(arrays)["images"], arrays["images"].tolist()
        found = dict(read_manifest(arrays)["test_images_in_training"])
        for name, image in zip(names[-3:], images[-3:], strict=True):
            twins = [names[i] for i in range(27) if images[i] == image]
            assert found.get(name) in (twins or [None])
            outcomes.add(bool(twins))
    assert outcomes == {True, False}


def test_a_finished_set_is_left_alone(copy: Copy, console: Console) -> None:
    copy.write()
    path = build(copy.request(), console)
    before = path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes()
    shutil.rmtree(copy.source)
    assert build(copy.request(), console) == path
    assert (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes()) == before
    assert "is there: nothing to do" in said(console)


def test_left_overs_of_a_kill_at_the_very_end_are_removed(copy: Copy, console: Console) -> None:
    copy.write()
    path = build(copy.request(), console)
    (path.parent / "work").mkdir()
    build(copy.request(), console)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_another_set_has_done_so_far_is_kept(copy: Copy, console: Console) -> None:
    copy.write()
    work = copy.request().data_folder / "small_imagenet" / "work"
    work.mkdir(parents=True)
    for name in ("small_imagenet.wanted", "chunk"):
        (work / name).write_bytes(b"hours of work")
    for _ in range(2):  # built, then recognized
        build(copy.request(), console)
        assert (work / "chunk").read_bytes() == b"hours of work"


@pytest.mark.parametrize("change", [{"seed": 1}, {"classes": ("bird", "fish", "mammal")}])
def test_another_set_under_the_same_name_is_refused(
    copy: Copy, console: Console, change: dict[str, object]
) -> None:
    copy.write()
    build(copy.request(), console)
    (key,) = change
    with pytest.raises(UserError, match=f"is another set: it has {key} .* instead of"):
        build(copy.request(**change), console)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"per_class": 10}, "--per-class must be at least 11, got 10"),
        ({"workers": 0}, "--workers must be at least 1, got 0"),
        ({"seed": -1}, "--seed must be at least 0, got -1"),
    ],
)
def test_numbers_that_are_too_small(copy: Copy, change: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        checked(copy.request(**change))


def test_as_many_workers_as_processors_may_be_used(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "usable_processors", lambda: 3, raising=False)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)))
    assert checked(copy.request(workers=None)).workers == 3


def test_names() -> None:
    assert set_name(10, 11_000) == "small_imagenet"
    assert set_name(10, 110) == "small_imagenet-10x110"
    assert set_name(9, 11_000) == "small_imagenet-9x11000"


def test_a_synset_elsewhere_is_not_even_read(copy: Copy, console: Console) -> None:
    copy.write()
    for wnid in (AMBIGUOUS, ELSEWHERE):
        for path in copy.source.glob(f"{wnid}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (copy.source / f"{wnid}.tar").write_bytes(b"not a tar")
    build(copy.request(), console)
