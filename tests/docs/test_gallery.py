"""The gallery of published sweeps: a small picture of each, of what its tables hold."""

from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from gallery import PICTURES, picture

RESULTS = Path(__file__).parents[2] / "docs" / "results"
FOLDERS = sorted(table.parent.name for table in RESULTS.glob("*/table1.csv"))


@pytest.mark.parametrize("name", FOLDERS)
def test_each_folder_has_a_small_picture_and_three_lines_the_answer_first(name):
    text = (RESULTS / "README.md").read_text(encoding="utf-8").partition("## At a glance")[2]
    _, _, part = text.partition(f'<img src="../pictures/results/{name}.svg"')
    lines = part.partition("\n##")[0].strip().splitlines()[2:]
    assert len(lines) == 3
    assert lines[0].startswith("* **")
    assert f"]({name}/report." in lines[1]
    assert f"]({name}/README.md)" in lines[1]
    assert (RESULTS / name / "README.md").read_text(encoding="utf-8").startswith(f"# {name}: ")
    file = PICTURES / f"{name}.svg"
    assert file.stat().st_size < 60 * 1024
    assert ElementTree.parse(file).getroot().tag.endswith("svg")


def test_no_picture_is_left_of_a_folder_that_has_gone():
    assert sorted(file.stem for file in PICTURES.iterdir()) == FOLDERS


@pytest.mark.slow
def test_a_picture_shows_what_the_tables_hold(tmp_path):
    """The picture of the sweep that is published anew with each change of the page."""
    name = "quick"
    assert (PICTURES / f"{name}.svg").read_text(encoding="utf-8") == picture(RESULTS / name)
    changed = pd.read_csv(RESULTS / name / "table1.csv")
    changed.loc[0, "test_error_percent"] += 1
    changed.to_csv(tmp_path / "table1.csv", index=False)
    assert picture(tmp_path) != picture(RESULTS / name)
