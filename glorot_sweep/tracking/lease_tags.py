"""The tags of a lease, read and written: with MLflow's patience, or without."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import RunTag
from mlflow.utils.rest_utils import http_request, verify_rest_response

from glorot_sweep.tracking.schema.driving import HOLDER, NOBODY, Holder, Leased
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Tag

RUNS = "/api/2.0/mlflow/runs"
BRIEF_SECONDS = 5  # for each request of a sign of life


@dataclass(frozen=True)
class Seen:
    """What an observer sees of a lease.

    Attributes:
        holder: of the sweep.
        beat: the sign of life.
        is_deleted: the sweep's own run is.
    """

    holder: Holder
    beat: str | None
    is_deleted: bool = False


class LeaseTags:
    """The lease on one sweep's own run.

    MLflow sends a request to a server that is away again for minutes. Whoever works on the sweep
    must wait that long; a sign of life must not: it would come late, or pile up behind another.

    Args:
        client: of the store.
        run_id: the sweep's own run.
    """

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self.client, self.run_id = client, run_id
        self._credentials = getattr(client._tracking_client.store, "get_host_creds", None)

    def read(self) -> Seen:
        """Return who holds the sweep; an outage of the store is waited for."""
        run = self.client.get_run(self.run_id)
        return _seen(run.data.tags, run.info.lifecycle_stage)

    def write(self, leased: Leased) -> None:
        """Set the lease; an outage of the store is waited for."""
        tags = [RunTag(name, value) for name, value in tags_of(leased).items()]
        self.client.log_batch(self.run_id, tags=tags)

    def read_briefly(self) -> Seen:
        """Return who holds the sweep; raises at once where a server is away."""
        if self._credentials is None:
            return self.read()
        run = self._request("get", "GET", params={"run_id": self.run_id})["run"]
        tags = {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}
        return _seen(tags, run["info"]["lifecycle_stage"])

    def write_briefly(self, tag: Tag, value: str) -> None:
        """Set one tag; raises at once where a server is away."""
        if self._credentials is None:
            self.client.set_tag(self.run_id, str(tag), value)
        else:
            entry = {"run_id": self.run_id, "key": str(tag), "value": value}
            self._request("set-tag", "POST", json=entry)

    def free(self) -> None:
        """Say that nobody holds the sweep; raises at once where a server is away."""
        self.write_briefly(Tag.LEASE, HOLDER.write(NOBODY))

    def _request(self, action: str, method: str, **content: Any) -> Any:
        assert self._credentials is not None
        answer = http_request(  # type: ignore[no-untyped-call]
            self._credentials(), f"{RUNS}/{action}", method,
            max_retries=0, timeout=BRIEF_SECONDS, **content,
        )  # fmt: skip
        return verify_rest_response(answer, action).json()


def _seen(tags: Mapping[str, str], lifecycle_stage: str) -> Seen:
    text = tags.get(Tag.LEASE)
    holder = NOBODY if text is None else HOLDER.read(text)
    return Seen(holder, tags.get(Tag.LEASE_BEAT), lifecycle_stage != "active")
