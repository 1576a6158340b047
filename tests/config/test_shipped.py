"""Which file is meant by what was named."""

from pathlib import Path

import pytest
from rights import as_others

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.shipped import find_sweep_file, first_sentence, renamed, shipped_sweeps
from glorot_sweep.config.template import template
from glorot_sweep.errors import UserError
from glorot_sweep.host import caller

SWEEPS = Path(__file__).parents[2] / "sweeps"


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_package_has_the_files_of_the_project():
    assert {name: path.read_bytes() for name, path in shipped_sweeps().items()} == {
        path.stem: path.read_bytes() for path in SWEEPS.glob("*.yaml")
    }


def test_a_bare_name_is_one_of_the_package_unless_there_is_such_a_file(here):
    assert find_sweep_file(Path("quick")).resolve() == SWEEPS / "quick.yaml"
    (here / "quick").write_text("")
    assert find_sweep_file(Path("quick")) == Path("quick")
    (here / "tiny").mkdir()  # as `report tiny --output tiny` leaves
    assert find_sweep_file(Path("tiny")).resolve() == SWEEPS / "tiny.yaml"


@pytest.mark.parametrize("given", ["no_such", "sweeps/quick", "quick.yaml", "/quick"])
def test_nothing_else_is(here, given):
    assert find_sweep_file(Path(given)) == Path(given)


@pytest.mark.parametrize("variable", ["", caller.STARTED_BY_MLFLOW])
def test_a_file_in_a_folder_without_access_is_the_one_that_is_meant(here, monkeypatch, variable):
    if variable:
        monkeypatch.setenv(variable, "a")
    (here / "locked").mkdir(0o000)
    given = Path("locked/quick.yaml")
    assert as_others(lambda: find_sweep_file(given)) == given
    with pytest.raises(UserError, match=r"cannot read the sweep file locked/quick\.yaml: .*denied"):
        as_others(lambda: read_sweep_file(given))


def test_under_mlflow_run_the_callers_file_comes_before_the_projects(here, monkeypatch, tmp_path):
    project = tmp_path / "clone"
    project.mkdir()
    (project / "a.yaml").write_text("")
    monkeypatch.setattr(caller, "PROJECT", project)
    assert find_sweep_file(Path("a.yaml")) == Path("a.yaml")  # which is not there
    monkeypatch.setenv(caller.STARTED_BY_MLFLOW, "a")
    assert find_sweep_file(Path("a.yaml")) == project / "a.yaml"
    (here / "a.yaml").write_text("")
    assert find_sweep_file(Path("a.yaml")) == Path("a.yaml")


@pytest.mark.parametrize("path", sorted(SWEEPS.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_of_the_package_says_what_it_asks_and_may_be_renamed(path, tmp_path):
    text = path.read_text("utf-8")
    assert 20 < len(first_sentence(text)) < 300
    (tmp_path / "other.yaml").write_text(renamed(text, "other-name"))
    before, after = (read_sweep_file(file).config for file in (path, tmp_path / "other.yaml"))
    assert after.model_dump() == {**before.model_dump(), "name": "other-name"}


def test_a_file_without_a_comment_asks_nothing():
    assert first_sentence("name: a\n# later\n") == ""


def test_the_template_is_a_short_sweep_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(template("mine", "mine.yaml"))
    config = read_sweep_file(file).config
    assert (config.name, config.paper) == ("mine", "none")
    (pair,) = config.comparisons
    assert set(config.variants) == set(pair)
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) <= 15
    assert config.seed != read_seed(tmp_path, "yours")


def read_seed(folder, name):
    (folder / "other.yaml").write_text(template(name, "other.yaml"))
    return read_sweep_file(folder / "other.yaml").config.seed
