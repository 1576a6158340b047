"""A sweep that was carried is the same sweep: its numbers, its report, and its file again."""

import itertools
import json
import re
from dataclasses import replace

import optuna
import pytest
from report_builders import finished_sweep
from rich.console import Console
from stored_sweep import StoredSweep, storage_in
from sweep_builders import NOTE, all_runs, place_in

from glorot_sweep.carry import exporting
from glorot_sweep.carry.exporting import export_sweep
from glorot_sweep.errors import ServiceLostError, UserError
from glorot_sweep.papers import find_paper
from glorot_sweep.report.compiled import compile_report
from glorot_sweep.report.files import report_files
from glorot_sweep.report.job import run_report
from glorot_sweep.sweep.storage.database import opened_storage
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import find_runs, read_arrays
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Artifact, Kind, Role
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.trained import ReplicateRun

from .conftest import brought, sent
from .contents import first_ids, runs_of, studies_of, with_first_ids
from .test_refused_files import members, written


@pytest.fixture
def carried(imported):
    return imported[1]


def test_every_run_and_every_study_is_as_it_was(exported, imported):
    folder, place = imported
    assert runs_of(place) == runs_of(exported.place)
    assert studies_of(folder) == studies_of(exported.folder)


def test_whatever_names_a_run_names_the_one_that_is_here(imported):
    folder, carried = imported
    ids = first_ids(carried)
    assert not ids.keys() & set(ids.values())
    named = [
        value
        for run in all_runs(carried)
        for key, value in run.data.tags.items()
        if key != "exported_run"
    ]
    with opened_storage(storage_in(folder)) as storage:
        for name in optuna.get_all_study_names(storage):
            study = optuna.load_study(study_name=name, storage=storage)
            named += [
                name,
                study.user_attrs["link"],
                *(t.user_attrs["run_id"] for t in study.trials),
            ]
    text = "\n".join(named)
    assert not set(re.findall(r"\b[0-9a-f]{32}\b", text)) & set(ids.values())
    assert f"/experiments/{carried.experiment_id}/runs/" in text
    own = next(run for run in all_runs(carried) if run.data.tags["kind"] == "sweep")
    assert f"small/{own.info.run_id[:8]}/shapeset/tanh" in text
    assert not any(f"/{first[:8]}/" in text for first in ids.values())


@pytest.mark.slow
def test_the_report_is_the_same_but_for_the_ids_of_runs(exported, carried):
    paper = find_paper("glorot2010")
    files = [
        report_files(compile_report(place, "small", paper, []))
        for place in (exported.place, carried)
    ]
    ids = first_ids(carried)
    assert files[0].keys() == files[1].keys()
    for name, content in files[0].items():
        assert with_first_ids(files[1][name].decode(), ids) == content.decode(), name
    assert files[0]["table1.md"] == files[1]["table1.md"]


@pytest.mark.slow
def test_exported_again_it_is_the_same_file(exported, stores, tmp_path):
    """Although a report was made of it, and although the store has another sweep."""
    place, _ = brought(exported.file, stores)
    run_report(place, "small", find_paper("glorot2010"), Console(quiet=True), figures=[])
    assert find_runs(place.client, [place.experiment_id], kind=Kind.SWEEP)[0].metrics
    StoredSweep(place, "other")
    again = tmp_path / "again.tar.xz"
    assert sent(stores, place, again) == exported.digest
    assert again.read_bytes() == exported.file.read_bytes()
    said = brought(exported.file, stores)[1]
    assert "already: nothing to do" in said
    named = f"--tracking-uri {place.uri} --experiment tests"  # neither is what is meant anyway
    assert f"`glorot-sweep report small {named}` shows it\n" in said


def test_nothing_private_is_in_it(exported):
    text = b"".join(members(exported.file).values())
    for private in (b"/home/ann", b"geheim", b".internal", b"mlflow.user", b"mlflow.source.name",
                    b"lease", b"a table"):  # fmt: skip
        assert private not in text


@pytest.mark.slow
def test_what_an_earlier_version_took_along_is_left_out(exported, stores, tmp_path):
    found = members(exported.file)
    own, *runs = found["runs.jsonl"].decode().splitlines()
    old = json.loads(own)
    old["params"]["storage"] = "postgresql://ann:geheim@db.internal/optuna"
    old["metrics"]["decided/a"] = {"steps": [0], "after_ms": [0], "values": [1.0]}
    study, *studies = map(json.loads, found["studies.jsonl"].splitlines())
    study["user_attrs"]["run_page"] = "http://tracking.internal/"
    found["runs.jsonl"] = "".join(f"{line}\n" for line in (json.dumps(old), *runs)).encode()
    found["studies.jsonl"] = "".join(json.dumps(one) + "\n" for one in (study, *studies)).encode()
    found[f"artifacts/{old['id']}/config/environment.json"] = b"{}"
    file = written(tmp_path / "old.tar.xz", found)
    place, _ = brought(file, stores)
    sweep = find_runs(place.client, [place.experiment_id], kind=Kind.SWEEP)[0]
    assert (sweep.params, sweep.metrics) == ({}, {})
    assert not any("run_page" in attributes for attributes in attributes_of(stores))
    for again in (file, exported.file):
        assert "already: nothing to do" in brought(again, stores)[1]


