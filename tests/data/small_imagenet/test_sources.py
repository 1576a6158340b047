"""Which synsets a folder holds and which a class wants."""

from pathlib import Path

import pytest

from glorot_sweep.data.small_imagenet.sources import Source, find_sources, take_census
from glorot_sweep.errors import UserError


def test_tars_and_folders_are_found(tmp_path: Path) -> None:
    (tmp_path / "n00000002").mkdir()
    (tmp_path / "n00000001.tar").touch()
    for other in ("README.md", "n00000003.tar.gz", "n1.tar", "n00000004", "xn00000005.tar"):
        (tmp_path / other).touch()  # n00000004 is a file
    (tmp_path / "n00000006.tar").mkdir()
    assert find_sources(tmp_path) == [
        Source("n00000001", tmp_path / "n00000001.tar"),
        Source("n00000002", tmp_path / "n00000002"),
    ]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    for name in ("cat.jpg", "dog.jpg", "train.tar"):
        (tmp_path / name).touch()
    with pytest.raises(UserError, match=r"not a copy of ImageNet.*none of its 3 entries"):
        find_sources(tmp_path)


@pytest.mark.parametrize("there", [True, False])
def test_no_folder_is_refused(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "file"
    if there:
        path.touch()
    with pytest.raises(UserError, match=r"cannot list this folder: (Not a|No such)"):
        find_sources(path)


def test_a_synset_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n00000001").mkdir()
    (tmp_path / "n00000001.tar").touch()
    (tmp_path / "n00000002.tar").touch()
    with pytest.raises(UserError, match=r"1 synsets.*both as a tar and as a folder.*n00000001"):
        find_sources(tmp_path)


def test_the_census() -> None:
    sources = [Source(wnid, Path(wnid)) for wnid in ("one", "two", "both", "none", "unwanted")]
    classes_of = {
        "one": ("bird",),
        "two": ("bird",),
        "both": ("bird", "tool"),
        "unwanted": ("tool",),
        "absent": ("fish",),
    }
    census = take_census(sources, ["bird", "fish"], classes_of)
    assert census.wanted == {"bird": (sources[0], sources[1]), "fish": ()}
    assert (census.ambiguous, census.elsewhere, census.n_wanted) == (("both",), 2, 2)
