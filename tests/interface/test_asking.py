"""A question is the same one as a file, as a dictionary and as a checked configuration."""

from pathlib import Path

import numpy as np
import pytest
from sweep_builders import config, grouped_values, values, write_values

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.interface.asking import sweep_file

SHIPPED = sorted((Path(__file__).parents[2] / "sweeps").glob("*.yaml"))


@pytest.mark.parametrize("content", [values(), grouped_values()], ids=["old way", "groups"])
def test_each_form_is_the_same_sweep(tmp_path, content):
    of_file = sweep_file(str(write_values(tmp_path / "small.yaml", content))).config
    of_values = sweep_file(content).config
    of_config = sweep_file(of_file).config
    assert of_file == of_values == of_config
    assert len({of_file.hash(), of_values.hash(), of_config.hash()}) == 1


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_text_of_a_configuration_reads_as_it(path, tmp_path):
    config = read_sweep_file(path).config
    written = tmp_path / "again.yaml"
    written.write_text(sweep_file(config).text)
    assert read_sweep_file(written).config == config


def test_numbers_of_numpy_paths_and_tuples_are_what_they_say(tmp_path):
    plain = values({"image_folders": {"mine": "photos"}, "datasets": ["shapeset", "mine"]})
    python = {
        **plain,
        "seed": np.int64(plain["seed"]),
        "variants": tuple(plain["variants"]),
        "image_folders": {"mine": Path("photos")},
    }
    python["search"]["learning_rate"]["low"] = np.float64(0.01)
    assert sweep_file(python).config == sweep_file(plain).config


def test_a_mistake_is_told_by_its_key_without_a_line():
    with pytest.raises(UserError) as told:
        sweep_file(values({"search.trials": 0, "search.trails": 6, "variants": ["tahn"]}))
    head, *mistakes = str(told.value).splitlines()
    assert head == "the question breaks 3 rule(s) of a sweep file:"
    assert [line.partition(" Known: ")[0] for line in mistakes] == [
        "  variants: unknown variant 'tahn'; did you mean 'tanh'?",
        "  search.trials: Input should be greater than or equal to 1, got 0",
        "  search.trails: unknown key; did you mean 'trials'?",
    ]


WIDTHS = {"network": {"widths": [4, 8]}, "search.depth": {"low": 2, "high": 2}}
FOLDER = {"image_folders": {"mine": {"path": "photos", "resize": 8}}, "datasets": ["mine"]}


def test_layers_of_unequal_widths_are_asked_for_again():
    """A stored configuration, and one of which every value is written, have a width beside them."""
    asked = sweep_file(grouped_values(WIDTHS)).config
    stored = SweepConfig.from_identity(asked.identity())
    assert sweep_file(stored).config.hash() == asked.hash()
    relative = SweepConfig.model_validate(grouped_values({**WIDTHS, **FOLDER}))
    assert sweep_file(relative).config.hash() == relative.hash()
    both = asked.network.model_copy(update={"width": 16})
    with pytest.raises(UserError, match=r"width 16 and widths \[4, 8\] contradict each other"):
        sweep_file(asked.model_copy(update={"network": both}))


def test_a_changed_copy_is_checked_again():
    copy = config().model_copy(update={"variants": ("tahn",)})
    with pytest.raises(UserError, match=r"variants: unknown variant 'tahn'"):
        sweep_file(copy)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ({"name": object()}, "cannot be written as a sweep file"),
        ({}, "name: this key is required"),
        (7, "a question is the path of a sweep file, a dictionary .* got int"),
        ("none.yaml", "no such sweep file"),
    ],
)
def test_what_is_no_question_is_refused(question, part):
    with pytest.raises(UserError, match=part):
        sweep_file(question)


def test_images_of_ones_own_lie_beside_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = {"path": "photos", "resize": 8}
    asked = sweep_file(values({"image_folders": {"mine": folder}, "datasets": ["mine"]})).config
    assert asked.image_folders["mine"].path == str(tmp_path / "photos")
    monkeypatch.chdir("/")
    assert sweep_file(asked).config.image_folders == asked.image_folders


@pytest.mark.usefixtures("unregistered")
def test_plugins_come_along_whatever_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "rows.py").write_text(
        "from glorot_sweep import Variant, register_variant\n"
        'register_variant(Variant("asked_for", "", "tanh", "orthogonal"))\n'
    )
    monkeypatch.chdir(tmp_path)
    content = values({"plugins": ["rows.py"], "variants": ["tanh", "asked_for"]})
    asked = sweep_file(content).config
    assert [one.name for one in asked.plugins] == ["rows.py"]
    monkeypatch.chdir("/")
    assert sweep_file(asked).config == asked
