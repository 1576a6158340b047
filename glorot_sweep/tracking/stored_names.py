"""The names of sweeps in a SQLite store, read in milliseconds, where MLflow takes seconds."""

import sqlite3

from glorot_sweep.tracking.address import database_file, is_missing, is_sqlite

NAMES = """
    SELECT DISTINCT name.value
    FROM tags AS name
    JOIN tags AS kind ON kind.run_uuid = name.run_uuid AND kind.key = 'kind'
    JOIN runs ON runs.run_uuid = name.run_uuid
    JOIN experiments ON experiments.experiment_id = runs.experiment_id
    WHERE name.key = 'sweep' AND kind.value = 'sweep' AND runs.lifecycle_stage = 'active'
      AND experiments.name = ?
    ORDER BY name.value
"""


def stored_sweeps(uri: str, experiment: str) -> list[str]:
    """Return the names of an experiment's sweeps; none if the store is no SQLite file.

    Only for offers that a person may take or leave: a store that cannot be read offers nothing.

    Args:
        uri: of the tracking store.
        experiment: its name.
    """
    if not is_sqlite(uri) or is_missing(uri):
        return []
    try:
        connection = sqlite3.connect(f"{database_file(uri).as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return []
    try:
        return [name for (name,) in connection.execute(NAMES, (experiment,))]
    except sqlite3.Error:
        return []
    finally:
        connection.close()
