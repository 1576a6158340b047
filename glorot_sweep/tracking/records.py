"""Reading runs back, as plain data."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Run, ViewType
from mlflow.exceptions import MlflowException
from numpy.typing import NDArray

from glorot_sweep.errors import UserError, first_line
from glorot_sweep.tracking.array_file import arrays_in
from glorot_sweep.tracking.artifact_content import artifacts_of, content_of, is_there
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.once import is_absent
from glorot_sweep.tracking.outage import is_outage
from glorot_sweep.tracking.schema.names import Curve, Kind, Tag
from glorot_sweep.tracking.table_file import table_in

PAGE = 1000  # MLflow's limit


@dataclass(frozen=True)
class RunRecord:
    """A run as it stands on the server.

    Attributes:
        run_id, experiment_id, name, status: MLflow's.
        tags, params: all of them.
        metrics: last value of each.
        artifact_uri: where its artifacts are.
        started: milliseconds since 1970.
    """

    run_id: str
    experiment_id: str
    name: str
    status: str
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    artifact_uri: str
    started: int


def experiment_ids(client: MlflowClient) -> list[str]:
    """Return the ids of all experiments of a store that are not deleted."""
    found: list[str] = []
    token = None
    while True:
        page = client.search_experiments(max_results=PAGE, page_token=token)
        found += [experiment.experiment_id for experiment in page]
        token = page.token
        if not token:
            return found


def find_runs(
    client: MlflowClient,
    experiment_ids: list[str],
    *,
    kind: Kind | None = None,
    state: State | None = None,
    sweep: str | None = None,
    key: str | None = None,
    config_hash: str | None = None,
    baseline: str | None = None,
) -> list[RunRecord]:
    """Return every run that has these tags, oldest first.

    The number of requests grows with the number of runs over 1,000.

    Args:
        client: of the store.
        experiment_ids: where to look.
        kind: value of this tag; None: any, here as below.
        state: of this tag; one that is given up has the word of a failed one.
        sweep: of this tag.
        key: of this tag.
        config_hash: of this tag.
        baseline: of this tag.
    """
    wanted = {
        Tag.KIND: kind, Tag.STATE: state and state.word, Tag.SWEEP: sweep, Tag.KEY: key,
        Tag.CONFIG_HASH: config_hash, Tag.BASELINE: baseline,
    }  # fmt: skip
    clause = " and ".join(
        f"tags.{name} = '{value}'" for name, value in wanted.items() if value is not None
    )
    records = [record_of(run) for run in search_runs(client, experiment_ids, clause)]
    # Of one millisecond by key: the server's order would be that of their ids.
    return sorted(records, key=lambda run: (run.started, run.tags.get(Tag.KEY, "")))


def search_runs(client: MlflowClient, experiment_ids: list[str], clause: str) -> Iterator[Run]:
    """Yield every run that a clause of MLflow's search finds, page by page."""
    token = None
    while True:
        page = client.search_runs(
            experiment_ids,
            clause,
            ViewType.ACTIVE_ONLY,
            PAGE,
            ["attributes.start_time ASC"],
            token,
        )
        yield from page
        token = page.token
        if not token:
            return


def get_run(client: MlflowClient, run_id: str, *, deleted: bool = False) -> RunRecord | None:
    """Return the run, or None if the store does not have it or has deleted it.

    Args:
        client: of the store.
        run_id: the run.
        deleted: return it too if it is deleted.

    Raises:
        MlflowException: the store does not answer: nothing is known of the run.
    """
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if is_outage(error) and not is_absent(error):
            raise
        return None
    return record_of(run) if deleted or run.info.lifecycle_stage == "active" else None


def latest_update(run: Run) -> int:
    """Return the update of a run's latest evaluation; 0: there was none."""
    steps = [one.step for one in run.data._metric_objs if one.key == Curve.VALIDATION_ERROR]
    return int(steps[0]) if steps else 0


def dataset_profiles(client: MlflowClient, run_id: str) -> dict[str, dict[str, Any]]:
    """Return what a run's data sets hold, in words by name: what `dataset_note` has written.

    Data sets of runs that an early version has made have no such words, and are left out.
    """
    inputs = client.get_run(run_id).inputs
    found = [one.dataset for one in inputs.dataset_inputs] if inputs else []
    return {one.name: json.loads(one.profile) for one in found if one.profile}


def dataset_digests(client: MlflowClient, run_id: str) -> dict[str, str]:
    """Return the content digest of each of a run's data sets, by name."""
    inputs = client.get_run(run_id).inputs
    found = [one.dataset for one in inputs.dataset_inputs] if inputs else []
    return {one.name: one.digest for one in found}


