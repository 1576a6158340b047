"""What a SQLite tracking store says of its runs, row by row."""

import sqlite3
from contextlib import closing
from pathlib import Path


def rows_of_runs(folder: Path) -> list[object]:
    """Every row that the runs of `mlflow.db` consist of, but who held a sweep meanwhile."""
    with closing(sqlite3.connect(folder / "mlflow.db")) as database:
        held = database.execute("select value from tags where key = 'lease'").fetchall()
        assert held in ([], [("free",)])
        tables = ("runs", "tags where key not like 'lease%'", "params", "metrics")
        return [database.execute(f"select * from {name}").fetchall() for name in tables]
