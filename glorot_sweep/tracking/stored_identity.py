"""What decides a sweep's numbers, as its artifact holds it: checked before anything is read of it.

The writer is `sweep.records.identity.Identity`.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from glorot_sweep.config.sweep import hash_of
from glorot_sweep.parts.variants import SHIPPED, VARIANTS, Variant, label_of_parts
from glorot_sweep.specs import Engine
from glorot_sweep.tracking.schema.fields import shortened, shown

ROW: Final = TypeAdapter(Variant)
KNOWN: Final = frozenset(each.name for each in fields(Variant)) - {"name", "label"}
"""What a stored row may have."""


class _Settled(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    engine: Engine
    reason: str = ""


class _MadeWith(BaseModel):
    model_config = ConfigDict(strict=True)

    code: str
    libraries: dict[str, str]
    device_type: str


class _Identity(BaseModel):
    """Earlier versions have stored the configuration and the digests alone."""

    model_config = ConfigDict(strict=True)

    config: dict[str, Any]
    digests: dict[str, str] = {}
    variants: dict[str, dict[str, Any]] | None = None
    engines: dict[str, _Settled] | None = None
    made_with: _MadeWith | None = None
    accepted: list[str] = []
    plugins: dict[str, str] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        named = self.config.get("variants")
        if self.made_with is not None and self.variants is None:
            raise ValueError("it says what its runs were made with, but not of which variants")
        if self.engines is not None and not set(self.engines) >= set(_texts(named)):
            raise ValueError("it does not say which engine each variant has")
        return self


def stored_rows(stored: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Variant]:
    """Return the rows of a sweep's variants; earlier versions have stored none.

    Args:
        stored: an identity that is readable.
        labels: as the sweep's run is tagged: of the variants that are not the package's.

    Raises:
        ValueError: a variant has what this version does not know, or lacks what every one has.
    """
    rows = {}
    for name, parts in (stored.get("variants") or {}).items():
        if unknown := parts.keys() - KNOWN:
            raise ValueError(f"the variant {name!r} has an unknown {min(unknown)}")
        known = VARIANTS.get(name) if name in SHIPPED else None
        label = labels.get(name) or (known.label if known else "")
        row = ROW.validate_json(json.dumps({**parts, "name": name, "label": label}), strict=True)
        rows[name] = row if row.label else replace(row, label=label_of_parts(row))
    return rows


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def why_unreadable(stored: Any, config_hash: str | None) -> str:
    """Return why this is not the identity of a sweep; nothing if it is.

    Args:
        stored: as the artifact holds it.
        config_hash: of the configuration, as the sweep's run is tagged; None: it is not.
    """
    try:
        identity = _Identity.model_validate(stored)
    except (ValidationError, RecursionError) as error:
        if isinstance(error, RecursionError):
            return "it is nested too deeply"
        first = error.errors()[0]
        where, said = shortened(".".join(map(str, first["loc"]))), shortened(first["msg"])
        return f"{where}: {said}" if where else said
    found = hash_of(identity.config)
    if config_hash is not None and found != config_hash:
        return (
            "its configuration was changed after it was stored: the hash is "
            f"{found!r}, and the run's tag says {shown(config_hash)}"
        )
    return ""
