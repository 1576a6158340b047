"""The experiment that a command works in: found, made, or refused before anything is created."""

import os
import subprocess
import sys
from urllib.parse import parse_qs

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sweep_builders import store_uri

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.place import Place, find_place, open_place


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_existing_experiment_keeps_its_artifact_folder_and_is_checked(here, stores):
    place = open_place(store_uri(stores), "tests", create=True)
    assert open_place(store_uri(stores), "tests", create=True).experiment_id == place.experiment_id
    place.client.create_experiment("broken", artifact_location=f"file://{here}/wall/x")
    (here / "wall").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        open_place(store_uri(stores), "broken", create=True)


def test_looking_creates_nothing(here, stores):
    with pytest.raises(UserError, match="no tracking store"):
        open_place(store_uri(here), None, create=False)
    assert not list(here.glob("*.db"))
    with pytest.raises(UserError, match=r"no experiment 'unknown'.*Known: Default$"):
        open_place(store_uri(stores), "unknown", create=False)


def test_a_name_that_mlflow_does_not_take_is_refused_before_there_is_a_store(here):
    with pytest.raises(UserError, match=r"at most 500 characters, got 501: xxx.*--experiment"):
        open_place(None, "x" * 501, create=True)
    assert list(here.iterdir()) == []


def test_a_run_that_has_ended_is_not_taken_over(here, stores, monkeypatch):
    made = open_place(store_uri(stores), "tests", create=True)
    ended = made.client.create_run(made.experiment_id, run_name="of somebody").info.run_id
    made.client.set_terminated(ended)
    monkeypatch.setenv("MLFLOW_RUN_ID", ended)
    with pytest.raises(UserError, match="has ended"):
        find_place(store_uri(stores), "tests", create=True)


def test_finding_a_place_creates_nothing_and_leaves_the_project_run(here, stores, monkeypatch):
    assert find_place(store_uri(here), "tests", create=True) is None
    assert not list(here.glob("*.db"))
    assert find_place(store_uri(stores), "tests", create=True) is None
    made = open_place(store_uri(stores), "tests", create=True)
    run = made.client.create_run(made.experiment_id).info.run_id
    monkeypatch.setenv("MLFLOW_RUN_ID", run)
    found = find_place(store_uri(stores), "tests", create=True)
    assert (found.experiment_id, found.project_run) == (made.experiment_id, run)
    assert os.environ["MLFLOW_RUN_ID"] == run


@pytest.mark.parametrize("create", [True, False])
def test_the_run_of_mlflow_run_must_be_in_the_store(here, stores, monkeypatch, create):
    """A relative SQLite URI is another file in the folder of the project."""
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "99")
    for folder in (here, stores):
        with pytest.raises(UserError, match=r"`mlflow run` made is not in .*an absolute one"):
            open_place(store_uri(folder), "tests", create=create)
    assert not list(here.glob("*.db"))


@pytest.mark.parametrize(
    "uri", ["postgresql://ann:sec/ret@h/x", "postgresql://h:sec/x", "http://[::1", "x://[sec/x"]
)
def test_an_address_that_cannot_be_read_is_not_shown(uri):
    with pytest.raises(UserError, match=r"the tracking URI \w+://\.\.\. cannot be read") as caught:
        open_place(uri, None, create=True)
    assert "sec" not in str(caught.value)


def test_an_experiment_that_another_process_makes_meanwhile_is_used(stores, monkeypatch):
    real = MlflowClient.create_experiment

    def twice(self, *arguments, **keywords):
        real(self, *arguments, **keywords)
        return real(self, *arguments, **keywords)

    monkeypatch.setattr(MlflowClient, "create_experiment", twice)
    made = open_place(store_uri(stores), "both", create=True)
    assert made.client.get_experiment_by_name("both").experiment_id == made.experiment_id


@pytest.mark.slow
def test_several_processes_may_open_an_empty_store_at_once(here):
    """Without the lock two of three leave half-made tables, which no later start can open."""
    code = "import sys; from glorot_sweep.tracking.place import open_place\n"
    code += "print(open_place(sys.argv[1], 'tests', create=True).experiment_id)"
    words = [sys.executable, "-c", code, store_uri(here)]
    processes = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(set(said)) == 1


def test_what_would_keep_a_place_from_being_created_is_said_before(here):
    with pytest.raises(UserError, match="folder that does not exist"):
        find_place(store_uri(here / "none"), None, create=True)
    (here / "mlartifacts").write_text("a file")
    with pytest.raises(UserError, match="mlartifacts cannot be written"):
        find_place(store_uri(here), None, create=True)


def test_a_deleted_experiment_is_named(stores):
    place = open_place(store_uri(stores), "gone", create=True)
    place.client.delete_experiment(place.experiment_id)
    with pytest.raises(UserError, match=r"'gone' .* was deleted"):
        open_place(store_uri(stores), "gone", create=True)


def test_an_experiment_that_cannot_be_created_is_one_message(stores, monkeypatch):
    def refuse(self, *arguments, **keywords):
        raise MlflowException("Permission denied\ntrace")

    monkeypatch.setattr("mlflow.MlflowClient.create_experiment", refuse)
    with pytest.raises(UserError, match=r"cannot create the experiment 'new'.*rights"):
        open_place(store_uri(stores), "new", create=True)


