"""The models that runs have left in a store: registered versions and logged models."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import LoggedModel
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.artifact.models_artifact_repo import REGISTERED_MODEL_META_FILE_NAME

from glorot_sweep.tracking.once import gone, is_absent

PAGE = 100


@dataclass(frozen=True)
class RegisteredModel:
    """A registered model of which some or all versions were made from given runs.

    Attributes:
        name: registered name.
        versions: those that were made from the runs.
        is_whole: there is no other version.
    """

    name: str
    versions: tuple[str, ...]
    is_whole: bool

    def __str__(self) -> str:
        if not self.versions:
            return f"{self.name} (without a version)"
        noun = "version" if len(self.versions) == 1 else "versions"
        rest = "" if self.is_whole else "; its other versions stay"
        return f"{self.name} ({noun} {', '.join(self.versions)}{rest})"


def find_registered(
    client: MlflowClient, names: Collection[str], run_ids: Collection[str]
) -> list[RegisteredModel]:
    """Return the registered models of these names that the runs have a part in.

    Sweeps of earlier versions may share the names of their models: a version belongs to the run
    that it was made from. A model without any version belongs to whoever is asked for,
    since its maker was killed before it had one.
    """
    found = []
    for name in sorted(names):
        versions = _versions(client, name)
        own = tuple(version for version, run_id in versions if run_id in run_ids)
        if own or (not versions and _is_registered(client, name)):
            found.append(RegisteredModel(name, own, len(own) == len(versions)))
    return found


def _versions(client: MlflowClient, name: str) -> list[tuple[str, str]]:
    """Return each version of a registered model with the id of its run, oldest first."""
    found = [
        (str(one.version), str(one.run_id))
        for one in client.search_model_versions(f"name = '{name}'")
    ]
    return sorted(found, key=lambda one: int(one[0]))


def _is_registered(client: MlflowClient, name: str) -> bool:
    try:
        client.get_registered_model(name)
    except MlflowException as error:
        if is_absent(error):
            return False
        raise
    return True


def delete_registered(client: MlflowClient, model: RegisteredModel) -> None:
    """Delete the runs' versions of a registered model; if that is all of it, the model at once."""
    if model.is_whole:
        gone(lambda: client.delete_registered_model(model.name))
        return
    for version in model.versions:
        gone(partial(client.delete_model_version, model.name, version))


def logged_models(
    client: MlflowClient, experiment_id: str, run_ids: Collection[str]
) -> Iterator[LoggedModel]:
    """Yield the logged models that were made from the runs."""
    token = None
    while True:
        page = client.search_logged_models([experiment_id], max_results=PAGE, page_token=token)
        yield from (one for one in page if one.source_run_id in run_ids)
        token = page.token
        if not token:
            return


@dataclass(frozen=True)
class WinnersModel:
    """The version of a registered model that an alias points to.

    Attributes:
        run_id: that it was made from.
        description, tags: of the registered model.
        location: of its files.
    """

    run_id: str
    description: str
    tags: Mapping[str, str]
    location: str


def find_aliased(client: MlflowClient, name: str, alias: str) -> WinnersModel | None:
    """Return the version of a registered model that an alias points to; None: there is none."""
    try:
        version = client.get_model_version_by_alias(name, alias)
    except MlflowException as error:
        if is_absent(error) or error.error_code == "INVALID_PARAMETER_VALUE":
            return None
        raise
    model = client.get_registered_model(name)
    location = client.get_model_version_download_uri(name, version.version)
    return WinnersModel(str(version.run_id), model.description or "", model.tags, location)


def fetch_model(client: MlflowClient, model: WinnersModel, folder: Path) -> None:
    """Put the files of a model into a folder, without the note that MLflow puts beside them.

    Whoever loads a registered model leaves its name there, in the store too.
    """
    folder.mkdir(parents=True)
    kept = get_artifact_repository(model.location, tracking_uri=client.tracking_uri)
    kept.download_artifacts("", str(folder))  # type: ignore[no-untyped-call]
    (folder / REGISTERED_MODEL_META_FILE_NAME).unlink(missing_ok=True)
