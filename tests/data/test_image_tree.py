"""Where images may lie, and what is said of the others."""

import pathlib

import pytest

from glorot_sweep.data.image_tree import ImageTree
from glorot_sweep.errors import UserError

GOOD = ["train/ant/1.png", "train/bee/1.JPG", "test/ant/1.jpeg", "test/bee/2.Png"]


def tree_of(*names: str) -> ImageTree:
    """Names that end in a slash are folders."""
    tree = ImageTree(pathlib.Path("pets"))
    for name in names:
        parts = tuple(name.rstrip("/").split("/"))
        if name.endswith("/"):
            tree.add_folder(parts)
        else:
            tree.add_file(parts, name.encode)
    return tree


def test_names_decide() -> None:
    tree = tree_of(*GOOD)
    assert tree.splits == {
        "train": {"ant": {"1.png": b"train/ant/1.png"}, "bee": {"1.JPG": b"train/bee/1.JPG"}},
        "test": {"ant": {"1.jpeg": b"test/ant/1.jpeg"}, "bee": {"2.Png": b"test/bee/2.Png"}},
    }
    assert tree.class_names() == ("ant", "bee")


def test_what_is_passed_over() -> None:
    hidden = [".git/", ".git/x/y/", ".DS_Store", "train/.DS_Store", "train/ant/._1.png"]
    assert tree_of(*GOOD, *hidden, "README.md").splits == tree_of(*GOOD).splits


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("val/", "a folder must be one of train, validation, test"),
        ("pets/train/ant/1.png", "a folder must be one of train"),
        ("train/ant/wings/", "no folders"),
        ("train/ant/wings/1.png", "no folders"),
        ("train/1.png", "images lie in a folder of their class"),
        ("train/ant/1.gif", "images end in .png, .jpg, .jpeg"),
        ("train/ant/png", "images end in"),
        ("train/ant/1.png", "it occurs twice"),
    ],
)
def test_what_is_misplaced(name: str, rule: str) -> None:
    with pytest.raises(UserError) as caught:
        tree_of(*GOOD, name)
    message = str(caught.value)
    assert message.startswith("pets: ")
    assert rule in message
    assert "It must hold <split>/<class>/<image>" in message


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "there is no folder train/"),
        (["test/ant/1.png", "test/bee/1.png"], "there is no folder train/"),
        (["train/ant/1.png", "train/bee/1.png"], "there is no folder test/"),
        (["train/", "test/"], r"two classes or more, got \[\]"),
        (["train/ant/1.png", "test/ant/1.png"], r"two classes or more, got \['ant'\]"),
        ([*GOOD, "test/fly/1.png"], r"test/ lacks \[\] and has besides \['fly'\]"),
        (GOOD[:3], r"test/ lacks \['bee'\]"),
        ([*GOOD, "validation/ant/1.png"], r"validation/ lacks \['bee'\]"),
        ([*GOOD, "train/fly/", "test/fly/1.png"], "class folder train/fly/ .* got none"),
        ([*GOOD, "train/fly/1.png", "test/fly/"], "class folder test/fly/ .* got none"),
    ],
)
def test_what_is_not_whole(names: list[str], message: str) -> None:
    tree = tree_of(*names)
    with pytest.raises(UserError, match=message):
        tree.class_names()


def test_one_class_name_in_two_forms_of_unicode_is_named_as_such() -> None:
    """`é` as one character, and as `e` with an accent: in two splits, and in one."""
    one, two = "caf\u00e9", "cafe\u0301"
    for names in (
        [f"train/{one}/1.png", f"test/{two}/1.png"],
        [f"train/{one}/1.png", f"train/{two}/1.png", f"test/{one}/1.png", f"test/{two}/1.png"],
    ):
        tree = tree_of(*GOOD, *names)
        with pytest.raises(UserError, match=r"two forms of Unicode, 'cafe\\u0301' and 'caf\\xe9'"):
            tree.class_names()
    assert tree_of(*GOOD, f"train/{two}/1.png", f"test/{two}/1.png").class_names()[-1] == two
