"""A run as a whole, with its histories and inputs: read from one store, written into another."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    Metric,
    Param,
    Run,
    RunTag,
)
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.utils.validation import (
    MAX_PARAM_VAL_LENGTH,
    MAX_TAG_VAL_LENGTH,
    _validate_batch_log_data,
    _validate_dataset_inputs,
)
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from glorot_sweep.errors import first_line
from glorot_sweep.tracking.life import Status
from glorot_sweep.tracking.once import once
from glorot_sweep.tracking.schema.fields import LATEST
from glorot_sweep.tracking.schema.names import Metric as MetricName
from glorot_sweep.tracking.schema.names import Tag

RUN_NAME = "mlflow.runName"  # MLflow sets it from the name
LONGEST_SOURCE_TYPE = 36  # characters, in MLflow's table of data sets
NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}

RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Time = Annotated[int, Field(ge=0, le=LATEST)]
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
NOT_STORED = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes no 0, UTF-8 has no surrogates


def _storable(text: str) -> str:
    if found := NOT_STORED.search(text):
        raise ValueError(f"the character {found[0]!r} is in no text that a store takes")
    return text


Text = Annotated[str, AfterValidator(_storable)]


def _number(value: Any) -> Any:
    return NOT_FINITE.get(value, value) if isinstance(value, str) else value


def as_json(value: float) -> float | str:
    """Return a number as JSON has it; what is not finite becomes a word.

    Example:
        >>> as_json(0.5), as_json(-math.inf)
        (0.5, '-inf')
    """
    return value if math.isfinite(value) else str(value)


Number = Annotated[float, BeforeValidator(_number)]


class Copied(BaseModel):
    """A part of what is written down: strict, and nothing beside its fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class History(Copied):
    """Every point of a metric.

    Attributes:
        steps: updates.
        after_ms: when each was logged, milliseconds after the start of the run.
        values: of the metric.
    """

    steps: list[Whole]
    after_ms: list[Whole]
    values: list[Number]

    @model_validator(mode="after")
    def _of_one_length(self) -> "History":
        if not len(self.steps) == len(self.after_ms) == len(self.values):
            raise ValueError("steps, after_ms and values must have one length")
        return self


class DatasetCopy(Copied):
    """A data set among the inputs of a run, as MLflow has it."""

    name: Annotated[Text, Field(min_length=1)]
    digest: Annotated[Text, Field(min_length=1)]
    source_type: Annotated[Text, Field(max_length=LONGEST_SOURCE_TYPE)]
    source: Text
    columns: Text | None = None
    profile: Text | None = None
    tags: dict[Text, Text]


class RunCopy(Copied):
    """All of a run but its artifacts.

    Attributes:
        id: by which the others name it.
        name, status: MLflow's.
        started, ended: milliseconds since 1970; None: it has not ended.
        tags, params: all of them, as they are spelled.
        metrics: histories by key.
        inputs: data sets.
    """

    id: RunId
    name: Text
    status: Annotated[Status, BeforeValidator(Status)]
    started: Time
    ended: Time | None
    tags: dict[Text, Text]
    params: dict[Text, Text]
    metrics: dict[Text, History]
    inputs: list[DatasetCopy]

    @model_validator(mode="after")
    def _as_mlflow_takes_it(self) -> "RunCopy":
        """A store that refuses a part of a run on the way would be left with the rest of it."""
        for values, most in ((self.params, MAX_PARAM_VAL_LENGTH), (self.tags, MAX_TAG_VAL_LENGTH)):
            if too_long := [key for key, value in values.items() if len(value) > most]:
                raise ValueError(f"the value of {too_long[0]} is longer than {most} characters")
        if RUN_NAME in self.tags:
            raise ValueError(f"it has the tag {RUN_NAME} beside its name")
        for key, one in self.metrics.items():
            if not all(0 <= self.started + after <= LATEST for after in one.after_ms):
                raise ValueError(f"{key} has a point outside the years 1970 to 9987")
        points = [Metric(key, 0.0, 0, 0) for key in self.metrics]
        params = [Param(key, value) for key, value in self.params.items()]
        tags = [RunTag(key, value) for key, value in self.tags.items()]
        try:
            _validate_batch_log_data(points, params, tags)  # type: ignore[no-untyped-call]
            _validate_dataset_inputs([_input(one) for one in self.inputs])
        except MlflowException as error:
            raise ValueError(first_line(error)) from None
        return self


