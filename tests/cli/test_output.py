"""What is in the way of `--output` is said before any work; nothing is loaded or touched."""

import pytest


@pytest.fixture
def store(here):
    """A tracking store, as far as its file's name goes: it is not opened."""
    (here / "mlflow.db").touch()
    return here


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("file", "file/figures cannot be written: {here}/file is no folder"),
        ("file/deeper", "{here}/file is no folder"),
        ("has_one", "{here}/has_one/figures is no folder"),
    ],
)
@pytest.mark.parametrize("words", [("report", "tiny"), ("sweep", "quick")])
def test_a_file_in_the_way_of_a_folder(command, store, name, part, words):
    (store / "file").touch()
    (store / "has_one").mkdir()
    (store / "has_one" / "figures").touch()
    code, _, message = command(*words, "--output", str(store / name))
    assert code == 2
    assert part.format(here=store) in message


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("folder", "is a folder. Name a file in it"),
        ("none/claims.json", "lies in no folder: {here}/none is to be made first"),
        ("mlflow.db/claims.json", "lies in no folder: {here}/mlflow.db is to be made first"),
    ],
)
def test_a_folder_in_the_way_of_a_file(command, store, name, part):
    (store / "folder").mkdir()
    code, _, message = command("verify", "tiny", "--output", str(store / name))
    assert code == 2
    assert part.format(here=store) in message
    assert (store / "mlflow.db").read_bytes() == b""
