"""The bytes of one artifact: what is not there is told from a store that does not answer."""

import os
import tempfile
from pathlib import Path

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository


def artifacts_of(client: MlflowClient, run_id: str) -> ArtifactRepository:
    """Return where a run's artifacts are, after one request.

    MLflow's own `download_artifacts` makes two more: it also looks through the logged models of
    the experiment for one that has the name of the artifact's folder.
    """
    uri = client.get_run(run_id).info.artifact_uri
    return get_artifact_repository(uri, tracking_uri=client.tracking_uri)


def content_of(artifacts: ArtifactRepository, path: str) -> bytes:
    """Return the bytes of an artifact.

    Args:
        artifacts: of its run.
        path: of the artifact.

    Raises:
        FileNotFoundError: it is not there.
        MlflowException: the store does not answer.
        OSError: likewise, of a store in a folder.
    """
    if isinstance(artifacts, LocalArtifactRepository):
        return _local(artifacts, path).read_bytes()  # where it lies: a copy is not needed
    with tempfile.TemporaryDirectory() as folder:
        try:
            copy = artifacts.download_artifacts(str(path), folder)  # type: ignore[no-untyped-call]
        except MlflowException as error:
            if is_there(artifacts, path):
                raise
            raise FileNotFoundError(str(error)) from error
        return Path(copy).read_bytes()


def is_there(artifacts: ArtifactRepository, path: str) -> bool:
    """Return whether a run has an artifact. Args, Raises: see `content_of`."""
    if isinstance(artifacts, LocalArtifactRepository):  # it lists a closed folder as an empty one
        try:
            os.stat(_local(artifacts, path))
        except FileNotFoundError:
            return False
        return True
    folder = str(path).rpartition("/")[0]
    return any(file.path == str(path) for file in artifacts.list_artifacts(folder or None))


def _local(artifacts: LocalArtifactRepository, path: str) -> Path:
    return Path(artifacts.artifact_dir, str(path))
