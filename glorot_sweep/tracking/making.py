"""Making a SQLite store: whole or not at all, and again where a kill has left half of one."""

import time
from pathlib import Path

import mlflow.store.db.utils as database
from mlflow.entities import Experiment, LifecycleStage
from mlflow.store.db.base_sql_model import Base
from mlflow.store.tracking import DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH
from mlflow.store.tracking.dbmodels.models import SqlExperiment
from mlflow.utils.uri import resolve_uri_if_local
from mlflow.utils.workspace_utils import DEFAULT_WORKSPACE_NAME
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from glorot_sweep.errors import UserError
from glorot_sweep.host.sqlite_file import (
    UNFINISHED,
    has_rows,
    holds_nothing,
    is_left,
    is_unfinished,
    is_whole,
    make_beside,
    tables_of,
)
from glorot_sweep.tracking.address import database_file, sqlite_uri
from glorot_sweep.tracking.hiding import shown_uri

FIRST = "experiments"  # the table that MLflow makes first
MADE_WITH_IT = {FIRST: "experiment_id = 0", "workspaces": "name = 'default'"}


def make_whole(uri: str) -> None:
    """Make a SQLite store if it is missing, or if it holds nothing and is not whole.

    Making the tables takes MLflow seconds, and a kill within them leaves a file that nothing can
    open again. One process at a time; another program that is making them is waited for.

    Raises:
        UserError: a change of its tables was begun and not ended, and it holds something.
    """
    file = database_file(uri)
    while not file.exists() or _is_worthless(file):
        if not file.exists() or is_left(file):
            make_beside(file, _make)
            return
    if is_unfinished(tables_of(file)):
        raise UserError(
            f"the tracking store {shown_uri(uri)} was left in the middle of a change of its tables "
            "(an upgrade that was killed), and it holds runs. Put a copy from before the upgrade "
            "in its place, or name another store with --tracking-uri."
        )


def _is_worthless(file: Path) -> bool:
    """Whether a file is a store that is not whole, and in which nothing was stored."""
    tables = tables_of(file)
    if tables and not {FIRST, f"{UNFINISHED}{FIRST}"} & tables:
        return False  # of another program
    if not holds_nothing(file, MADE_WITH_IT):
        return False
    newest: str = database._get_latest_schema_revision()  # type: ignore[no-untyped-call]
    return not is_whole(file, Base.metadata.tables, newest) or not has_rows(file, FIRST)


def _make(file: Path) -> None:
    engine = database.create_sqlalchemy_engine(sqlite_uri(file))  # type: ignore[no-untyped-call]
    try:
        database._initialize_tables(engine)  # type: ignore[no-untyped-call]
        _make_default_experiment(engine)
    finally:
        engine.dispose()


def _make_default_experiment(engine: Engine) -> None:
    """Make the experiment that MLflow would make with the first client.

    MLflow writes its values into the statement as Python spells them, which SQLite does not
    understand where the current folder has both kinds of quotes in its name.
    """
    now = time.time_ns() // 1_000_000
    location = resolve_uri_if_local(DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH)  # type: ignore[no-untyped-call]
    with Session(engine) as session, session.begin():
        session.add(
            SqlExperiment(
                experiment_id=0,
                name=Experiment.DEFAULT_EXPERIMENT_NAME,
                artifact_location=f"{location}/0",
                lifecycle_stage=LifecycleStage.ACTIVE,
                creation_time=now,
                last_update_time=now,
                workspace=DEFAULT_WORKSPACE_NAME,
            )
        )
