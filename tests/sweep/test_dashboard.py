"""Optuna's dashboard on the studies of a sweep: what it is told, and what it makes of that."""

import re
import subprocess
import sysconfig
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import optuna
import pytest
import requests
from free_ports import free_port
from small_sweep import ONE_PACK, grouped_sweep, sweep
from sweep_builders import by_name, place_in
from werkzeug.test import Client

from glorot_sweep.tracking.place import Place

pytestmark = pytest.mark.slow

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "optuna.md").read_text(encoding="utf-8")
STATES = {"complete": "Complete", "diverged": "Complete", "pruned": "Pruned", "failed": "Fail"}
# A pruner that drops some, and rounds that may let the range grow.
SEARCHED = {
    "statistics": "none",
    "search.trials": 6, "search.generation": 4, "search.extend": True, "search.rungs": [10, 20],
    "search.pruner": {"kind": "median", "startup_trials": 2},
    "search.learning_rate": {"low": 0.01, "high": 1e6},
}  # fmt: skip
RUNNING = {**ONE_PACK, "search.trials": 6, "search.generation": 2}


class Dashboard:
    """The dashboard's application on a database that is opened for reading alone."""

    def __init__(self, folder: Path) -> None:
        from optuna_dashboard import wsgi

        database = f"sqlite:///file:{folder / 'optuna.db'}?mode=ro&uri=true"
        self.client = Client(wsgi(optuna.storages.RDBStorage(database)))

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def studies(self) -> dict[str, Any]:
        """Every study with its trials, by name."""
        found = self.get("studies")["study_summaries"]
        return {one["study_name"]: self.get(f"studies/{one['study_id']}") for one in found}


def attributes(one: dict[str, Any]) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in one["user_attrs"]}


def of_state(studies: dict[str, Any], word: str) -> list[Any]:
    trials = [trial for study in studies.values() for trial in study["trials"]]
    return [trial for trial in trials if attributes(trial)["state"] == word]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stores")
    grouped_sweep(folder, SEARCHED)
    return folder


@pytest.fixture(scope="module")
def dashboard(folder: Path) -> Dashboard:
    return Dashboard(folder)


@pytest.fixture(scope="module")
def studies(dashboard: Dashboard) -> dict[str, Any]:
    return dashboard.studies()


def test_a_study_says_of_what_it_is_and_where_its_run_is(studies, folder):
    runs = by_name(place_in(folder))
    said = {}
    for name, study in studies.items():
        own = attributes(study)
        sweep_name, _, *rest = name.split("/")
        assert [own["sweep"], own["dataset"], own["variant"], f"g{own['group']}"] == [
            sweep_name, *rest,
        ]  # fmt: skip
        assert own["run_id"] == runs[f"{own['variant']}-shapeset"].info.run_id
        said[own["variant"], own["group"]] = study
    assert said.keys() == {(v, g) for v in ("tanh", "tanh_n") for g in ("0", "1")}


def test_a_trial_names_its_run_and_how_it_ended(studies, folder):
    runs = by_name(place_in(folder))
    for name, study in studies.items():
        variant, group = name.split("/")[-2:]
        for trial in study["trials"]:
            own = attributes(trial)
            run = runs[f"{variant}-shapeset-{group}-t{trial['number']:03d}"]
            assert own == {"run_id": run.info.run_id, "state": run.data.tags["state"]}
            assert trial["state"] == STATES[own["state"]]
    assert all(of_state(studies, word) for word in ("complete", "pruned"))


def test_values_are_finite_and_what_was_dropped_shows_how_far_it_came(studies):
    for study in studies.values():
        assert study["has_intermediate_values"]
        assert study["directions"] == ["minimize"]
        for trial in study["trials"]:
            assert [0 <= value <= 100 for value in trial["values"]] == [True]
            assert all(0 <= one["value"] <= 100 for one in trial["intermediate_values"])
    for trial in of_state(studies, "pruned"):
        assert 0 < len(trial["intermediate_values"]) <= 2
    for trial in of_state(studies, "complete"):
        assert [one["step"] for one in trial["intermediate_values"]] == [10, 20, 40]


