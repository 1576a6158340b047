"""What must be true of a sweep after any fault: the same, to the last bit, as without one."""

from collections import Counter
from dataclasses import dataclass

import optuna
import sqlalchemy
from mlflow.entities import ViewType
from sqlalchemy.pool import NullPool
from sweep_builders import all_runs

from faults.leavings import (
    assert_artifacts_are_those_written,
    assert_models_are_whole,
    assert_no_process_is_left,
    digests,
    registered,
)
from glorot_sweep.cli.app import app
from glorot_sweep.sweep.storage.postgres import with_driver
from glorot_sweep.tracking.records import read_text

POINTS = """
    select runs.run_uuid, metrics.key, metrics.step, metrics.value, metrics.is_nan
    from metrics join runs on runs.run_uuid = metrics.run_uuid
    where runs.lifecycle_stage = 'active'
"""


@dataclass(frozen=True)
class Whole:
    """What an undisturbed sweep leaves.

    Attributes:
        table: Table 1.
        runs: status, state, params and the artifacts' digests of each, by name.
        points: every point of every metric, and how often it is stored.
        trials: state, error, proposal and reports of each, by the name of its run.
        models: the names of the runs behind the versions of each registered model.
    """

    table: str
    runs: dict
    points: Counter
    trials: dict
    models: dict


def read_sweep(sweep):
    runs = runs_of_sweep(sweep)
    report = next((run for run in runs if run.data.tags["kind"] == "report"), None)
    table = read_text(sweep.place.client, report.info.run_id, "report/table1.csv") if report else ""
    names = {run.info.run_id: run.info.run_name for run in runs}
    states = {
        run.info.run_name: (
            run.info.status, run.data.tags.get("state"), run.data.params, digests(run),
        )
        for run in runs
    }  # fmt: skip
    points = Counter(
        (names[run_id], *point) for run_id, *point in _rows(sweep.backend, POINTS)
        if run_id in names
    )  # fmt: skip
    return Whole(table, states, points, _trials(sweep, runs), registered(sweep, runs))


def runs_of_sweep(sweep):
    """Return the runs of the one sweep that is there, each of another name and key.

    What a sweep has left whose own run was deleted by hand is left alone, and is no part of it;
    nor is a report that was made before something was trained again, or a superseded replicate.
    """
    found = all_runs(sweep.place)
    (own,) = [run.info.run_id for run in found if run.data.tags["kind"] == "sweep"]
    runs = [
        run for run in found
        if run.data.tags.get("sweep_run", own) == own and "superseded" not in run.data.tags
    ]  # fmt: skip
    reports = [run for run in runs if run.data.tags["kind"] == "report"]
    for report in sorted(reports, key=lambda run: run.info.start_time)[:-1]:
        assert report.info.status != "RUNNING"
        runs.remove(report)
    for words in ([run.info.run_name for run in runs], [run.data.tags.get("key") for run in runs]):
        twice = {word for word, times in Counter(words).items() if word and times > 1}
        assert not twice, f"there are two runs of each of these: {sorted(twice)}"
    return runs


def _trials(sweep, runs):
    (own,) = [run.info.run_id for run in runs if run.data.tags["kind"] == "sweep"]
    storage = optuna.storages.RDBStorage(with_driver(sweep.storage))
    found = {}
    for study in optuna.get_all_study_summaries(storage=storage):
        _, scope, dataset, variant, *group = study.study_name.split("/")
        if scope != own[: len(scope)]:
            continue  # of a sweep whose own run was deleted
        for trial in optuna.load_study(study_name=study.study_name, storage=storage).trials:
            found["-".join((variant, dataset, *group, f"t{trial.number:03d}"))] = (
                trial.state.name, trial.value, trial.params, trial.intermediate_values,
            )  # fmt: skip
    storage.engine.dispose()
    return found


def assert_whole(sweep, undisturbed, harmed=()):
    """As many trials as asked for, each with one run; nothing lost, doubled or left running.

    Args:
        sweep: that was disturbed.
        undisturbed: what another one has left, as `read_sweep` returns it.
        harmed: names of runs of which an artifact was altered that nothing is made from.
    """
    assert_no_process_is_left(sweep)
    found = read_sweep(sweep)
    assert len(found.trials) == 8
    assert {state for state, *_ in found.trials.values()} <= {"COMPLETE", "PRUNED"}
    assert found.trials == undisturbed.trials
    assert found.runs == undisturbed.runs
    assert "RUNNING" not in {status for status, *_ in found.runs.values()}
    assert set(found.points.values()) == {1}, "a point is stored twice"
    assert found.points == undisturbed.points
    assert found.table == undisturbed.table
    assert found.models == undisturbed.models
    runs = runs_of_sweep(sweep)
    assert_models_are_whole(sweep, runs)
    ids = {run.info.run_id for run in runs}
    for run in runs:
        assert int(run.data.tags["attempt"]) >= 1
        assert run.data.tags.get("mlflow.parentRunId", run.info.run_id) in ids, run.info.run_name
        if run.info.run_name not in harmed:
            assert_artifacts_are_those_written(run)
    assert_nothing_is_left_to_do(sweep)


def assert_nothing_is_left_to_do(sweep):
    """No checkpoint is left, and the same command again adds no row to either database."""
    restorable = {run.info.run_id[:8] for run in deleted_own_runs(sweep)}
    left = [path for path in sweep.checkpoints("**/*") if not restorable & set(path.parts)]
    assert not left, left
    before = row_counts(sweep)
    local = [*sweep.arguments[: -len(sweep.executor)], "--executor", "local"]
    app(local, standalone_mode=False)
    assert row_counts(sweep) == before


def deleted_own_runs(sweep):
    """The runs of sweeps that MLflow can restore: with them their checkpoints would go on."""
    client, ids = sweep.place.client, [sweep.place.experiment_id]
    found = client.search_runs(ids, "tags.kind = 'sweep'", run_view_type=ViewType.DELETED_ONLY)
    return list(found)


def row_counts(sweep):
    counts = {}
    for uri in (sweep.backend, sweep.storage):
        engine = sqlalchemy.create_engine(with_driver(uri), poolclass=NullPool)
        tables = sqlalchemy.inspect(engine).get_table_names()
        for table in tables:
            counts[uri, table] = _rows(uri, f'select count(*) from "{table}"')[0][0]
    return counts


def _rows(uri, query):
    engine = sqlalchemy.create_engine(with_driver(uri), poolclass=NullPool)
    with engine.connect() as connection:
        return connection.execute(sqlalchemy.text(query)).all()
