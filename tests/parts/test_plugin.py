"""Plugins: read once, imported from their text, refused by name and line, never half registered."""

import importlib
import pickle
import sys
from pathlib import Path

import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.plugin import Plugin, read_plugin
from glorot_sweep.parts.plugin_import import import_plugins, load_plugins
from glorot_sweep.parts.registry import THIS_PROCESS

pytestmark = pytest.mark.usefixtures("unregistered")

DRAW = """import torch
from glorot_sweep.parts.registration import register_initialization
def draw(fan_in, fan_out, generator):
    return torch.full((fan_in, fan_out), {value}, dtype=torch.float64)
register_initialization("{name}", draw)
"""


def written(folder: Path, text: str, name: str = "own.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def drawn(name: str) -> float:
    return float(INITIALIZATIONS[name].draw(1, 1, None)[0, 0])


def test_a_file_registers_parts_and_says_whose_they_are(tmp_path):
    written(tmp_path, DRAW.format(name="mine", value=2))
    (plugin,) = load_plugins(["own.py"], tmp_path)
    assert (plugin.name, plugin.module) == ("own.py", "glorot_sweep_plugin_own")
    assert drawn("mine") == 2
    assert INITIALIZATIONS["mine"].source == "glorot_sweep_plugin_own:draw"
    assert INITIALIZATIONS.registrant("mine") == "own.py"
    assert "mine" not in INITIALIZATIONS.shipped


def test_the_text_that_was_read_is_imported_wherever_the_file_is_by_then(tmp_path):
    """It travels as plain data; what is edited or deleted meanwhile changes nothing."""
    path = written(tmp_path, DRAW.format(name="mine", value=2))
    plugin = pickle.loads(pickle.dumps(read_plugin("own.py", tmp_path)))
    path.unlink()
    import_plugins([plugin])
    assert drawn("mine") == 2


def test_the_same_text_may_be_imported_twice_and_another_one_not(tmp_path):
    written(tmp_path, DRAW.format(name="mine", value=2))
    written(tmp_path / "elsewhere", DRAW.format(name="mine", value=2))
    folders = (tmp_path, tmp_path / "elsewhere")
    here, there = (load_plugins(["own.py"], folder) for folder in folders)
    assert here == there
    written(tmp_path, DRAW.format(name="mine", value=3))
    with pytest.raises(UserError, match=f"with another content \\({here[0].digest}, and now it is"):
        load_plugins(["own.py"], tmp_path)
    assert drawn("mine") == 2


def test_every_module_of_a_package_decides_and_travels(tmp_path, monkeypatch):
    """Also those that are imported later, within a folder without a file of its own."""
    monkeypatch.syspath_prepend(tmp_path)
    written(tmp_path, "", "plugin_package/__init__.py")
    written(tmp_path, "VALUE = 5\n", "plugin_package/deep/values.py")
    later = "def value():\n    from .deep.values import VALUE\n    return VALUE\n"
    text = later + DRAW.format(name="mine", value="value()")
    written(tmp_path, text, "plugin_package/parts.py")
    plugin = read_plugin("plugin_package.parts", tmp_path)
    assert plugin.files["plugin_package.deep.values"] == "VALUE = 5\n"
    written(tmp_path, "VALUE = 6\n", "plugin_package/deep/values.py")
    assert read_plugin("plugin_package.parts", tmp_path).digest != plugin.digest
    import_plugins([plugin])
    assert drawn("mine") == 5


def test_a_module_that_somebody_else_has_imported_is_refused(tmp_path, monkeypatch):
    """It may have been edited since: the new text would be recorded, and the old one trained."""
    monkeypatch.syspath_prepend(tmp_path)
    written(tmp_path, DRAW.format(name="mine", value=2), "plugin_package_own.py")
    importlib.import_module("plugin_package_own")
    written(tmp_path, DRAW.format(name="mine", value=3), "plugin_package_own.py")
    said = "the plugin plugin_package_own has been imported in this process already, perhaps from"
    with pytest.raises(UserError, match=said):
        load_plugins(["plugin_package_own"], tmp_path)
    assert INITIALIZATIONS.registrant("mine") == THIS_PROCESS


def test_a_module_that_another_plugin_has_imported_is_taken(tmp_path, monkeypatch):
    """From the text of the same package: it registers nothing again."""
    monkeypatch.syspath_prepend(tmp_path)
    written(tmp_path, "from . import more\n", "plugin_package/parts.py")
    written(tmp_path, DRAW.format(name="mine", value=2), "plugin_package/more.py")
    load_plugins(["plugin_package.parts", "plugin_package.more"], tmp_path)
    assert drawn("mine") == 2


def test_its_files_lie_so_that_they_could_be_imported_again():
    """And no two of them at one place, not even a file's and those of a module of its name."""
    one = Plugin(
        "my parts.py", "glorot_sweep_plugin_my_parts", {"glorot_sweep_plugin_my_parts": ""}
    )
    assert [one.path_of(module) for module in one.files] == ["my_parts.py"]
    modules = ("pack", "pack.parts", "pack.deep.values", "pack.deep")
    two = Plugin("pack.parts", "pack.parts", dict.fromkeys(modules, ""))
    assert [two.path_of(module) for module in modules] == [
        "pack/__init__.py", "pack/parts.py", "pack/deep/values.py", "pack/deep/__init__.py",
    ]  # fmt: skip
    assert Plugin("my_parts", "my_parts", {"my_parts": ""}).path_of("my_parts") != "my_parts.py"


def test_a_digest_is_of_the_content_alone():
    one = Plugin("a.py", "m", {"m": "x = 1\n"})
    assert one.digest == Plugin("b.py", "m", {"m": "x = 1\n"}).digest
    assert one.digest != Plugin("a.py", "m", {"m": "x = 2\n"}).digest


WRONG = {
    "syntax": ("x = 1\ndef f(:\n", "cannot be imported, line 2: SyntaxError: invalid syntax"),
    "name": ("x = 1\n\ny = z\n", "cannot be imported, line 3: NameError: name 'z' is not defined"),
    "import": ("import nowhere_at_all\n", "line 1: ModuleNotFoundError: No module named 'nowhere"),
    "exit": ("import sys\nsys.exit(3)\n", "cannot be imported, line 2: SystemExit: 3"),
    "idle": ("x = 1\n", "registers nothing. What it adds is registered when it is imported"),
    "nul": ("x = '\0'\n", "cannot be imported"),
    "taken": (DRAW.format(name="he", value=1), "line 5: ValueError: there is an initialization "
              "'he' already, by the package; give it another name"),
    "named": (DRAW.format(name="He", value=1), "line 5: ValueError: 'He' is no name of a part"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_imported_is_one_message_with_its_line_and_leaves_nothing(tmp_path, case):
    text, said = WRONG[case]
    before = dict(INITIALIZATIONS)
    written(tmp_path, text)
    with pytest.raises(UserError) as error:
        load_plugins(["own.py"], tmp_path)
    assert str(error.value).startswith("the plugin own.py ")
    assert said in str(error.value)
    assert before == INITIALIZATIONS
    assert "glorot_sweep_plugin_own" not in sys.modules


def test_after_a_mistake_was_mended_it_is_imported(tmp_path):
    """What was registered before the mistake is no clash."""
    written(tmp_path, DRAW.format(name="mine", value=1) + "1 / 0\n")
    with pytest.raises(UserError, match="line 6: ZeroDivisionError"):
        load_plugins(["own.py"], tmp_path)
    assert "mine" not in INITIALIZATIONS
    written(tmp_path, DRAW.format(name="mine", value=1))
    load_plugins(["own.py"], tmp_path)
    assert drawn("mine") == 1


def test_two_plugins_that_register_one_name_are_told_apart(tmp_path):
    written(tmp_path, DRAW.format(name="mine", value=1), "one.py")
    written(tmp_path, DRAW.format(name="mine", value=2), "two.py")
    with pytest.raises(UserError, match=r"two.py .*an initialization 'mine' already, by one.py"):
        load_plugins(["one.py", "two.py"], tmp_path)


NOT_THERE = {
    "gone.py": "the plugin gone.py is not there: ",
    "no_such_module.parts": "Python finds no module no_such_module. Install it, or name its folder",
    "a folder": "a plugin is a path that ends in .py, as in my_parts.py, or the name of a module",
    "folder.py": "the plugin folder.py cannot be read: ",
    "latin.py": "the plugin latin.py is no UTF-8: ",
    "json.none": "no module of that name is beside it",
    "sys": "has no source that can be carried to workers",
    "json": "the plugin json registers nothing. What it adds is registered when it is imported",
}


@pytest.mark.parametrize("name", NOT_THERE)
def test_what_is_no_plugin_is_refused_by_name(tmp_path, name):
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "latin.py").write_bytes("# \xe4".encode("latin-1"))
    with pytest.raises(UserError) as error:
        load_plugins([name], tmp_path)
    assert NOT_THERE[name] in str(error.value)
