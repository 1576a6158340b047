"""Images of one's own, from the folder to the data set: the same by every way."""

import hashlib
import json
import pathlib

import numpy as np
import pytest
import torch
from encoded import tar_of
from pictures import Files, folder_of, photographs, picture, planes, saved, with_splits
from PIL import Image

from glorot_sweep.config.image_folders import ImageRules, PreparedFolder
from glorot_sweep.data import array_cache
from glorot_sweep.data.catalog import load_dataset
from glorot_sweep.data.description import profile, remarks
from glorot_sweep.data.image_folder import load_image_folder
from glorot_sweep.data.own_images import dataset as own_dataset
from glorot_sweep.data.own_images.dataset import OwnImages, load_own_images
from glorot_sweep.data.own_images.location import layout_at
from glorot_sweep.data.own_images.manifest import lines
from glorot_sweep.data.own_images.pixels import prepared_pixels
from glorot_sweep.data.own_images.preparation import prepared
from glorot_sweep.data.own_images.prepared_file import write_prepared
from glorot_sweep.data.own_images.source import looked_at
from glorot_sweep.errors import UserError

Rows = set[tuple[tuple[int, ...], int]]
SMALL = ImageRules(resize=(3, 4))


def rows(dataset: OwnImages, split: str) -> Rows:
    part = getattr(dataset, split)
    return {
        (tuple(image), label)
        for image, label in zip(part.images.tolist(), part.labels.tolist(), strict=True)
    }


def prepare(path: pathlib.Path, target: pathlib.Path, rules: ImageRules) -> pathlib.Path:
    write_prepared(target, prepared(looked_at(layout_at(path)), rules))
    return target


