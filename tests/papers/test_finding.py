"""Papers are found by the names of their folders, and named by sweep files without being loaded."""

import subprocess
import sys

import pytest
from pydantic import ValidationError
from run_builders import record, write_ended
from sweep_builders import config
from sweep_fixtures import clean_process, place, stores

from glorot_sweep import papers
from glorot_sweep.config import papers as names
from glorot_sweep.errors import UserError
from glorot_sweep.papers import find_paper, paper_of
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.paper import QUESTION
from glorot_sweep.tracking.runs import RunStore

__all__ = ["clean_process", "place", "stores"]

TOY = '''"""A toy."""

from glorot_sweep.report.paper import Paper

PAPER = Paper("toy2026", "Does it work?")
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A folder more among the papers."""
    folder = tmp_path / "papers" / "toy2026"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(TOY)
    (tmp_path / "papers" / "no_package").mkdir()
    monkeypatch.setattr(names, "PAPERS", tmp_path / "papers")
    monkeypatch.setattr(papers, "__path__", [str(tmp_path / "papers"), *papers.__path__])
    yield
    sys.modules.pop("glorot_sweep.papers.toy2026", None)


def test_the_paper_that_is_there():
    assert find_paper("glorot2010") is PAPER
    assert find_paper("none") is QUESTION


def test_every_paper_has_the_name_of_its_folder():
    assert {name: find_paper(name).name for name in names.paper_names()} == {
        name: name for name in names.paper_names()
    }


def test_adding_a_paper_is_adding_a_folder(toy):
    assert names.paper_names() == ["none", "toy2026"]
    assert find_paper("toy2026").question == "Does it work?"
    assert config({"paper": "toy2026"}).paper == "toy2026"


def test_an_unknown_paper_is_refused_with_the_nearest():
    with pytest.raises(UserError, match="unknown paper 'glorot'; did you mean 'glorot2010'"):
        find_paper("glorot")


@pytest.mark.parametrize(
    ("paper", "message"),
    [
        ("glorot2011", "unknown paper 'glorot2011'; did you mean 'glorot2010'"),
        (None, "unknown paper None; did you mean 'none'"),
        (2010, "unknown paper 2010"),
        ([], r"unknown paper \[\]"),
    ],
)
def test_a_sweep_file_names_a_paper_that_is_there(paper, message):
    with pytest.raises(ValidationError, match=message):
        config({"paper": paper})


@pytest.mark.slow
def test_a_sweep_file_is_checked_without_loading_its_paper():
    source = (
        "import sys\n"
        "from glorot_sweep.config.sweep import SweepConfig\n"
        "values = dict(name='a', datasets=['mnist'], search={}, replicates={}, paper='glorot')\n"
        "try:\n"
        "    SweepConfig.model_validate(values)\n"
        "except ValueError as error:\n"
        "    assert \"unknown paper 'glorot'\" in str(error)\n"
        "else:\n"
        "    sys.exit('not refused')\n"
        "heavy = {'glorot_sweep.papers', 'glorot_sweep.report', 'pandas', 'torch', 'mlflow'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changes", "expected"), [({}, PAPER), ({"paper": "none"}, QUESTION)], ids=["default", "none"]
)
def test_the_paper_of_a_stored_sweep(place, changes, expected):
    write_ended(RunStore(place.client, place.experiment_id), record("sweep", sweep="x", **changes))
    assert paper_of(place, "x") is expected


def test_a_stored_sweep_without_the_tag_is_about_the_first_paper(place):
    run = write_ended(RunStore(place.client, place.experiment_id), record("sweep", sweep="x"))
    place.client.delete_tag(run.run_id, "paper")
    assert paper_of(place, "x") is PAPER


def test_a_stored_sweep_whose_paper_is_gone(place):
    store = RunStore(place.client, place.experiment_id)
    write_ended(store, record("sweep", sweep="x", paper="gone"))
    with pytest.raises(UserError, match=r"unknown paper 'gone'; .* Known: glorot2010, none"):
        paper_of(place, "x")
