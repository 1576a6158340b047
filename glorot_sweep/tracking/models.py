"""Winners in MLflow's model registry: signature, input example, alias."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelStatus
from mlflow.entities.model_registry import ModelVersion, RegisteredModel
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service.utils import _use_tracking_uri

from glorot_sweep.tracking.address import URI_VARIABLE
from glorot_sweep.tracking.image_model import ImageModel, tags_of_files
from glorot_sweep.tracking.made_models import logged_models
from glorot_sweep.tracking.once import gone, is_absent, once
from glorot_sweep.tracking.outage import is_outage
from glorot_sweep.tracking.schema.names import Tag

ALIAS = "winner"
LONGEST_TAG = 100_000  # characters of a value that MLflow takes


def is_registered(client: MlflowClient, name: str, run_id: str) -> bool:
    """Whether the model's alias already points to a version made from this run."""
    try:
        return bool(client.get_model_version_by_alias(name, ALIAS).run_id == run_id)
    except MlflowException as error:
        if is_outage(error) and not is_absent(error):
            raise
        return False


def register(
    client: MlflowClient,
    run_id: str,
    name: str,
    model: ImageModel,
    description: str,
    tags: Mapping[str, str],
    refuse_other: Callable[[RegisteredModel], None],
) -> str:
    """Store a network as a model of its run, register it, and point the alias to it.

    A version that was made of this run before a kill is used again.

    Args:
        client: of the store.
        run_id: the run that trained it.
        name: registered name.
        model: the network, its images and its classes.
        description: shown in the registry.
        tags: of the registered model: whose it is, and whether nothing was learned.
        refuse_other: raises if the registered model is somebody else's, who may have made it at
            the same time.

    Returns:
        The model's URI, `models:/<name>@winner`.
    """
    return register_saved(client, run_id, name, model.save, description, tags, refuse_other)


def register_saved(
    client: MlflowClient,
    run_id: str,
    name: str,
    save: Callable[[Path], object],
    description: str,
    tags: Mapping[str, str],
    refuse_other: Callable[[RegisteredModel], None],
) -> str:
    """The same of a model whose files a function puts into a folder that it makes."""
    made = _versions(client, name, run_id)
    if made:
        version = made[0].version
    else:
        refuse_other(_registered(client, name, description, tags))
        version = _new_version(client, run_id, name, save, description)
    for tag, value in tags.items():
        client.set_registered_model_tag(name, tag, value)
    if Tag.LEARNED not in tags:  # of a winner before, which had learned nothing
        gone(lambda: client.delete_registered_model_tag(name, Tag.LEARNED))
    client.update_registered_model(name, description)  # which has the last version's run
    client.set_registered_model_alias(name, ALIAS, version)
    return f"models:/{name}@{ALIAS}"


def _registered(
    client: MlflowClient, name: str, description: str, tags: Mapping[str, str]
) -> RegisteredModel:
    """Return the registered model of a name; one of several makes it, the others find it."""
    return once(
        lambda: client.create_registered_model(name, dict(tags), description),
        lambda: _found(client, name),
    )


def _found(client: MlflowClient, name: str) -> RegisteredModel | None:
    try:
        return client.get_registered_model(name)
    except MlflowException as error:
        if is_absent(error):
            return None
        raise


def _new_version(
    client: MlflowClient,
    run_id: str,
    name: str,
    save: Callable[[Path], object],
    description: str,
) -> str:
    experiment_id = str(client.get_run(run_id).info.experiment_id)
    model = once(
        lambda: client.create_logged_model(experiment_id, name=name, source_run_id=run_id),
        lambda: next(iter(_pending(client, experiment_id, {run_id})), None),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        save(path)
        told = tags_of_files(path, LONGEST_TAG)
        client.set_logged_model_tags(model.model_id, told)
        client.log_model_artifacts(model.model_id, str(path))
    client.finalize_logged_model(model.model_id, "READY")
    with as_process_uri(client.tracking_uri):
        version = once(
            lambda: client.create_model_version(
                name,
                f"models:/{model.model_id}",
                run_id=run_id,
                model_id=model.model_id,
                tags=told,
                description=description,
            ),
            lambda: next(iter(_versions(client, name, run_id)), None),
        )
    return str(version.version)


def _versions(client: MlflowClient, name: str, run_id: str) -> list[ModelVersion]:
    return list(client.search_model_versions(f"name = '{name}' and run_id = '{run_id}'"))


def _pending(
    client: MlflowClient, experiment_id: str, run_ids: Collection[str]
) -> list[LoggedModel]:
    """Return the logged models of runs whose files were never all stored."""
    found = logged_models(client, experiment_id, run_ids)
    return [model for model in found if model.status == LoggedModelStatus.PENDING]


def delete_pending(client: MlflowClient, experiment_id: str, run_ids: Collection[str]) -> None:
    """Delete what a kill, a full disk or a lost reply has left of logged models of runs."""
    for model in _pending(client, experiment_id, run_ids):
        gone(partial(client.delete_logged_model, model.model_id))


@contextmanager
def as_process_uri(uri: str) -> Iterator[None]:
    """A SQL registry looks a model up at the process's URI, whatever its client's is."""
    before = os.environ.get(URI_VARIABLE)
    try:
        with _use_tracking_uri(uri):
            yield
    finally:
        if before is not None:
            os.environ[URI_VARIABLE] = before
