"""`export` and `import` on the command line: what they say, refusals, exit codes."""

import pytest
from stored_sweep import StoredSweep, storage_in
from sweep_builders import all_runs
from sweep_fixtures import clean_process, place, stores

from glorot_sweep.errors import SWEEP_IS_HELD, USER_MISTAKE
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.tracking.place import open_place

__all__ = ["clean_process", "place", "stores"]

ELSEWHERE = ("--tracking-uri", "sqlite:///elsewhere.db", "--storage", "sqlite:///studies.db")


@pytest.fixture(autouse=True)
def here(clean_process, stores, monkeypatch):
    monkeypatch.chdir(stores)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "tests")
    return stores


@pytest.fixture
def tiny(place, stores):
    sweep = StoredSweep(place, "tiny")
    sweep.study(storage_in(stores), "tanh")
    return sweep


def refused(command, *words, code=USER_MISTAKE):
    """Run a command line that is refused; return its one message."""
    ended, out, said = command(*words)
    assert (ended, out) == (code, "")
    assert said.startswith("error: ")
    assert "Traceback" not in said
    return said


@pytest.mark.slow
def test_a_sweep_goes_from_one_store_to_another(command, tiny, stores):
    code, said, _ = command("export", "tiny", "tiny.tar.xz")
    assert code == 0
    digest = said.split()[-1]
    assert len(digest) == 64
    code, said, _ = command("import", "tiny.tar.xz", "--digest", digest, *ELSEWHERE)
    assert code == 0
    assert "1 study, 1 sweep; Optuna's studies: 1" in said
    assert digest in said
    there = open_place(f"sqlite:///{stores / 'elsewhere.db'}", "tests", create=False)
    assert len(all_runs(there)) == 2
    code, said, _ = command("import", "tiny.tar.xz", *ELSEWHERE)
    assert (code, "already: nothing to do" in said) == (0, True)
    assert len(all_runs(there)) == 2


@pytest.mark.slow
def test_what_cannot_be_exported_is_refused_and_no_file_is_written(command, tiny, stores):
    (stores / "there.tar.xz").write_text("mine")
    assert "did you mean 'tiny'" in refused(command, "export", "tinny", "a.tar.xz")
    assert "nothing is written over" in refused(command, "export", "tiny", "there.tar.xz")
    assert "cannot be written: File name too long" in refused(command, "export", "tiny", "x" * 300)
    assert "is to be made first" in refused(command, "export", "tiny", "no/folder/a.tar.xz")
    other = ("--storage", "sqlite:///other.db")
    assert "another Optuna storage" in refused(command, "export", "tiny", "a.tar.xz", *other)
    tiny.run.text("notes", "my notes?.txt")
    assert "'my notes?.txt'" in refused(command, "export", "tiny", "a.tar.xz")
    assert (stores / "there.tar.xz").read_text() == "mine"
    assert not (stores / "other.db").exists()
    assert [path.name for path in stores.glob("*.tar.xz")] == ["there.tar.xz"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["n" * 101, f"{'d' * 90}/{'e' * 90}/{'f' * 20}"])
def test_a_name_that_does_not_fit_into_an_archive_is_refused(command, tiny, stores, name):
    tiny.run.text("notes", name)
    said = refused(command, "export", "tiny", "a.tar.xz")
    assert "cannot be exported" in said or "does not fit" in said
    assert not list(stores.glob("*.tar.xz*"))


def test_a_driven_sweep_is_refused_with_another_code(command, tiny, place, stores):
    with hold(storage_in(stores), "tiny", scope=place.scope):
        said = refused(command, "export", "tiny", "a.tar.xz", code=SWEEP_IS_HELD)
    assert "is being driven by process" in said
    assert not (stores / "a.tar.xz").exists()


def test_what_cannot_be_imported_is_refused_and_no_store_is_made(command, stores):
    (stores / "a.tar.xz").write_text("something else")
    before = {path.name for path in stores.iterdir()}
    assert "there is no file missing.tar.xz" in refused(command, "import", "missing.tar.xz")
    assert "a.tar.xz cannot be imported" in refused(command, "import", "a.tar.xz", *ELSEWHERE)
    assert {path.name for path in stores.iterdir()} == before