def attributes_of(folder):
    """The user attributes of every study and every trial."""
    with opened_storage(storage_in(folder)) as storage:
        studies = optuna.get_all_study_summaries(storage)
        trials = [one for s in studies for one in storage.get_all_trials(s._study_id)]
    return [one.user_attrs for one in (*studies, *trials)]


@pytest.mark.slow
def test_in_optuna_a_run_has_the_page_of_the_server_where_it_is(
    exported, imported, stores, monkeypatch
):
    """None in a database without a server."""
    assert not any("run_page" in attributes for attributes in attributes_of(imported[0]))
    monkeypatch.setattr(Place, "page_of", lambda _, run_id: f"http://here/{run_id}")
    place, _ = brought(exported.file, stores)
    found = attributes_of(stores)
    assert len(found) == 8
    assert all(one["run_page"] == f"http://here/{one['run_id']}" for one in found)
    assert sent(stores, place, stores / "again.tar.xz") == exported.digest


@pytest.mark.slow
def test_a_data_set_that_the_experiment_describes_otherwise_is_the_same(exported, stores):
    """As an earlier version did: MLflow keeps the first description of a name and digest."""
    place = place_in(stores)
    runs = RunStore(place.client, place.experiment_id)
    note = replace(NOTE, source="another", schema="{}", profile='{"images": "300"}')
    runs.create("before", {}).inputs(note)
    for _ in range(2):
        said = brought(exported.file, stores)[1]
    assert "already: nothing to do" in said


@pytest.mark.slow
def test_a_storage_without_studies_is_not_made(place, stores):
    finished_sweep(place)
    uri = f"sqlite:///{stores / 'none.db'}"
    export_sweep("small", stores / "small.tar.xz", place, uri, Console(quiet=True))
    assert not [*stores.glob("none.db*")]


@pytest.mark.slow
def test_weights_come_on_request_and_their_lack_is_said(exported, imported, tmp_path):
    folder, carried = imported
    assert all(
        run.left_out == Artifact.WEIGHTS if run.seed == 0 else run.left_out is None
        for run in replicates(carried)
    )
    file = tmp_path / "weights.tar.xz"
    digest = sent(exported.folder, exported.place, file, weights=True)
    assert digest != exported.digest
    with pytest.raises(UserError, match=r"has a sweep 'small' .* of other content"):
        brought(file, folder)


@pytest.mark.slow
def test_weights_are_the_same_arrays(exported, stores):
    file = stores / "weights.tar.xz"
    sent(exported.folder, exported.place, file, weights=True)
    place, _ = brought(file, stores)
    (first, *_) = [run for run in replicates(place) if run.seed == 0]
    path = Artifact.WEIGHTS
    arrays = read_arrays(place.client, first.run_id, path, first.sha256[path])
    assert arrays["weight_0"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert first.left_out is None


def replicates(place):
    found = find_runs(place.client, [place.experiment_id], kind=Kind.REPLICATE)
    runs = [read(ReplicateRun, run) for run in found]
    assert all(Role.TABLE_DEPTH in run.roles for run in runs)
    return runs


@pytest.mark.slow
def test_a_second_import_finds_it_and_changes_nothing(exported, imported):
    folder, place = imported
    before = runs_of(place), studies_of(folder), len(all_runs(place))
    _, said = brought(exported.file, folder)
    assert "is in experiment 'tests'" in said
    assert "already: nothing to do" in said
    assert (runs_of(place), studies_of(folder), len(all_runs(place))) == before


@pytest.mark.slow
def test_the_sweep_that_was_exported_is_recognized_too(exported):
    _, said = brought(exported.file, exported.folder)
    assert "already: nothing to do" in said


@pytest.mark.slow
def test_what_stands_beside_is_made_once(exported, stores):
    carried, _ = brought(exported.file, stores)
    kinds = [run.data.tags["kind"] for run in all_runs(carried)]
    assert kinds.count("init_study") == 1
    for run in all_runs(carried):
        if run.data.tags["sweep"] == "small":
            carried.client.delete_run(run.info.run_id)
    place, _ = brought(exported.file, stores)
    kinds = [run.data.tags["kind"] for run in all_runs(place)]
    assert kinds.count("init_study") == 1
    assert kinds.count("sweep") == 1


@pytest.mark.slow
def test_what_changes_on_the_way_is_not_written(exported, tmp_path, monkeypatch):
    file, count = tmp_path / "a.tar.xz", itertools.count()
    monkeypatch.setattr(exporting, "runs_digest", lambda *_: str(next(count)))
    with pytest.raises(ServiceLostError, match="was changed while it was exported"):
        sent(exported.folder, exported.place, file)
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_the_run_that_mlflow_run_makes_is_an_invocation_of_the_sweep(exported, imported):
    """The sweep is there already; what it is is not changed by having been looked at."""
    folder, place = imported
    made = place.client.create_run(place.experiment_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_RUN_ID", made.info.run_id)
        patch.setenv("MLFLOW_EXPERIMENT_ID", place.experiment_id)
        brought(exported.file, folder)
    run = place.client.get_run(made.info.run_id)
    own = next(run for run in all_runs(place) if run.info.run_name == "small")
    assert (run.info.run_name, run.info.status) == ("small-import", "FINISHED")
    assert run.data.tags["kind"] == "invocation"
    assert run.data.tags["sweep_run"] == own.info.run_id
