"""What decides the bits of a network that was trained: two sweeps may have trained the same one.

The hash of a `TrialSpec` would not tell: no run carries it, and it also holds the run's key and
when the network is looked at, which change none of its bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from glorot_sweep.parts.variants import PART_KINDS, VARIANTS
from glorot_sweep.tracking.schema.trained import MonitoredRun, ReplicateRun, Specified, TrialRun

Trained = TrialRun | ReplicateRun | MonitoredRun


@dataclass(frozen=True)
class Specification:
    """What decides the bits of a network.

    Attributes:
        network: everything but the engine: runs that share it are one network, trained twice. Of
            parts that are not the package's the sweep's plugins are a part of it.
        engine: each has bits of its own.
    """

    network: tuple[object, ...]
    engine: str


LEFT_OUT: Final = {"log10_learning_rate", "window"}
"""Params that follow from others, or say only how the errors at the end are averaged."""

DECISIVE: Final = tuple(field.name for field in fields(Specified) if field.name not in LEFT_OUT)


def specification_of(identity: Mapping[str, Any], run: Trained) -> Specification:
    """Return what decides the bits of a run's network, the engine and the data included.

    Args:
        identity: of its sweep, as it was stored; earlier versions stored no rows of variants.
        run: the run.
    """
    row = (identity.get("variants") or {}).get(run.variant)
    known = VARIANTS.get(run.variant)
    cost = row.get("cost") if row else known and known.cost
    digest = identity.get("digests", {}).get(run.dataset)
    settings = [getattr(run, name) for name in DECISIVE]
    if not _is_of_package(row or {}, run):
        settings += sorted(identity.get("plugins", {}).items())
    return Specification((run.kind, run.dataset, digest, cost, *settings), run.engine)


def _is_of_package(row: Mapping[str, Any], run: Trained) -> bool:
    """Whether the package has every part of a run's network."""
    named = {"activation": run.activation, "initialization": run.initialization, **row}
    return all(
        named[attribute] in registry.shipped
        for attribute, registry in PART_KINDS.items()
        if attribute in named
    )
