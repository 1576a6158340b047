"""One thing changed in a store, as anyone who may write to it, or a failing disk, can change it."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from glorot_sweep.config.sweep import hash_of
from glorot_sweep.tracking.schema.names import Artifact

NO_SURROGATES = st.characters(codec="utf-8", exclude_characters="\0")
TEXTS = st.one_of(
    st.sampled_from(
        ["", "nan", "inf", "-1", "0", "1e999", "9" * 5000, "sweep", "None", "[x]", "²"]
    ),
    st.text(NO_SURROGATES, max_size=20),
    st.integers().map(str),
)
NUMBERS = st.one_of(st.floats(allow_nan=False), st.integers(-5, 200).map(float))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
ENTRIES = {"tags": TEXTS, "params": TEXTS, "latest_metrics": NUMBERS, "metrics": NUMBERS}
STATUSES = st.sampled_from(["RUNNING", "FAILED", "FINISHED", "SCHEDULED", "KILLED"])
TIMES = st.sampled_from([None, -1, 0, 2**62])


@dataclass
class Damaged:
    """A folder of stores of which one thing at a time is changed, and which is made whole again.

    Attributes:
        folder: holds `mlflow.db` and the artifacts.
        files: contents of the artifacts that are read, when all was whole.
    """

    folder: Path
    files: dict[Path, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep what is whole."""
        shutil.copy(self.database, self._whole)
        self.files = {path: path.read_bytes() for path in self.folder.rglob("artifacts/**/*.*")}

    @property
    def database(self) -> Path:
        return self.folder / "mlflow.db"

    @property
    def _whole(self) -> Path:
        return self.folder / "whole.db"

    def mend(self) -> None:
        """Make everything as it was, within the same files: MLflow has them open."""
        with (
            closing(sqlite3.connect(self._whole)) as ours,
            closing(sqlite3.connect(self.database)) as theirs,
        ):
            ours.backup(theirs)
        for path, content in self.files.items():
            path.write_bytes(content)
        for path in self.folder.rglob("artifacts/report"):
            shutil.rmtree(path)

    def execute(self, statement: str, *values: Any) -> list[Any]:
        """Execute a statement in MLflow's database."""
        with closing(sqlite3.connect(self.database)) as connection:
            found = connection.execute(statement, values).fetchall()
            connection.commit()
        return found

    def strike(self, data: st.DataObject) -> None:
        """Change one thing."""
        what: Callable[[st.DataObject], None] = data.draw(
            st.sampled_from([self._entry, self._entry, self._run, self._identity, self._file])
        )
        what(data)

    def _entry(self, data: st.DataObject) -> None:
        table = data.draw(st.sampled_from(sorted(ENTRIES)))
        rows = self.execute(f"select rowid, key from {table} order by run_uuid, key")
        rowid, _ = data.draw(st.sampled_from(rows))
        if data.draw(st.booleans()):
            self.execute(f"delete from {table} where rowid = ?", rowid)
        elif "metrics" in table and data.draw(st.booleans()):
            self.execute(f"update {table} set is_nan = 1 where rowid = ?", rowid)
        else:
            value = data.draw(ENTRIES[table])
            self.execute(f"update or ignore {table} set value = ? where rowid = ?", value, rowid)

    def _run(self, data: st.DataObject) -> None:
        (run_id,) = data.draw(st.sampled_from(self.execute("select run_uuid from runs")))
        column, values = data.draw(
            st.sampled_from([("status", STATUSES), ("start_time", TIMES), ("name", TEXTS)])
        )
        self.execute(f"update runs set {column} = ? where run_uuid = ?", data.draw(values), run_id)

    def _identity(self, data: st.DataObject) -> None:
        identities = [path for path in self.files if path.match(f"artifacts/{Artifact.IDENTITY}")]
        path = data.draw(st.sampled_from(sorted(identities)))
        stored = json.loads(self.files[path])
        place: Any = stored
        while True:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict)
                                            else range(len(place))))  # fmt: skip
            if (
                not isinstance(place[key], (dict, list))
                or not place[key]
                or data.draw(st.booleans())
            ):
                break
            place = place[key]
        if data.draw(st.booleans()):
            del place[key]
        else:
            place[key] = data.draw(VALUES)
        path.write_text(json.dumps(stored), encoding="utf-8")
        if data.draw(st.booleans()) and isinstance(stored.get("config"), dict):
            self._tag_as_always_so(path.parts[-4], hash_of(stored["config"]))

    def _tag_as_always_so(self, run_id: str, config_hash: str) -> None:
        """Let a changed configuration be that which all runs of its sweep were made with."""
        tag = "key = 'config_hash' and"
        ((before,),) = self.execute(f"select value from tags where {tag} run_uuid = ?", run_id)
        self.execute(f"update tags set value = ? where {tag} value = ?", config_hash, before)

    def _file(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.files)))
        content = bytearray(self.files[path])
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["a bit", "torn", "overwritten"])):
            case "a bit":
                content[at] ^= 1 << data.draw(st.integers(0, 7))
            case "torn":
                del content[at:]
            case _:
                content[at : at + 8] = data.draw(st.binary(min_size=1, max_size=8))
        path.write_bytes(content)
        if data.draw(st.booleans()):  # as a version that wrote no digests left it
            self.execute("delete from tags where key like 'sha256/%'")
