"""Whether the model registry and the artifacts can be written, asked before any training."""

import time
import uuid

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from glorot_sweep.errors import UserError
from glorot_sweep.host import environment
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.tracking.address import REGISTRY_VARIABLE, registry_uri
from glorot_sweep.tracking.hiding import hide_secrets, shown_uri
from glorot_sweep.tracking.once import gone, has_no_reply, is_there
from glorot_sweep.tracking.outage import describe, impatient
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.tracking.schema.names import Artifact

PROBE = "glorot_sweep-probe-"  # begins the name of a registered model that is deleted at once

TRIES, PAUSE_SECONDS = 4, 1.0


def probe_registry(client: MlflowClient) -> None:
    """Register a model without a version and delete it again; nothing is left.

    Raises:
        UserError: that cannot be done.
        ServiceLostError: the disk is full.
    """
    try:
        _make_and_delete(client, f"{PROBE}{uuid.uuid4().hex}")
    except Exception as error:
        uri = registry_uri() or client.tracking_uri
        where = f"the model registry {shown_uri(uri)}"
        tell_full_disk(error, where)
        raise UserError(
            f"{where} cannot be written: {_reason(error, uri)}. The "
            f"winners could not be registered. Check its address and the account's rights; "
            f"{REGISTRY_VARIABLE} names another registry than the tracking store."
        ) from None


def _make_and_delete(client: MlflowClient, name: str) -> None:
    """Do both, again if no reply comes: one that was lost says nothing against the registry.

    Nobody else uses the name, so that one which exists already was made by an earlier request.
    """
    for left in range(TRIES - 1, -1, -1):
        try:
            with impatient():
                _create(client, name)
                gone(lambda: client.delete_registered_model(name))
            return
        except Exception as error:
            if not left or not has_no_reply(error):
                raise
        time.sleep(PAUSE_SECONDS)


def _create(client: MlflowClient, name: str) -> None:
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if not is_there(error):
            raise


def store_environment(run: RunWriter) -> None:
    """Store with a run what this process takes from its environment; an artifact is written.

    Raises:
        UserError: that cannot be done.
        ServiceLostError: the disk is full.
    """
    try:
        run.json(environment.described(), Artifact.ENVIRONMENT)
    except Exception as error:
        where = f"the artifact store of the run {run.run_id}"
        tell_full_disk(error, where)
        raise UserError(f"{where} cannot be written: {_reason(error)}. Check its rights.") from None


def _reason(error: Exception, *uris: str) -> str:
    text = str(error) if isinstance(error, MlflowException) else describe(error)
    return hide_secrets((text.splitlines() or [""])[0], *uris)[:300].rstrip(".")
