"""Which class and split a file belongs to, by where it lies."""

import os
import pathlib

import pytest
from encoded import tar_of
from pictures import Files, folder_of

from glorot_sweep.data.own_images import files as own_files
from glorot_sweep.data.own_images.files import files_of_folder, files_of_tar
from glorot_sweep.data.own_images.layout import Layout, layout_of
from glorot_sweep.errors import UserError

IMAGE = b"not looked into here"
FLAT = {"ant/1.png": IMAGE, "ant/2.JPG": IMAGE, "bee/1.webp": IMAGE}
KINDS_OF_JPEG = [
    f"{number}.{ending}" for number, ending in enumerate(("jfif", "JPE", "jpeg", "jpg"))
]
SPLIT = {f"{split}/{name}/1.png": IMAGE for split in ("train", "test") for name in ("ant", "bee")}


def layout(tmp_path: pathlib.Path, files: Files, form: str = "folder") -> Layout:
    if form == "folder":
        return layout_of(files_of_folder(folder_of(tmp_path / "pets", files)))
    return layout_of(files_of_tar(tmp_path / "pets.tar", tar_of(files)))


def places(found: Layout) -> list[tuple[str, str | None, str]]:
    return [(one.name, one.split, found.class_names[one.label]) for one in found.images]


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_class_folders(tmp_path: pathlib.Path, form: str) -> None:
    assert places(layout(tmp_path, FLAT, form)) == [
        ("ant/1.png", None, "ant"), ("ant/2.JPG", None, "ant"), ("bee/1.webp", None, "bee"),
    ]  # fmt: skip


def test_every_name_of_a_jpeg_is_one(tmp_path: pathlib.Path) -> None:
    files = {f"{name}/{file}": IMAGE for name in ("ant", "bee") for file in KINDS_OF_JPEG}
    assert [name for name, _, _ in places(layout(tmp_path, files))] == sorted(files)


@pytest.mark.parametrize("form", ["folder", "tar"])
@pytest.mark.parametrize("around", ["", "photos/", "a/photos/"])
@pytest.mark.parametrize("validation", ["validation", "val"])
def test_splits(tmp_path: pathlib.Path, form: str, around: str, validation: str) -> None:
    files = SPLIT | {f"{validation}/ant/1.png": IMAGE, f"{validation}/bee/1.png": IMAGE}
    found = layout(tmp_path, {around + name: IMAGE for name in files}, form)
    assert found.splits == {"train", "test", "validation"}
    assert {(split, name) for _, split, name in places(found)} == {
        (split, name) for split in found.splits for name in ("ant", "bee")
    }


def test_folders_within_a_class_are_its_images(tmp_path: pathlib.Path) -> None:
    files = FLAT | {"ant/2019/may/1.png": IMAGE}
    assert ("ant/2019/may/1.png", None, "ant") in places(layout(tmp_path, files))


def test_a_train_among_cars_is_a_class(tmp_path: pathlib.Path) -> None:
    found = layout(tmp_path, {f"{name}/1.png": IMAGE for name in ("bus", "car", "train")})
    assert found.class_names == ("bus", "car", "train")
    deeper = {"train/steam/1.png": IMAGE, "train/fast/1.png": IMAGE, "bus/1.png": IMAGE}
    assert layout(tmp_path / "deeper", deeper).class_names == ("bus", "train")
    years = {f"{name}/2019/1.png": IMAGE for name in ("valley", "mountain")}
    assert layout(tmp_path / "years", years).class_names == ("mountain", "valley")
    cameras = {f"{name}/camera 1/1.png": IMAGE for name in ("bus", "car", "train")}
    assert layout(tmp_path / "cameras", cameras).class_names == ("bus", "car", "train")


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_what_is_passed_over_is_counted(tmp_path: pathlib.Path, form: str) -> None:
    clutter = {
        "ant/Thumbs.db": b"", "ant/.DS_Store": b"", "bee/desktop.ini": b"", "README": b"",
        "ant/notes.txt": b"", "labels.csv": b"", "bee/more.TXT": b"",
    }  # fmt: skip
    found = layout(tmp_path, FLAT | clutter, form)
    kinds = {"hidden": 1, "of the system": 2, ".txt": 2, ".csv": 1, "without ending": 1}
    assert found.skipped == kinds
    assert len(found.images) == len(FLAT)


def test_a_hidden_folder_is_not_looked_into(tmp_path: pathlib.Path) -> None:
    found = layout(tmp_path, FLAT | {"__MACOSX/ant/1.png": IMAGE, ".git/x.png": IMAGE})
    assert found.skipped == {"hidden": 1, "of the system": 1}