def test_every_image_is_there_once_as_it_is_prepared(tmp_path: pathlib.Path) -> None:
    files = photographs()
    dataset = load_own_images(folder_of(tmp_path / "pets", files), "pets", SMALL)
    assert (dataset.class_names, dataset.image_shape) == (("ant", "bee"), (3, 4, 3))
    expected = {
        (tuple(planes(prepared_pixels(content, SMALL, "rgb"))), int(name.startswith("bee")))
        for name, content in files.items()
    }
    parts = [rows(dataset, split) for split in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [14, 2, 4]
    assert set.union(*parts) == expected
    names = dataset.manifest["names"]
    digests = [hashlib.sha256(files[name]).hexdigest() for name in names]
    for start, stop in ((0, 14), (14, 16), (16, 20)):
        assert digests[start:stop] == sorted(digests[start:stop])
    first = planes(prepared_pixels(files[names[0]], SMALL, "rgb"))
    assert dataset.train.images[0].tolist() == first


@pytest.mark.slow
@pytest.mark.parametrize("form", ["tar", "tar.gz", "file", "kept", "named"])
def test_one_data_set_in_every_form(tmp_path: pathlib.Path, form: str) -> None:
    files = photographs(25)
    path = folder_of(tmp_path / "pets", files)
    expected = load_own_images(path, "pets", SMALL)
    if form == "kept":
        expected.keep()
    if form.startswith("tar"):
        path = tmp_path / "packed.tar"
        path.write_bytes(tar_of(dict(reversed(files.items())), "w:gz" if "gz" in form else "w"))
    if form == "file":
        path = prepare(path, tmp_path / "pets.npz", SMALL)
    if form == "named":
        prepare(path, tmp_path / "data.npz", SMALL)
        found = load_dataset("pets", tmp_path, "data.npz")
    else:
        found = load_own_images(path, "pets", SMALL)
    assert isinstance(found, OwnImages)
    assert found.digest() == expected.digest()
    assert found.manifest["names"] == expected.manifest["names"]


def test_names_of_files_change_nothing_and_names_of_classes_the_digest(
    tmp_path: pathlib.Path,
) -> None:
    files = photographs()
    digest = load_own_images(folder_of(tmp_path / "pets", files), "pets", SMALL).digest()
    renamed = {name.replace("/", "/x"): content for name, content in reversed(files.items())}
    path = folder_of(tmp_path / "again", renamed)
    assert load_own_images(path, "pets", SMALL).digest() == digest
    other = {name.replace("bee", "cat"): content for name, content in files.items()}
    path = folder_of(tmp_path / "other", other)
    assert load_own_images(path, "pets", SMALL).digest() != digest


def test_every_rule_is_in_the_digest(tmp_path: pathlib.Path) -> None:
    path = folder_of(tmp_path / "pets", photographs())
    found = [
        load_own_images(path, "pets", rules).digest()
        for rules in (
            ImageRules(),
            SMALL,
            ImageRules(resize=(4, 3)),
            ImageRules(resize=(3, 4), crop="none"),
            ImageRules(resize=(3, 4), color="grey"),
            ImageRules(resize=(3, 4), test_share=0.3),
            ImageRules(resize=(3, 4), validation_share=0.3),
            ImageRules(resize=(3, 4), seed=1),
        )
    ]
    assert len(set(found)) == len(found)


def test_folders_that_say_the_split_give_the_images_of_the_strict_form(
    tmp_path: pathlib.Path,
) -> None:
    path = folder_of(tmp_path / "pets", with_splits(photographs(12)))
    strict, free = load_image_folder(path, "pets"), load_own_images(path, "pets", ImageRules())
    assert strict.image_shape == free.image_shape

    def sorted_rows(*parts: object) -> list:
        return sorted(
            (image, label)
            for part in parts
            for image, label in zip(part.images.tolist(), part.labels.tolist(), strict=True)
        )

    assert sorted_rows(free.test) == sorted_rows(strict.test)
    assert sorted_rows(free.train, free.validation) == sorted_rows(strict.train, strict.validation)


def test_prepared_once_until_something_changes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, made = photographs(), []

    def counted(*call: object) -> object:
        made.append(call)
        return prepared(*call)

    monkeypatch.setattr(own_dataset, "prepared", counted)
    path = folder_of(tmp_path / "pets", files)

    def load(rules: ImageRules) -> str:
        dataset = load_own_images(path, "pets", rules)
        dataset.keep()
        return dataset.digest()

    load_own_images(path, "pets", SMALL)
    assert [one.name for one in tmp_path.iterdir()] == ["pets"], "kept once that is asked for"
    made.clear()
    digests = [load(SMALL) for _ in range(2)]
    assert (len(made), digests[0]) == (1, digests[1])
    load(ImageRules(resize=(2, 2)))
    load(SMALL)
    assert len(made) == 2, "each rule has pixels of its own"
    (path / "ant" / "00.png").write_bytes(saved(picture(999)))
    assert load_own_images(path, "pets", SMALL).digest() != digests[0]
    assert len(made) == 3


def test_what_was_found_is_noted_and_said(tmp_path: pathlib.Path) -> None:
    files = photographs() | {"ant/notes.txt": b"", "bee/.DS_Store": b""}
    files["bee/00.png"] = files["ant/01.png"]  # of two classes
    files["bee/01.png"] = saved(picture(50, channels=4))
    files |= {f"ant/copy{number}.png": files["ant/00.png"] for number in range(20)}
    dataset = load_own_images(folder_of(tmp_path / "pets", files), "pets", ImageRules())
    manifest = dataset.manifest
    assert manifest["images"]["bee"] == {"train": 7, "validation": 1, "test": 2}
    assert manifest["in_two_classes"] == 2
    (same,) = manifest["same_in_two_classes"]
    assert sorted(same) == ["ant/01.png", "bee/00.png"]
    said = "\n".join(remarks(dataset))
    assert "files passed over: 1 .txt, 1 hidden" in said
    assert "1 laid on white where transparent" in said
    assert f"2 images are in two classes, pixel for pixel; {' = '.join(same)}" in said
    first = manifest["twins"][0]
    assert (first["of"], first["among"]) == ("test", "train")
    known = {image.numpy().tobytes() for image in dataset.train.images}
    same = sum(image.numpy().tobytes() in known for image in dataset.test.images)
    assert first["bytes"] + first["pixels"] == same == dataset.overlap
    assert first["bytes"] >= 1, "21 of the same cannot all be in one split"
    assert profile(dataset)["test in train, images"].startswith(f"{first['bytes']} byte for byte")
    json.dumps(manifest)


def test_of_many_images_in_two_classes_the_first_are_named(tmp_path: pathlib.Path) -> None:
    files = photographs()
    for number in range(5):
        files[f"bee/0{number}.png"] = files[f"ant/0{number}.png"]
        files[f"ant/again{number}.png"] = files[f"ant/0{number}.png"]
    dataset = load_own_images(folder_of(tmp_path / "pets", files), "pets", ImageRules())
    same = dataset.manifest["same_in_two_classes"]
    assert sorted(map(sorted, same)) == [
        [f"ant/0{number}.png", f"ant/again{number}.png", f"bee/0{number}.png"]
        for number in range(5)
    ]
    assert all({name[:3] for name in names[:2]} == {"ant", "bee"} for names in same)
    (said,) = (line for line in remarks(dataset) if "two classes" in line)
    assert said.startswith("pets: 15 images are in two classes, pixel for pixel; ")
    assert said.endswith("; 2 more such sets in its manifest")
    assert [" = ".join(names) in said for names in same] == [True] * 3 + [False] * 2
    old = {**dataset.manifest, "version": 1}
    del old["same_in_two_classes"]
    assert "pets: 15 images are in two classes, pixel for pixel" in lines("pets", old)


@pytest.mark.parametrize(
    ("changes", "rules", "message"),
    [
        (
            {"ant/x.png": saved(picture(1, (9, 9))), "bee/y.png": saved(picture(2, (9, 9)))},
            ImageRules(),
            r"2 sizes: 20 of 7x5, 2 of 9x9, for example ant/x\.png. Say .* resize: 32",
        ),
        (
            {"ant/x.png": saved(picture(1, channels=1))},
            ImageRules(),
            r"20 images are in colour and 1 are grey, for example ant/x\.png. .*color: grey",
        ),
        ({"ant/x.png": b"<html>"}, SMALL, r"1 image cannot be used:\n  ant/x\.png is no image"),
        ({"ant/x.png": saved(picture(1))[:80]}, SMALL, r"ant/x\.png does not decode"),
        ({"ant/x.jpg": saved(picture(1, (64, 64)), "JPEG")[:-900]}, SMALL, "does not decode"),
        ({"fly/1.png": saved(picture(1))}, SMALL, "the class fly has 1 images"),
    ],
)
def test_what_is_refused_leaves_nothing(
    tmp_path: pathlib.Path, changes: Files, rules: ImageRules, message: str
) -> None:
    path = folder_of(tmp_path / "pets", photographs() | changes)
    with pytest.raises(UserError, match=message) as caught:
        load_own_images(path, "pets", rules)
    assert str(caught.value).startswith(str(path))
    assert [one.name for one in tmp_path.iterdir()] == ["pets"]


def test_images_too_large_for_a_network(tmp_path: pathlib.Path) -> None:
    files = {f"{name}/1.png": saved(Image.new("L", (1000, 900))) for name in "ab"}
    with pytest.raises(UserError, match=r"1000 x 900 with 1 channels, 900,000 numbers"):
        load_own_images(folder_of(tmp_path / "pets", files), "pets", ImageRules())


def test_a_file_that_changes_meanwhile(tmp_path: pathlib.Path) -> None:
    path = folder_of(tmp_path / "pets", photographs())
    source = looked_at(layout_at(path))
    (path / "ant" / "00.png").write_bytes(saved(picture(999)))
    with pytest.raises(UserError, match=r"ant/00\.png has changed since it was looked at"):
        prepared(source, SMALL)


def test_rules_beside_a_prepared_file(tmp_path: pathlib.Path) -> None:
    path = prepare(folder_of(tmp_path / "pets", photographs()), tmp_path / "pets.npz", SMALL)
    for rules in (ImageRules(), SMALL):
        load_own_images(path, "pets", rules)
    with pytest.raises(UserError, match=r"prepared with resize \[3, 4\], the sweep file says"):
        load_own_images(path, "pets", ImageRules(resize=(4, 4)))


@pytest.mark.parametrize("damage", ["cut", "flipped", "other", "empty zip"])
def test_a_damaged_file(tmp_path: pathlib.Path, damage: str) -> None:
    path = prepare(folder_of(tmp_path / "pets", photographs()), tmp_path / "pets.npz", SMALL)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[-200:]
    elif damage == "flipped":
        content[len(content) // 3] ^= 1
    elif damage == "other":
        np.savez(path, images=np.zeros(3))
        content = bytearray(path.read_bytes())
    else:
        content = bytearray(b"PK\x03\x04" + bytes(30))
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"pets\.npz is no data set as `glorot-sweep prepare`"):
        load_own_images(path, "pets", ImageRules())


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("split_sizes", np.array([1, 1, 1])),
        ("labels", np.full(20, 7)),
        ("image_shape", np.array([9, 9, 9])),
        ("images", np.zeros((20, 36), np.float32)),
        ("class_names", np.array(["ant"])),
    ],
)
def test_a_file_whose_parts_do_not_fit(
    tmp_path: pathlib.Path, part: str, value: np.ndarray
) -> None:
    arrays = prepared(looked_at(layout_at(folder_of(tmp_path / "pets", photographs()))), SMALL)
    write_prepared(tmp_path / "pets.npz", arrays | {part: value})
    with pytest.raises(UserError, match="is no data set as `glorot-sweep prepare` writes it"):
        load_own_images(tmp_path / "pets.npz", "pets", ImageRules())