def read_copy(client: MlflowClient, run_id: str) -> RunCopy:
    """Return a run with its histories: one request for each metric."""
    run = client.get_run(run_id)
    tags = {key: value for key, value in run.data.tags.items() if key != RUN_NAME}
    return RunCopy(
        id=run_id,
        name=run.info.run_name or "",
        status=run.info.status,
        started=run.info.start_time,
        ended=run.info.end_time,
        tags=dict(sorted(tags.items())),
        params=dict(sorted(run.data.params.items())),
        metrics={key: _history(client, run, key) for key in sorted(run.data.metrics, key=_rank)},
        inputs=sorted(map(_dataset, run.inputs.dataset_inputs if run.inputs else []), key=repr),
    )


def _rank(metric: str) -> tuple[bool, str]:
    """The scalars that runs are sorted by come first: the UI offers the first metric first."""
    return metric not in set(MetricName), metric


def _history(client: MlflowClient, run: Run, key: str) -> History:
    found = client.get_metric_history(run.info.run_id, key)
    points = sorted(found, key=lambda point: (point.step, point.timestamp, repr(point.value)))
    return History(
        steps=[point.step for point in points],
        after_ms=[point.timestamp - run.info.start_time for point in points],
        values=[point.value for point in points],
    )


def _dataset(found: DatasetInput) -> DatasetCopy:
    one = found.dataset
    return DatasetCopy(
        name=one.name,
        digest=one.digest,
        source_type=one.source_type,
        source=one.source,
        columns=one.schema,
        profile=one.profile,
        tags={tag.key: tag.value for tag in found.tags},
    )


def line_of(copy: RunCopy) -> str:
    """Return a run as one line of JSON."""
    plain = copy.model_dump()
    for history in plain["metrics"].values():
        history["values"] = [as_json(value) for value in history["values"]]
    return json.dumps(plain, separators=(",", ":"), allow_nan=False)


def make_copy(
    client: MlflowClient, experiment_id: str, copy: RunCopy, more: Mapping[str, str]
) -> str:
    """Make a run with the tags, params, points and inputs of another; it is RUNNING.

    Args:
        client: of the store.
        experiment_id: where to.
        copy: of the other.
        more: tags beside its own.

    Returns:
        The run's id, which MLflow chooses.
    """
    tags = {**copy.tags, **more, Tag.EXPORTED_RUN.value: copy.id}
    run = once(
        lambda: client.create_run(experiment_id, copy.started, tags, copy.name),
        partial(_made, client, experiment_id, copy, tags),
    )
    run_id: str = run.info.run_id
    params = [Param(key, value) for key, value in copy.params.items()]
    client.log_batch(run_id, _points(copy), params)
    if copy.inputs:
        client.log_inputs(run_id, [_input(one) for one in copy.inputs])
    return run_id


def _made(
    client: MlflowClient, experiment_id: str, copy: RunCopy, tags: Mapping[str, str]
) -> Run | None:
    """Return the run that was made of a request without reply: nothing else is in it yet."""
    clause = f"tags.{Tag.EXPORTED_RUN} = '{copy.id}'"
    same = (Tag.SWEEP_RUN, Tag.IMPORTING, Tag.LEASE)
    for run in client.search_runs([experiment_id], clause):
        if all(run.data.tags.get(tag) == tags.get(tag) for tag in same):
            return run
    return None


def _points(copy: RunCopy) -> list[Metric]:
    return [
        Metric(key, value, copy.started + after, step)
        for key, one in copy.metrics.items()
        for step, after, value in zip(one.steps, one.after_ms, one.values, strict=True)
    ]


def _input(one: DatasetCopy) -> DatasetInput:
    dataset = Dataset(one.name, one.digest, one.source_type, one.source, one.columns, one.profile)
    return DatasetInput(dataset, [InputTag(key, value) for key, value in one.tags.items()])


def end_copy(client: MlflowClient, run_id: str, copy: RunCopy) -> None:
    """Give a run the status and the end that the other has."""
    if copy.status is not Status.RUNNING:
        client.set_terminated(run_id, copy.status, copy.ended)


def artifact_paths(client: MlflowClient, run_id: str) -> list[str]:
    """Return the path of every artifact of a run."""
    found, folders = list[str](), [""]
    while folders:
        for entry in client.list_artifacts(run_id, folders.pop() or None):
            (folders if entry.is_dir else found).append(entry.path)
    return sorted(found)


def fetch_artifacts(client: MlflowClient, run_id: str, paths: Sequence[str], folder: Path) -> None:
    """Store artifacts of a run in a folder, by their paths."""
    if not paths:
        return
    folder.mkdir(parents=True)
    kept = get_artifact_repository(
        client.get_run(run_id).info.artifact_uri, tracking_uri=client.tracking_uri
    )
    for path in paths:
        kept.download_artifacts(path, str(folder))  # type: ignore[no-untyped-call]


def put_artifacts(client: MlflowClient, run_id: str, folder: Path) -> None:
    """Store what a folder holds as artifacts of a run; a folder that is not there holds nothing."""
    if folder.is_dir():
        client.log_artifacts(run_id, str(folder))