def test_slice_and_parallel_coordinates_have_every_parameter_on_its_own_scale(studies):
    for study in studies.values():
        for space in ("intersection_search_space", "union_search_space"):
            drawn = {one["name"]: one["distribution"] for one in study[space]}
            assert drawn.keys() == {"learning_rate", "depth"}
            assert drawn["learning_rate"]["type"] == "FloatDistribution"
            assert drawn["learning_rate"]["log"]
            assert drawn["depth"]["type"] == "IntDistribution"
            assert (drawn["depth"]["low"], drawn["depth"]["high"]) == (1, 3)


@pytest.mark.filterwarnings("ignore:Target and region quantiles:UserWarning")
def test_importances_weigh_both_parameters(dashboard):
    """Rates over eight orders of magnitude: few of them learn at all, whatever the depth."""
    for one in dashboard.get("studies")["study_summaries"]:
        (found,) = dashboard.get(f"studies/{one['study_id']}/param_importances")[
            "param_importances"
        ]
        weights = {each["name"]: each["importance"] for each in found}
        assert weights.keys() == {"learning_rate", "depth"}
        assert sum(weights.values()) == pytest.approx(1)
        assert weights["learning_rate"] > weights["depth"]


def test_the_timeline_shows_training_and_no_waiting(studies, folder):
    """It lies within the life of the trial's run, which begins when its pack does."""
    runs = {run.info.run_id: run.info for run in by_name(place_in(folder)).values()}
    for study in studies.values():
        for trial in study["trials"]:
            began = datetime.fromisoformat(trial["datetime_start"]).timestamp() * 1000
            ended = datetime.fromisoformat(trial["datetime_complete"]).timestamp() * 1000
            run = runs[attributes(trial)["run_id"]]
            assert began == pytest.approx(run.start_time, abs=1)
            assert began <= ended <= run.end_time


def test_where_a_server_shows_the_runs_there_are_links(tmp_path, monkeypatch):
    monkeypatch.setattr(Place, "_server", lambda _: "http://server:5000")
    place = sweep(tmp_path, ONE_PACK).place
    for study in Dashboard(tmp_path).studies().values():
        for one in (study, *study["trials"]):
            own = attributes(one)
            page = f"http://server:5000/#/experiments/{place.experiment_id}/runs/{own['run_id']}"
            assert own["run_page"] == f"{page}?workflowType=machine_learning"


def test_what_is_opened_for_reading_cannot_be_deleted(dashboard):
    before = dashboard.studies()
    assert dashboard.client.delete("/api/studies/1", json={}).status_code == 500
    assert dashboard.studies() == before


def test_the_command_of_the_guide_opens_the_default_storage(folder, studies):
    storage = re.search(r"^optuna-dashboard '(sqlite:///file:optuna\.db\S*)'", GUIDE, re.MULTILINE)
    port = free_port()
    program = Path(sysconfig.get_path("scripts")) / "optuna-dashboard"
    command = [program, storage[1], "--port", str(port), "--server", "wsgiref"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as server:
        try:
            answer = answered(f"http://127.0.0.1:{port}/api/studies")
        finally:
            server.terminate()
    assert {one["study_name"] for one in answer["study_summaries"]} == studies.keys()


def answered(address: str) -> Any:
    """What a server answers, once it has started."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return requests.get(address, timeout=10).json()
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "the dashboard does not start"
            time.sleep(0.1)


def test_a_running_sweep_is_looked_at_and_not_disturbed(tmp_path):
    """The dashboard asks for everything again and again; the sweep ends as it would without."""
    alone, watched = tmp_path / "alone", tmp_path / "watched"
    for folder in (alone, watched):
        folder.mkdir()
    sweep(alone, RUNNING)
    seen: list[set[str]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            if (watched / "optuna.db").exists():
                found = Dashboard(watched).studies().values()
                seen.append({trial["state"] for one in found for trial in one["trials"]})

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        sweep(watched, RUNNING)
    finally:
        over.set()
        watcher.join()
    assert any("Running" in states for states in seen)
    assert _told(watched) == _told(alone)


def _told(folder: Path) -> dict[str, Any]:
    """Numbers of every trial of every study, without the sweep's id."""
    return {
        name.split("/", 2)[2]: [
            (trial["state"], trial["values"], trial["params"], trial["intermediate_values"])
            for trial in study["trials"]
        ]
        for name, study in Dashboard(folder).studies().items()
    }
