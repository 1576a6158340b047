"""What becomes of a pack: its result, or why there is none."""

from dataclasses import dataclass
from typing import Literal

import torch

from glorot_sweep.host.full_disk import is_disk_full
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.tracking.hiding import hide_secrets
from glorot_sweep.tracking.outage import NotWrittenError, describe, is_outage
from glorot_sweep.training.results import PackResult

Kind = Literal["error", "memory", "lost", "service"]


@dataclass(frozen=True)
class Failure:
    """Why a pack has no result.

    Attributes:
        kind: `error`: the training raised; `memory`: the device's memory was too small; `lost`:
            the worker died or stopped answering; `service`: a server, a disk or the installation
            failed, or what was trained could not be written, which is no trial's fault.
        reason: one line.
        details: a traceback, where there is one.
    """

    kind: Kind
    reason: str
    details: str = ""


@dataclass(frozen=True)
class Outcome:
    """A pack that is no longer in work.

    Attributes:
        job: the pack.
        result: its result, or why there is none.
        counted: model-updates that `advance` was told of in this attempt.
    """

    job: PackJob
    result: PackResult | Failure
    counted: int = 0


def failure_of(error: Exception, details: str) -> Failure:
    """Return what an exception that ended a pack means, with its traceback as details."""
    reason, details = describe(error), hide_secrets(details)
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate" in reason:
        return Failure("memory", reason, details)
    if is_disk_full(error):
        return Failure("service", f"a disk is full, free some space ({reason})", details)
    if is_outage(error) or isinstance(error, (NotWrittenError, ImportError)):
        return Failure("service", reason, details)
    return Failure("error", reason, details)
