"""Images of one's own in a sweep file: where they lie, what is done to them, what is stored."""

import pathlib

import pytest
from pydantic import ValidationError
from sweep_builders import config, grouped

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.image_folders import (
    TEST_SHARE,
    VALIDATION_SHARE,
    ImageRules,
    PreparedFolder,
)
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.sweep.records.growth import asked_of

FILE = """
name: mine
datasets: [pets]
image_folders: {pets: %s}
search: {trials: 2, generation: 2, learning_rate: {low: 0.01, high: 0.1}}
replicates: {updates: 100}
"""


def pets(**keys: object) -> dict:
    return {"datasets": ["pets"], "image_folders": {"pets": keys}}


def read(folder: pathlib.Path, said: str) -> SweepConfig:
    folder.mkdir(exist_ok=True)
    (folder / "mine.yaml").write_text(FILE % said)
    return read_sweep_file(folder / "mine.yaml").config


def place(found: SweepConfig) -> str | None:
    folder = found.image_folders["pets"]
    assert isinstance(folder, PreparedFolder)
    return folder.path


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("{path: photos, resize: 8}", "{here}/photos"),
        ("{path: photos/small.npz}", "{here}/photos/small.npz"),
        ("{path: ../photos}", "{above}/photos"),
        ("{path: /srv/photos}", "/srv/photos"),
        ("{path: ~/photos}", "~/photos"),
        ("{resize: 8}", "{here}/pets"),
    ],
)
def test_a_path_counts_from_the_files_folder(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, said: str, expected: str
) -> None:
    here = tmp_path / "here"
    found = read(here, said)
    assert place(found) == expected.format(here=here, above=tmp_path.resolve())
    monkeypatch.chdir(here)
    assert place(read_sweep_file(pathlib.Path("mine.yaml")).config) == place(found)


def test_a_side_is_a_square(tmp_path: pathlib.Path) -> None:
    for said, expected in (("32", (32, 32)), ("[24, 32]", (24, 32))):
        folder = read(tmp_path, f"{{resize: {said}}}").image_folders["pets"]
        assert isinstance(folder, PreparedFolder)
        assert folder.rules == ImageRules(resize=expected)


def test_the_place_is_no_part_of_the_identity_and_the_rules_are() -> None:
    one, other = config(pets(path="/a", resize=[8, 8])), config(pets(path="/b", resize=[8, 8]))
    assert one.hash() == other.hash() != config(pets(path="/a", resize=[8, 9])).hash()
    assert "/a" not in str(one.identity())
    assert SweepConfig.from_identity(one.identity()).hash() == one.hash()
    hashes = {
        config(pets(**rule)).hash()
        for rule in (
            {}, {"color": "grey"}, {"test_share": 0.3}, {"validation_share": 0.3}, {"seed": 1},
            {"resize": [8, 8]}, {"resize": [8, 8], "crop": "none"},
        )
    }  # fmt: skip
    assert len(hashes) == 7


def test_a_text_is_stored_as_it_always_was() -> None:
    found = config({"datasets": ["pets"], "image_folders": {"pets": "pets"}})
    assert found.identity()["image_folders"] == {"pets": "pets"}


def test_a_sweep_grows_while_its_images_lie_elsewhere() -> None:
    before = grouped(pets(path="/a", resize=[8, 8]))
    more = {**pets(path="/b", resize=[8, 8]), "datasets": ["pets", "new"]}
    more["image_folders"] = {**more["image_folders"], "new": {"path": "/c"}}
    assert set(asked_of(before.identity(), grouped(more)).more) >= {"datasets"}
    assert asked_of(before.identity(), grouped(pets(path="/b", resize=[8, 8]))).more == {}
    with pytest.raises(UserError, match="what is there stays as it is"):
        asked_of(before.identity(), grouped(pets(path="/a", resize=[8, 9])))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"resize": [0, 8]}, "greater than or equal to 1"),
        ({"resize": [8, 513]}, "less than or equal to 512"),
        ({"resize": [8, 8, 8]}, "at most 2 items"),
        ({"resize": "big"}, "valid tuple"),
        ({"crop": "center"}, "crop center says how resize cuts; give resize too"),
        ({"crop": "left", "resize": [8, 8]}, "'center' or 'none'"),
        ({"color": "blue"}, "'rgb' or 'grey'"),
        ({"test_share": 0.0}, "greater than or equal to 0.01"),
        ({"test_share": float("nan")}, "finite"),
        ({"test_share": 0.9, "validation_share": 0.1}, "together may be at most 0.95"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"path": ""}, "at least 1 character"),
        ({"path": "a\0b"}, "without control characters"),
        ({"size": 8}, "Extra inputs are not permitted"),
    ],
)
def test_refused(keys: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        config(pets(**keys))


@pytest.mark.parametrize(
    ("given", "shares"),
    [
        ({}, (TEST_SHARE, VALIDATION_SHARE)),
        ({"test_share": 0.85}, (0.85, 0.1)),
        ({"test_share": 0.9}, (0.9, 0.05)),
        ({"validation_share": 0.9}, (0.05, 0.9)),
        ({"validation_share": 0.9, "test_share": 0.02}, (0.02, 0.9)),
    ],
)
def test_a_share_that_is_left_out_is_no_more_than_the_other_one_leaves(given, shares) -> None:
    assert ImageRules(**given).shares == shares


def test_a_mistake_is_told_with_its_place_and_alone(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, "{path: photos, resise: 8}")
    first, *lines = str(caught.value).splitlines()
    assert "breaks 1 rule" in first
    assert lines == [
        "  line 4, image_folders.pets.resise: unknown key; did you mean 'resize'? Known: color, "
        "crop, path, resize, seed, test_share, validation_share"
    ]


@pytest.mark.parametrize(
    ("side", "rule"), [(-8, "greater than or equal to 1"), (513, "less than or equal to 512")]
)
def test_a_side_is_refused_once(tmp_path: pathlib.Path, side: int, rule: str) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, f"{{resize: {side}}}")
    _, *lines = str(caught.value).splitlines()
    assert lines == [f"  line 4, image_folders.pets.resize: Input should be {rule}, got {side}"]


def test_a_pipe_has_no_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pathlib.Path, "is_file", lambda _: False)
    (tmp_path / "mine.yaml").write_text(FILE % "{path: photos}")
    found = read_sweep_file(pathlib.Path("/proc/self/root") / str(tmp_path)[1:] / "mine.yaml")
    assert place(found.config) == str(tmp_path / "photos")
