"""What must be true of a sweep after any fault: the same, to the last bit, as without one."""

from collections import Counter
from dataclasses import dataclass

import optuna
import sqlalchemy
from sqlalchemy.pool import NullPool
from sweep_builders import all_runs

from glorot_sweep.cli.app import app
from glorot_sweep.sweep.storage.postgres import with_driver
from glorot_sweep.tracking.records import read_text

POINTS = """
    select runs.name, metrics.key, metrics.step, metrics.value, metrics.is_nan
    from metrics join runs on runs.run_uuid = metrics.run_uuid
    where runs.lifecycle_stage = 'active'
"""


@dataclass(frozen=True)
class Whole:
    """What an undisturbed sweep leaves: table, runs by name, every point, every trial."""

    table: str
    runs: dict
    points: Counter
    trials: dict


def read_sweep(sweep):
    runs = all_runs(sweep.place)
    names = [run.info.run_name for run in runs]
    assert len(names) == len(set(names)), f"a trial has two runs: {sorted(names)}"
    report = next((run for run in runs if run.data.tags["kind"] == "report"), None)
    table = read_text(sweep.place.client, report.info.run_id, "report/table1.csv") if report else ""
    states = {
        run.info.run_name: (run.info.status, run.data.tags.get("state"), run.data.params)
        for run in runs
    }
    points = Counter(tuple(row) for row in _rows(sweep.backend, POINTS))
    return Whole(table, states, points, _trials(sweep))


def _trials(sweep):
    storage = optuna.storages.RDBStorage(with_driver(sweep.storage))
    found = {}
    for study in optuna.get_all_study_summaries(storage=storage):
        name = study.study_name.rpartition("/")[2]
        for trial in optuna.load_study(study_name=study.study_name, storage=storage).trials:
            found[f"{name}-shapeset-t{trial.number:03d}"] = (
                trial.state.name, trial.value, trial.params, trial.intermediate_values,
            )  # fmt: skip
    storage.engine.dispose()
    return found


def assert_whole(sweep, undisturbed):
    """As many trials as asked for, each with one run; nothing lost, doubled or left running."""
    found = read_sweep(sweep)
    assert len(found.trials) == 8
    assert {state for state, *_ in found.trials.values()} <= {"COMPLETE", "PRUNED"}
    assert found.trials == undisturbed.trials
    assert found.runs == undisturbed.runs
    assert "RUNNING" not in {status for status, *_ in found.runs.values()}
    assert set(found.points.values()) == {1}, "a point is stored twice"
    assert found.points == undisturbed.points
    assert found.table == undisturbed.table
    assert_attempts_are_counted(sweep)
    assert_nothing_is_left_to_do(sweep)


def assert_attempts_are_counted(sweep):
    for run in all_runs(sweep.place):
        assert int(run.data.tags["attempt"]) >= 1


def assert_nothing_is_left_to_do(sweep):
    """No checkpoint is left, and the same command again adds no row to either database."""
    assert not sweep.checkpoints("**/*")
    before = row_counts(sweep)
    local = [*sweep.arguments[: -len(sweep.executor)], "--executor", "local"]
    app(local, standalone_mode=False)
    assert row_counts(sweep) == before


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
