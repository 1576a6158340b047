"""The runs of a sweep, read again and again without those that ended long ago."""

from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Run

from glorot_sweep.tracking.belonging import OwnRun
from glorot_sweep.tracking.life import Status
from glorot_sweep.tracking.records import RunRecord, latest_update, record_of, search_runs
from glorot_sweep.tracking.schema.fields import read_fields
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.progress import Reopened, Sent

OVERLAP_MS = 60_000  # by which the clocks of workers may differ
MEMBERS = {Kind.TRIAL, Kind.REPLICATE, Kind.MONITORED}


@dataclass(frozen=True)
class SeenRun:
    """A run of a network, and how far it is. Times are in milliseconds since 1970.

    Attributes:
        record: as it stands on the server.
        update: of its latest evaluation; 0: there was none.
        until: when that was sent; of a run that has ended, when it did.
        since: when its present attempt began.
        before: update of the latest evaluation of the attempts before.
    """

    record: RunRecord
    update: int
    until: int
    since: int
    before: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether nothing works on it."""
        return self.record.status != Status.RUNNING


class WatchedRuns:
    """The trials, replicates and monitored runs of a sweep.

    Args:
        client: of the store.
        experiment_id: the sweep's.
        own: the sweep.
    """

    def __init__(self, client: MlflowClient, experiment_id: str, own: OwnRun) -> None:
        self._client, self._experiments, self._own = client, [experiment_id], own
        self._seen: dict[str, SeenRun] = {}

    def look(self) -> list[SeenRun]:
        """Return them as they are now.

        After the first time those alone are read that run, are superseded, or have ended since
        the last one that is known; all of them only if one that ran is not among these, as after a
        deletion.
        """
        found = self._changed() if self._seen else self._all()
        running = {run_id for run_id, run in self._seen.items() if not run.has_ended}
        if running - found.keys():
            self._seen, found = {}, self._all()
        self._seen |= found
        return [one for one in self._seen.values() if Tag.SUPERSEDED not in one.record.tags]

    def _changed(self) -> dict[str, SeenRun]:
        newest = max((one.until for one in self._seen.values() if one.has_ended), default=0)
        ended = f"attributes.end_time >= {max(newest - OVERLAP_MS, 1)}"
        clauses = (ended, "attributes.status = 'RUNNING'", f"tags.{Tag.SUPERSEDED} IS NOT NULL")
        return {k: v for clause in clauses for k, v in self._search(f" and {clause}").items()}

    def _all(self) -> dict[str, SeenRun]:
        return self._search("")

    def _search(self, further: str) -> dict[str, SeenRun]:
        clause = (
            f"tags.{Tag.SWEEP} = '{self._own.sweep}' and tags.{Tag.KIND} != '{Kind.STUDY}'{further}"
        )
        found = [_seen(run) for run in search_runs(self._client, self._experiments, clause)]
        return {
            one.record.run_id: one
            for one in found
            if one.record.tags.get(Tag.KIND) in MEMBERS and self._own.owns(one.record)
        }


def _seen(run: Run) -> SeenRun:
    record = record_of(run)
    written = Sent(**read_fields(Sent, record)).written or 0
    again = Reopened(**read_fields(Reopened, record))
    ended = run.info.end_time if record.status != Status.RUNNING else None
    since, before = again.reopened or record.started, again.updates_before or 0
    until = max(ended or written, record.started)
    return SeenRun(record, latest_update(run), until, since, before)
