"""Studies by name: whose they are, and how they are taken out."""

import optuna
import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.database import opened_storage
from glorot_sweep.sweep.storage.studies import delete_studies, of_sweep, study_names

ALL = ("tiny/aaaaaaaa/shapeset/tanh", "tiny/aaaaaaaa/mnist/tanh", "tiny/bbbbbbbb/shapeset/tanh",
       "tiny-2/aaaaaaaa/shapeset/tanh", "svm-mnist/aaaaaaaa")  # fmt: skip


@pytest.fixture
def storage(tmp_path):
    uri = f"sqlite:///{tmp_path / 'optuna.db'}"
    with opened_storage(uri) as opened:
        for name in ALL:
            optuna.create_study(storage=opened, study_name=name).ask()
    return uri


def test_a_sweep_has_those_of_its_name_and_its_runs():
    assert of_sweep(ALL, "tiny", ["aaaaaaaa"]) == sorted(ALL[:2])
    assert of_sweep(ALL, "tiny", ["aaaaaaaa", "bbbbbbbb"]) == sorted(ALL[:3])
    assert of_sweep(ALL, "tin", ["aaaaaaaa"]) == []
    assert of_sweep(ALL, "tiny", []) == []


def test_the_others_stay_with_their_trials(storage):
    delete_studies(storage, ALL[:2])
    assert study_names(storage) == set(ALL[2:])
    with opened_storage(storage) as opened:
        assert all(
            len(optuna.load_study(study_name=name, storage=opened).trials) == 1 for name in ALL[2:]
        )


def test_where_there_is_none_no_storage_is_made(tmp_path):
    delete_studies(f"sqlite:///{tmp_path / 'optuna.db'}", [])
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_gone_is_no_error(storage):
    delete_studies(storage, ALL[:1])
    delete_studies(storage, ALL[:2])
    assert study_names(storage) == set(ALL[2:])


def test_a_storage_that_is_not_there_has_none_and_is_not_made(tmp_path):
    assert study_names(f"sqlite:///{tmp_path / 'none.db'}") == set()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_has_none_and_stays_empty(tmp_path):
    file = tmp_path / "empty.db"
    file.touch()
    assert study_names(f"sqlite:///{file}") == set()
    assert file.stat().st_size == 0


def test_a_storage_that_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / "optuna.db").write_text("no database at all, but long enough to be read as one")
    with pytest.raises(UserError, match="cannot open Optuna's storage"):
        delete_studies(f"sqlite:///{tmp_path / 'optuna.db'}", ALL)
