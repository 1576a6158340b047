"""What decides a sweep's numbers, as its artifact holds it: checked before anything is read of it.

The writer is `sweep.records.identity.Identity`.
"""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from glorot_sweep.config.sweep import hash_of
from glorot_sweep.specs import Engine
from glorot_sweep.tracking.schema.fields import shortened, shown


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

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        named = self.config.get("variants")
        if self.made_with is not None and self.variants is None:
            raise ValueError("it says what its runs were made with, but not of which variants")
        if self.engines is not None and not set(self.engines) >= set(_texts(named)):
            raise ValueError("it does not say which engine each variant has")
        return self


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