def test_the_link_leads_to_the_machine_learning_view():
    lines = Place(None, "http://ann:secret@h:5000/", "7").ui_lines()
    assert lines == ["http://ann:***@h:5000/#/experiments/7/runs?workflowType=machine_learning"]
    page, serve = Place(None, "sqlite:////x/mlflow.db", "7").ui_lines()
    assert page.endswith("/#/experiments/7/runs?workflowType=machine_learning")
    assert "--backend-store-uri sqlite:////x/mlflow.db" in serve


def test_the_link_to_the_sweeps_leads_to_no_other_runs():
    place = Place(None, "http://h:5000", "7")
    (page,) = place.ui_lines(place.sweeps_page)
    assert parse_qs(page.partition("?")[2]) == {
        "workflowType": ["machine_learning"], "searchFilter": ["tags.kind = 'sweep'"],
    }  # fmt: skip


def test_make_ui_is_named_for_the_store_that_it_serves_alone(tmp_path, monkeypatch):
    """What is installed from a wheel has no Makefile, and another store is not the one served."""
    monkeypatch.setattr("glorot_sweep.host.caller.PROJECT", tmp_path)
    own = f"sqlite:///{tmp_path}/mlflow.db"
    command = f"after: mlflow ui --workers 1 --backend-store-uri {own}"
    assert Place(None, own, "7").ui_lines()[1] == command
    (tmp_path / "Makefile").touch()
    assert Place(None, own, "7").ui_lines()[1] == f"{command}   (in the project's folder: make ui)"
    assert "make ui" not in Place(None, "sqlite:////x/mlflow.db", "7").ui_lines()[1]
    assert "make ui" not in Place(None, f"sqlite:///{tmp_path}/b.db", "7").ui_lines()[1]
    assert "make ui" not in Place(None, "postgresql://h/db", "7").ui_lines()[1]


def test_the_link_names_the_address_that_a_browser_reaches(monkeypatch):
    """In a container the server has a name that nobody outside knows."""
    monkeypatch.setenv("GLOROT_SWEEP_UI", "https://ann:secret@lab.example/mlflow/")
    lines = Place(None, "http://mlflow:5000", "7").ui_lines()
    assert lines == [
        "https://ann:***@lab.example/mlflow/#/experiments/7/runs?workflowType=machine_learning"
    ]
    page, _ = Place(None, "sqlite:////x/mlflow.db", "7").ui_lines()
    assert page.startswith("http://127.0.0.1:5000/#/"), "no server: a browser sees mlflow's own"


def test_a_run_has_a_page_where_a_server_shows_it(monkeypatch):
    page = "#/experiments/7/runs/abc?workflowType=machine_learning"
    assert (
        Place(None, "http://ann:secret@h:5000/", "7").page_of("abc")
        == f"http://ann:***@h:5000/{page}"
    )
    local = Place(None, "sqlite:////x/mlflow.db", "7")
    assert (local.page_of("abc"), local.run_page("abc")) == (None, page)
    assert local.run_page("abc", "/artifacts/a.html") == page.replace("abc", "abc/artifacts/a.html")
    monkeypatch.setenv("GLOROT_SWEEP_UI", "https://lab.example/mlflow/")
    assert (
        Place(None, "http://mlflow:5000", "7").page_of("abc")
        == f"https://lab.example/mlflow/{page}"
    )


def test_the_experiment_of_the_variable_alone_is_used(stores, monkeypatch):
    first, second = (open_place(store_uri(stores), name, create=True) for name in ("one", "two"))
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", second.experiment_id)
    assert find_place(store_uri(stores), None, create=True).experiment_id == second.experiment_id
    assert find_place(store_uri(stores), "one", create=True).experiment_id == first.experiment_id
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "one")
    with pytest.raises(UserError, match=r"'two', and MLFLOW_EXPERIMENT_NAME is 'one'"):
        find_place(store_uri(stores), None, create=True)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "99")
    with pytest.raises(UserError, match=r"MLFLOW_EXPERIMENT_ID is 99, .* no such experiment"):
        find_place(store_uri(stores), None, create=True)


def test_a_run_in_another_experiment_than_the_variable_says_is_refused(stores, monkeypatch):
    made, other = (open_place(store_uri(stores), name, create=True) for name in ("one", "two"))
    monkeypatch.setenv("MLFLOW_RUN_ID", made.client.create_run(made.experiment_id).info.run_id)
    assert find_place(store_uri(stores), "two", create=True).experiment_id == made.experiment_id
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", other.experiment_id)
    with pytest.raises(UserError, match=r"MLFLOW_EXPERIMENT_ID is .* is in experiment"):
        find_place(store_uri(stores), None, create=True)


def test_a_command_that_is_shown_can_be_pasted():
    line = Place(None, "sqlite:////my runs/mlflow.db", "7").ui_lines()[1]
    assert "--backend-store-uri 'sqlite:////my runs/mlflow.db'" in line


def test_a_server_that_fails_is_not_said_to_lack_the_experiment(stores, place, monkeypatch):
    def fails(*_):
        raise MlflowException("API request failed")

    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", place.experiment_id)
    monkeypatch.setattr(MlflowClient, "get_experiment", fails)
    with pytest.raises(MlflowException, match="API request failed"):
        find_place(store_uri(stores), None, create=False)
