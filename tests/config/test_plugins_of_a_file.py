"""The key `plugins`: imported before the rest, found from the file's folder, told at its line."""

from pathlib import Path

import pytest
from sweep_builders import config, write_sweep

from glorot_sweep.config.file import read_before_groups, read_sweep_file
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.parts.plugin_import import load_plugins

pytestmark = pytest.mark.usefixtures("unregistered")

TEXT = """from glorot_sweep.parts.registration import register_variant
from glorot_sweep.parts.variants import Variant
register_variant(Variant("mine", "Mine", "softplus", "{draw}"))
"""


def sweep_file(folder: Path, text: str = TEXT.format(draw="he"), **changes: object) -> Path:
    (folder / "own.py").write_text(text, encoding="utf-8")
    settings = {"variants": ["tanh", "mine"], "plugins": ["own.py"], **changes}
    return write_sweep(folder / "sweep.yaml", settings)


def test_a_file_names_what_its_plugin_registers(tmp_path):
    """The plugin lies beside the file, wherever the command was given."""
    file = read_sweep_file(sweep_file(tmp_path))
    assert file.config.rows["mine"].label == "Mine"
    assert [plugin.name for plugin in file.config.plugins] == ["own.py"]
    assert read_before_groups(file).plugins == file.config.plugins


def test_where_a_plugin_lies_is_no_part_of_what_is_stored(tmp_path):
    file = read_sweep_file(sweep_file(tmp_path))
    stored = file.config.identity()
    assert "plugins" not in stored
    read = SweepConfig.from_identity(stored, file.config.rows)
    assert (read.hash(), read.plugins) == (file.config.hash(), ())


def test_what_is_stored_is_read_where_no_plugin_is(tmp_path):
    """Names of variants, rules and data sets that nobody registers here."""
    space = {"learning_rate": {"low": 0.01, "high": 0.1}, "damping": {"low": 0.01, "high": 0.1}}
    stored = read_sweep_file(sweep_file(tmp_path)).config.identity()
    stored |= {"datasets": ["theirs"], "variants": ["gone", "tanh"]}
    stored["search"]["step_rules"]["rule_of_theirs"] = space
    rows = {"gone": config().rows["tanh"], "tanh": config().rows["tanh"]}
    read = SweepConfig.from_identity(stored, rows)
    assert (read.datasets, list(read.rows)) == (("theirs",), ["gone", "tanh"])


def test_the_command_line_may_name_plugins_too(tmp_path):
    path = sweep_file(tmp_path, plugins=[])
    with pytest.raises(UserError, match="unknown variant 'mine'"):
        read_sweep_file(path)
    config = read_sweep_file(path, load_plugins(["own.py"], tmp_path)).config
    assert [plugin.name for plugin in config.plugins] == ["own.py"]


MISTAKES = {
    "gone": ({"plugins": ["gone.py"]}, "the plugin gone.py is not there: "),
    "number": ({"plugins": [3]}, "a plugin is named by a text, got 3"),
    "text": ({"plugins": "own.py"}, "it is a list, as [..., ...], got 'own.py'"),
    "broken": ({"text": TEXT.format(draw="hex")}, "the plugin own.py cannot be imported, line 3: "
               "ValueError: the variant 'mine' names an unknown initialization 'hex'"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_once_at_the_line_of_the_key(tmp_path, case):
    """Not what follows from it: that what it registers is unknown."""
    changes, said = MISTAKES[case]
    path = sweep_file(tmp_path, **changes)
    with pytest.raises(UserError) as error:
        read_sweep_file(path)
    line = 1 + path.read_text().splitlines().index("plugins:") if case != "text" else None
    _, *told = str(error.value).splitlines()
    assert len(told) == 1
    assert said in told[0]
    assert line is None or told[0].startswith(f"  line {line}, plugins: ")
