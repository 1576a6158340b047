"""Writing runs with explicit ids: no fluent state, no run that is active by accident."""

import hashlib
import json
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import DatasetInput, InputTag, Metric, Param, Run, RunTag
from mlflow.tracking.context.registry import resolve_tags
from numpy.typing import NDArray

from glorot_sweep.tracking.array_file import array_file
from glorot_sweep.tracking.dataset_note import DatasetNote
from glorot_sweep.tracking.hiding import hide_secrets
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.once import gone, once
from glorot_sweep.tracking.records import latest_update
from glorot_sweep.tracking.same_params import lacking_params
from glorot_sweep.tracking.schema.fields import StoredRunError, tags_of
from glorot_sweep.tracking.schema.names import Tag, TagFamily
from glorot_sweep.tracking.schema.progress import Reopened, Sent
from glorot_sweep.tracking.schema.runs import THIS_VERSION, ArtifactDigests, standing
from glorot_sweep.tracking.table_file import table_file

MANY = (TagFamily.DIGEST, TagFamily.LABEL)
METRICS_PER_REQUEST, TAGS_PER_REQUEST = 1000, 100  # MLflow's limits
LONGEST_REASON = 500  # characters
OF_ITS_END = {Tag.REASON, Tag.GIVEN_UP}  # tags of an attempt that ended badly


@dataclass(frozen=True)
class Point:
    """A metric's value at an update."""

    key: str
    value: float
    update: int


@dataclass
class RunWriter:
    """Writes one run; its points are buffered and sent in full requests.

    The digest of each artifact that numbers are read from is buffered too and sent with them: a
    run whose state says that it has ended has the digests of what it holds.

    Attributes:
        client: of the store.
        run_id: the run.
        started: its start in milliseconds; every point's timestamp is derived from it, so that
            writing a point twice stores it once.
        attempt: the run's, when it was opened here.
    """

    client: MlflowClient
    run_id: str
    started: int
    attempt: int = 1
    _points: list[Point] = field(default_factory=list)
    _digests: dict[str, str] = field(default_factory=dict)

    def tag(self, tags: Mapping[str, str]) -> None:
        """Set tags; of more than a request takes, digests and labels come first, and the rest last.

        So a growth is known at once by its hash, its note and its state.
        """
        keys = sorted(map(str, tags), key=lambda key: not key.startswith(MANY))
        entries = [RunTag(key, tags[key]) for key in keys]
        rest = len(entries) % TAGS_PER_REQUEST if len(entries) > TAGS_PER_REQUEST else 0
        if rest:
            self.client.log_batch(self.run_id, tags=entries[:rest])
        self.client.log_batch(self.run_id, tags=entries[rest:])

    def forget(self, tag: str) -> None:
        """Delete a tag, if the run has it."""
        gone(lambda: self.client.delete_tag(self.run_id, tag))

    def params(self, params: Mapping[str, object]) -> None:
        """Set params that the run does not have yet."""
        self.client.log_batch(self.run_id, params=_entries(params))

    def add(self, points: Iterable[Point]) -> None:
        """Buffer points."""
        self._points.extend(points)

    def add_first(self, points: Iterable[Point]) -> None:
        """Buffer points ahead of the others: the UI offers the first metric of a run first."""
        self._points[:0] = points

    def finish(self, state: State, reason: str | None = None) -> None:
        """Send what is buffered, then set the status: a FINISHED run has its metrics.

        Args:
            state: any but RUNNING.
            reason: why it ended, if it ended badly.
        """
        self.flush(tags_of(standing(state, reason and reason[:LONGEST_REASON])))
        self.client.set_terminated(self.run_id, state.status)

    def is_current(self) -> bool:
        """Return whether no later attempt has opened the run since."""
        return self._is_ours(self.client.get_run(self.run_id))

    def is_open(self) -> bool:
        """Return whether the run is this attempt's and has not ended."""
        run = self.client.get_run(self.run_id)
        return run.info.status == Status.RUNNING and self._is_ours(run)

    def _is_ours(self, run: Run) -> bool:
        return int(run.data.tags.get(Tag.ATTEMPT, "1")) == self.attempt

    def flush(self, tags: Mapping[str, str] | None = None) -> None:
        """Send the buffered points, then tags: where these are, all points are."""
        points, digests = list(self._points), dict(self._digests)
        metrics = [
            Metric(str(point.key), point.value, self.started + point.update, point.update)
            for point in points
        ]
        all_tags = {**tags_of(ArtifactDigests(sha256=digests)), **(tags or {})}
        if points:
            all_tags |= tags_of(Sent(written=round(1000 * time.time())))
        run_tags = [RunTag(str(key), value) for key, value in all_tags.items()]
        room = METRICS_PER_REQUEST - len(run_tags)
        parts = [metrics[start : start + room] for start in range(0, len(metrics), room)] or [[]]
        for part in parts[:-1]:
            self.client.log_batch(self.run_id, metrics=part)
        self.client.log_batch(self.run_id, metrics=parts[-1], tags=run_tags)
        # Another thread may have added more meanwhile.
        del self._points[: len(points)]
        self._digests = {k: v for k, v in self._digests.items() if digests.get(k) != v}

    def inputs(self, note: DatasetNote) -> None:
        """Record a data set as the run's input: MLflow keeps one of each, with one context."""
        context = InputTag("mlflow.data.context", ", ".join(note.contexts))
        self.client.log_inputs(self.run_id, [DatasetInput(note.entity(), [context])])

    def text(self, content: str, path: str) -> None:
        """Store a text artifact."""
        self.client.log_text(self.run_id, content, str(path))

    def json(self, content: Any, path: str) -> None:
        """Store a JSON artifact."""
        self.text(json.dumps(content, indent=1), path)

    def arrays(self, path: str, **arrays: NDArray[Any]) -> None:
        """Store named arrays as one .npz artifact."""
        self._keep(path, array_file(**arrays))

    def frame(self, table: pd.DataFrame, path: str) -> None:
        """Store a table as one .parquet artifact."""
        self._keep(path, table_file(table))

    def _keep(self, path: str, content: bytes) -> None:
        """Store an artifact that numbers are read from, and note its digest."""
        self.files({path: content})
        self._digests[str(path)] = hashlib.sha256(content).hexdigest()

    def files(self, contents: Mapping[str, bytes], folder: str = "") -> None:
        """Store files by their paths within an artifact folder."""
        with tempfile.TemporaryDirectory() as temporary:
            for path, content in contents.items():
                file = Path(temporary) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            self.client.log_artifacts(self.run_id, temporary, folder or None)


