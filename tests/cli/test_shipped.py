"""`sweeps` and `init`: what to begin with, in any folder."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glorot_sweep.cli.app import app
from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.shipped import shipped_sweeps
from glorot_sweep.errors import UserError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    ended = CliRunner().invoke(app, [*words])
    if isinstance(ended.exception, UserError):
        raise ended.exception
    assert ended.exit_code == 0, ended.output
    return ended.output


def rows(table):
    """The table's lines, without those that go on with the line before."""
    return [line for line in table.splitlines() if not line.startswith(" ")]


@pytest.mark.slow
def test_every_sweep_file_of_the_package_has_a_line(here):
    lines = rows(run("sweeps"))
    assert [line.split()[0] for line in lines] == ["sweep", *shipped_sweeps()]
    tiny = next(line for line in lines if line.startswith("tiny "))
    assert tiny.split()[:5] == ["tiny", "15,200", "Everything", "a", "sweep"]
    assert list(here.iterdir()) == []


def test_init_writes_a_question_of_ones_own(here):
    said = run("init")
    assert "mine.yaml is written" in said
    assert read_sweep_file(here / "mine.yaml").config.paper == "none"
    assert "sweep 'photos'" in (run("init", "photos"), run("validate", "photos.yaml"))[1]


@pytest.mark.parametrize("name", ["2010", "1e5", "true", "null", "1_000"])
def test_a_name_that_yaml_reads_as_no_word_is_quoted(here, name):
    for source in ([], ["--from", "tiny"]):
        run("init", name, *source)
        assert read_sweep_file(here / f"{name}.yaml").config.name == name
        (here / f"{name}.yaml").unlink()


def test_init_copies_a_file_of_the_package(here):
    run("init", "--from", "quick")
    assert (here / "quick.yaml").read_bytes() == shipped_sweeps()["quick"].read_bytes()
    run("init", "fast", "--from", "quick")
    run("init", "own", "--from", "")  # a shell's variable that is not set
    assert read_sweep_file(here / "own.yaml").config.paper == "none"
    assert read_sweep_file(here / "fast.yaml").config.name == "fast"


def test_a_name_is_a_file_of_the_package_and_that_is_said(here):
    said = run("validate", "tiny")
    assert said.startswith(f"tiny means the sweep file {shipped_sweeps()['tiny']}\n")
    assert "sweep 'tiny'" in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["init", "there"], "there.yaml is there already"),
        (["init", "Photos"], "cannot be named 'Photos': a name has 1 to 40 small letters"),
        (["init", "../up"], "cannot be named '../up'"),
        (["init", "up\n"], "cannot be named 'up\\n'"),
        (["init", "--from", "quik"], "did you mean 'quick'?"),
        (["validate", "no_such"], "`glorot-sweep sweeps` lists examples"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(here, words, reason):
    (here / "there.yaml").write_text("mine")
    with pytest.raises(UserError) as caught:
        run(*words)
    assert reason in str(caught.value)
    assert {path.name: path.read_text() for path in here.iterdir()} == {"there.yaml": "mine"}


@pytest.mark.slow
def test_a_wheel_has_the_sweep_files(here):
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, here / name)
    for name in ("glorot_sweep", "sweeps"):
        shutil.copytree(ROOT / name, here / name, symlinks=True)
    build = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--no-index", "-w", "wheels"], check=True, capture_output=True)
    (wheel,) = (here / "wheels").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(here / "installed")
    ask = [sys.executable, "-m", "glorot_sweep", "sweeps"]
    elsewhere = here / "elsewhere"
    elsewhere.mkdir()
    environment = {"PYTHONPATH": str(here / "installed"), "HOME": str(here)}
    found = subprocess.run(
        ask, cwd=elsewhere, env=environment, check=True, capture_output=True, text=True
    )
    assert [line.split()[0] for line in rows(found.stdout)[1:]] == [*shipped_sweeps()]