def test_one_name_in_two_forms_of_unicode(tmp_path: pathlib.Path) -> None:
    composed, apart = "Fl\u00f6he", "Flo\u0308he"
    assert layout(tmp_path, FLAT | {f"{apart}/1.png": IMAGE}).class_names[0] == composed
    with pytest.raises(UserError, match="one name in two forms of Unicode"):
        layout(tmp_path, FLAT | {f"{apart}/1.png": IMAGE, f"{composed}/1.png": IMAGE})


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_a_class_whose_name_is_no_text(tmp_path: pathlib.Path, form: str) -> None:
    latin = os.fsdecode(b"caf\xe9")
    with pytest.raises(UserError, match=r"pets.*: the name .* 'caf\\udce9' is no UTF-8. Rename it"):
        layout(tmp_path, FLAT | {f"{latin}/1.png": IMAGE}, form)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"notes.txt": b""}, r"holds no image, but other files \(1 \.txt\)"),
        ({"ant/1.png": IMAGE}, r"two classes or more, got \['ant'\]"),
        ({"1.png": IMAGE, "2.png": IMAGE}, "2 images lie in no folder of a class: 1.png, 2.png"),
        (FLAT | {"x.png": IMAGE}, "1 images lie in no folder of a class: x.png"),
        (SPLIT | {"test/x.png": IMAGE}, "1 images lie in no folder of a class: test/x.png"),
        (FLAT | {"fly/notes.txt": b""}, None),
        (SPLIT | {"train/fly/1.png": IMAGE}, "the class folder test/fly/ must hold an image"),
        (SPLIT | {"labels/a/x.png": IMAGE}, "labels/ lie beside test/, train/ and are no splits"),
        ({"test/a/1.png": IMAGE, "val/b/1.png": IMAGE}, "has test/, val/ but no train/"),
        (
            {f"{split}/{name}/1.png": IMAGE for split in ("train", "valid") for name in "ab"},
            "train/ is named like a split and holds a/ as its neighbours do, but train/, valid/",
        ),
        (
            {f"{split}/{name}/1.png": IMAGE for split in ("Train", "Test") for name in "ab"},
            "Test/ is named like a split",
        ),
        (
            {f"{split}_set/{name}/1.png": IMAGE for split in ("train", "test") for name in "ab"},
            "test_set/ is named like a split",
        ),
        ({"extra/a/1.png": IMAGE, "train/a/1.png": IMAGE}, "train/ is named like a split"),
        (FLAT | {"test/ant/1.png": IMAGE}, "test/ is named like a split and holds ant/"),
        (SPLIT | {"val/ant/1.png": IMAGE, "validation/ant/1.png": IMAGE}, "are one split"),
        (FLAT | {"ant/1.heic": IMAGE}, r"ant/1\.heic is an image that is not read"),
        (FLAT | {"ant/1.CR3": IMAGE}, r"Convert all that end in \.cr3, or move them away"),
        (FLAT | {"ant/1.ppm": IMAGE}, r"ant/1\.ppm is an image that is not read"),
    ],
)
@pytest.mark.parametrize("form", ["folder", "tar"])
def test_what_has_no_place(
    tmp_path: pathlib.Path, files: Files, message: str | None, form: str
) -> None:
    if message is None:  # a tar of files says nothing of a folder without images
        message, form = "the class folder fly/ must hold an image", "folder"
    with pytest.raises(UserError, match=message) as caught:
        layout(tmp_path, files, form)
    assert str(caught.value).startswith(str(tmp_path / "pets"))


def test_the_same_name_twice_in_a_tar(tmp_path: pathlib.Path) -> None:
    twice = tar_of(FLAT)[: -1024 * 9].rstrip(b"\0")
    twice += bytes(-len(twice) % 512) + tar_of(FLAT)
    with pytest.raises(UserError, match=r"ant/1\.png occurs twice"):
        files_of_tar(tmp_path / "pets.tar", twice)


def test_links(tmp_path: pathlib.Path) -> None:
    """Within the folder they are followed; out of it, or in a circle, they are refused."""
    pets = folder_of(tmp_path / "pets", FLAT)
    (tmp_path / "link").symlink_to(pets)
    assert len(layout_of(files_of_folder(tmp_path / "link")).images) == len(FLAT)
    (pets / "cat").symlink_to(pets / "ant")
    assert len(layout_of(files_of_folder(pets)).images) == len(FLAT) + 2
    (pets / "cat").unlink()
    outside = folder_of(tmp_path / "outside", FLAT)
    for place, target in ((pets / "fly", outside / "ant"), (pets / "ant/9.png", outside / "ant")):
        place.symlink_to(target)
        with pytest.raises(UserError, match=f"{place} leads to .*, out of {pets}"):
            files_of_folder(pets)
        place.unlink()
    (pets / "ant" / "round").symlink_to(pets)
    with pytest.raises(UserError, match="ant/round leads back to a folder that holds it"):
        files_of_folder(pets)


def test_what_is_no_file_is_refused_unread(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pets = folder_of(tmp_path / "pets", FLAT)
    os.mkfifo(pets / "ant" / "9.png")
    with pytest.raises(UserError, match=r"9\.png is neither a file nor a folder"):
        [one.read() for one in files_of_folder(pets).found]
    (pets / "ant" / "9.png").unlink()
    monkeypatch.setattr(own_files, "LARGEST_SOURCE", len(IMAGE) - 1)
    with pytest.raises(UserError, match=f"has {len(IMAGE)} bytes; an image may have"):
        files_of_folder(pets).found[0].read()