class ArtifactError(UserError):
    """An artifact is missing or cannot be read. The message names it, its run and the reason."""


Content = TypeVar("Content")


def read_json(client: MlflowClient, run_id: str, path: str) -> Any:
    """Return the content of a JSON artifact; see `_read` for what it raises."""
    return _read(client, run_id, path, json.loads)


def read_bytes(client: MlflowClient, run_id: str, path: str) -> bytes:
    """Return an artifact as it is. Raises: see `_read`."""
    return _read(client, run_id, path, bytes)


def read_text(client: MlflowClient, run_id: str, path: str) -> str:
    """Return the content of a text artifact."""
    return _read(client, run_id, path, lambda content: content.decode("utf-8"))


def read_arrays(
    client: MlflowClient, run_id: str, path: str, sha256: str | None = None
) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz artifact.

    Args:
        client: of the store.
        run_id: the run.
        path: of the artifact.
        sha256: of its content, as the run's tag says; None: the run has none.

    Raises:
        ArtifactError, MlflowException, OSError: see `_read`.
    """
    return _read(client, run_id, path, arrays_in, sha256)


def read_frame(
    client: MlflowClient, run_id: str, path: str, sha256: str | None = None
) -> pd.DataFrame:
    """Return the table of a .parquet artifact; see `read_arrays`."""
    return _read(client, run_id, path, table_in, sha256)


def has_arrays(client: MlflowClient, run_id: str, path: str, sha256: str | None) -> bool:
    """Return whether a run has an .npz artifact, with the content that was written.

    Args:
        client: of the store.
        run_id: the run.
        path: of the artifact.
        sha256: of its content, as the run's tag says; None: the run has none, so it is enough
            that the arrays can be read.

    Raises:
        MlflowException: the store does not answer: nothing is known of the artifact.
        OSError: likewise, of a store in a folder.
    """
    artifacts = artifacts_of(client, run_id)
    if not is_there(artifacts, path):
        return False
    content = content_of(artifacts, path)
    if sha256 is not None:
        return hashlib.sha256(content).hexdigest() == sha256
    try:
        arrays_in(content)
    except (ValueError, RecursionError):
        return False
    return True


def _read(
    client: MlflowClient,
    run_id: str,
    path: str,
    understood: Callable[[bytes], Content],
    sha256: str | None = None,
) -> Content:
    """Return what an artifact says.

    Raises:
        ArtifactError: it is not there, is another than was written, or cannot be understood.
        MlflowException: the store does not answer: nothing is known of the artifact.
        OSError: likewise, of a store in a folder.
    """
    try:
        content = content_of(artifacts_of(client, run_id), path)
    except (MlflowException, OSError) as error:
        if is_outage(error) and not isinstance(error, FileNotFoundError):
            raise
        raise _unreadable(run_id, path, error) from error
    if sha256 is not None and (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise ArtifactError(
            f"{path} of the run {run_id} was changed after it was written: its SHA-256 is "
            f"{found[:12]}..., and the run's tag says {sha256[:12]}..."
        )
    try:
        return understood(content)
    except (ValueError, RecursionError) as error:  # of a text: that it is no UTF-8, no JSON
        raise _unreadable(run_id, path, error) from error


def _unreadable(run_id: str, path: str, error: Exception) -> ArtifactError:
    reason = first_line(error)[:200]
    return ArtifactError(f"{path} of the run {run_id} is missing or unreadable ({reason})")


def read_times(client: MlflowClient, run_id: str) -> tuple[float, float] | None:
    """Return when a run began and ended, in seconds since 1970; None if MLflow has not noted it."""
    noted = client.get_run(run_id).info
    if noted.start_time is None or noted.end_time is None:
        return None
    return noted.start_time / 1000, noted.end_time / 1000


def read_curve(client: MlflowClient, run_id: str, key: str) -> dict[int, float]:
    """Return every point of a metric by its step; a single request."""
    return {point.step: point.value for point in client.get_metric_history(run_id, str(key))}


def record_of(run: Run) -> RunRecord:
    """Return a run as plain data."""
    return RunRecord(
        run.info.run_id,
        str(run.info.experiment_id),
        run.info.run_name or "",
        run.info.status,
        dict(run.data.tags),
        dict(run.data.params),
        dict(run.data.metrics),
        run.info.artifact_uri,
        run.info.start_time or 0,
    )
