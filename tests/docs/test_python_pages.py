"""The pages about Python say what there is, and their code runs as it stands there."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import make_columns
import pytest
import run_notebook

import glorot_sweep
from glorot_sweep.parts.activations import ACTIVATIONS

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGE = GUIDE / "python.md"
NOTEBOOK = GUIDE / "from_question_to_model.ipynb"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


def test_the_page_of_columns_is_what_the_frames_have():
    assert make_columns.FILE.read_text(encoding="utf-8") == make_columns.page()


def test_the_page_lists_every_public_name():
    assert sorted(ROW.findall(PAGE.read_text(encoding="utf-8"))) == glorot_sweep.__all__


def test_the_notebook_holds_the_outputs_of_its_code():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert sum(bool(cell["outputs"]) for cell in code) > len(code) / 2
    assert NOTEBOOK.stat().st_size < 300_000


def test_what_a_cell_prints_draws_and_ends_with_is_kept(tmp_path):
    sources = [
        "print('a')\nb = 2",
        "b + 1",
        "from matplotlib import pyplot\npyplot.plot([b])\nNone",
    ]
    file = tmp_path / "some.ipynb"
    cells = [{"cell_type": "code", "source": source.splitlines(True)} for source in sources]
    file.write_text(json.dumps({"cells": cells}))
    shown = [cell["outputs"] for cell in run_notebook.run_notebook(file)["cells"]]
    assert shown[0] == [{"output_type": "stream", "name": "stdout", "text": "a\n"}]
    assert shown[1][0]["data"] == {"text/plain": "3"}
    assert [*shown[2][0]["data"]] == ["image/png", "text/plain"]


def test_the_activation_of_the_page_on_plugins_is_that_of_the_example_and_registers(unregistered):
    (shown,) = BLOCK.findall((GUIDE / "plugins.md").read_text(encoding="utf-8"))
    example = (GUIDE / "examples" / "my_parts.py").read_text(encoding="utf-8")
    definition = shown[shown.index("class ") : shown.index("register_activation(")]
    assert definition in example
    exec(compile(shown, "plugins.md", "exec"), {"__name__": "shown"})
    assert "inverse_square_root" in ACTIVATIONS


def test_examples_of_plugins_need_public_names_alone():
    for file in (GUIDE / "examples").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("glorot_sweep"):
                assert node.module == "glorot_sweep"
                assert {name.name for name in node.names} <= set(glorot_sweep.__all__)


@pytest.mark.slow
def test_the_code_of_the_page_runs(tmp_path):
    code = "\n".join(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    ended = run(["-c", f"{code}\nassert doubts == [] and sweep.state == 'complete'"], tmp_path)
    assert "unknown variant 'tahn'; did you mean 'tanh'?" in ended.stdout
    assert "complete {'tanh':" in ended.stdout
    assert ended.stderr == ""


@pytest.mark.slow
def test_the_notebook_runs_and_shows_what_it_holds(tmp_path):
    stored = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    copy = tmp_path / NOTEBOOK.name
    copy.write_bytes(NOTEBOOK.read_bytes())
    ended = run([str(ROOT / "docs" / "run_notebook.py"), copy.name], tmp_path)
    assert (ended.stdout, ended.stderr) == ("", "")
    shown = json.loads(copy.read_text(encoding="utf-8"))["cells"]
    assert [kinds(cell) for cell in shown] == [kinds(cell) for cell in stored]


def kinds(cell):
    """What a cell shows, without what depends on the machine: pictures and engines."""
    return [(one["output_type"], sorted(one.get("data", {}))) for one in cell.get("outputs", [])]


def run(words, folder):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