def test_a_file_that_unpacks_to_more_than_the_memory(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = prepare(folder_of(tmp_path / "pets", photographs()), tmp_path / "pets.npz", SMALL)
    monkeypatch.setattr("glorot_sweep.data.own_images.prepared_file.room", lambda: 1_000)
    with pytest.raises(UserError, match=r"unpacks to .* more than half of the memory"):
        load_own_images(path, "pets", ImageRules())


def test_what_is_no_place_of_images(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UserError, match=r"pets: there is nothing. It must be a folder of class "):
        load_own_images(tmp_path / "pets", "pets", SMALL)
    (tmp_path / "pets").write_bytes(b"x")
    with pytest.raises(UserError, match="cannot be read as a tar"):
        load_own_images(tmp_path / "pets", "pets", SMALL)
    with pytest.raises(UserError, match="is the whole disk"):
        load_own_images(pathlib.Path("/"), "pets", SMALL)


def test_the_catalog_prepares_what_a_mapping_names(tmp_path: pathlib.Path) -> None:
    path = folder_of(tmp_path / "pets", photographs(30))
    found = load_dataset("mine", tmp_path, PreparedFolder(path=str(path), resize=(3, 4)))
    assert (found.name, found.digest()) == ("mine", load_own_images(path, "x", SMALL).digest())
    assert torch.equal(found.training(1, 0, 5).labels, found.training(1, 0, 9).labels[:5])
    few = folder_of(tmp_path / "few", photographs())
    with pytest.raises(UserError, match="there must be 10 or more, got 4"):
        load_dataset("mine", tmp_path, PreparedFolder(path=str(few)))


def test_a_place_that_cannot_be_written_is_no_hindrance(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(array_cache, "_write", refused)
    load_own_images(folder_of(tmp_path / "pets", photographs()), "pets", SMALL).keep()
    assert "cannot be written" in caplog.text