def _opened(attempt: int) -> dict[str, str]:
    """Return the tags of every run that is opened here."""
    return {**tags_of(THIS_VERSION), Tag.ATTEMPT: str(attempt)}


def _named_by(run: Run) -> tuple[str | None, ...]:
    """Return the name of a run, and the tags that no other run has all of."""
    tags = run.data.tags
    return run.info.run_name, tags.get(Tag.KIND), tags.get(Tag.SWEEP_RUN), tags.get(Tag.KEY)


def _entries(params: Mapping[str, object]) -> list[Param]:
    return [Param(key, str(value)) for key, value in params.items()]


class RunStore:
    """Creates and re-opens the runs of one experiment.

    Args:
        client: of the store.
        experiment_id: the experiment.
    """

    def __init__(self, client: MlflowClient, experiment_id: str) -> None:
        self.client, self.experiment_id = client, experiment_id
        self._context = {
            key: hide_secrets(value)
            for key, value in resolve_tags().items()
            if key.startswith(("mlflow.source.", "mlflow.user"))
        }

    def create(
        self,
        name: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        parent: str | None = None,
    ) -> RunWriter:
        """Create a run; its tag `attempt` is 1."""
        nesting = {Tag.PARENT: parent} if parent else {}
        every = {**self._context, **nesting, **_opened(1), **tags}
        started = time.time_ns() // 1_000_000
        run = once(
            lambda: self.client.create_run(
                self.experiment_id, started, {str(k): v for k, v in every.items()}, name
            ),
            lambda: self._made(started, name, every),
        )
        if params:
            self.client.log_batch(run.info.run_id, params=_entries(params))
        return RunWriter(self.client, run.info.run_id, run.info.start_time)

    def reopen(
        self,
        run_id: str,
        tags: Mapping[str, str],
        params: Mapping[str, object] | None = None,
        name: str | None = None,
    ) -> RunWriter:
        """Set an existing run RUNNING again, count the attempt, add the params it lacks.

        When that was, and how far the run was, is noted for whoever follows it.

        Why the attempt before it ended is forgotten; the number of attempts stays.
        A param that is there stays in its spelling: MLflow refuses `0.10` where `0.1` was logged.

        Raises:
            StoredRunError: a param is there with another value, and it is not `mlflow run` that
                has set it on a run that holds nothing else yet.
        """
        run = self.client.get_run(run_id)
        attempt = int(run.data.tags.get(Tag.ATTEMPT, "0")) + 1
        writer = RunWriter(self.client, run_id, run.info.start_time, attempt)
        have = run.data.params
        wanted = {
            key: value
            for key, value in (params or {}).items()
            if Tag.KIND in run.data.tags or key not in have
        }
        writer.params(lacking_params(run_id, run.info.run_name or "", have, wanted))
        again = Reopened(reopened=time.time_ns() // 1_000_000, updates_before=latest_update(run))
        writer.tag({**_opened(attempt), **tags_of(again), **tags})
        for tag in OF_ITS_END & run.data.tags.keys():
            writer.forget(tag)
        self.client.update_run(run_id, status=Status.RUNNING, name=name)
        return writer

    def adopt(self, run_id: str, name: str, tags: Mapping[str, str]) -> RunWriter:
        """Take over the run that `mlflow run` has made: name it and tag it.

        Raises:
            StoredRunError: it holds something else already.
        """
        run = self.client.get_run(run_id)
        have = run.data.tags
        if any(have.get(tag) != tags.get(tag) for tag in (Tag.KIND, Tag.SWEEP)):
            self.refuse_used(run_id)
        self.client.update_run(run_id, status=Status.RUNNING, name=name)
        writer = RunWriter(self.client, run_id, run.info.start_time)
        writer.tag({**_opened(1), **tags})
        return writer

    def refuse_used(self, run_id: str) -> None:
        """Refuse to take over a run that holds something.

        Raises:
            StoredRunError: it was marked by this package, or has metrics.
        """
        run = self.client.get_run(run_id)
        if Tag.KIND in run.data.tags or run.data.metrics:
            raise StoredRunError(
                f"the run {run_id} ({run.info.run_name}) of MLFLOW_RUN_ID is not one that "
                "`mlflow run` has just made. Unset it."
            )

    def delete(self, run_id: str) -> None:
        """Delete a run, if it is there."""
        gone(lambda: self.client.delete_run(run_id))

    def _made(self, started: int, name: str, tags: Mapping[str, str]) -> Run | None:
        """Return the run that was made of a request without reply: its start is in milliseconds."""
        clause = f"attributes.start_time = {started}"
        found = self.client.search_runs([self.experiment_id], clause)
        asked = (name, tags.get(Tag.KIND), tags.get(Tag.SWEEP_RUN), tags.get(Tag.KEY))
        return next((run for run in found if _named_by(run) == asked), None)
