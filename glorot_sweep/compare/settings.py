"""What sweeps were asked for and made with, key by key: where they differ, and where they agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from glorot_sweep.compare.side import Side
from glorot_sweep.parts.variants import BEFORE
from glorot_sweep.sweep.records.identity import flatten
from glorot_sweep.tracking.schema.fields import shortened

ABSENT: Final = "–"
LONGEST: Final = 300  # characters of a value that are shown


@dataclass(frozen=True)
class Setting:
    """One key of several sweeps.

    Attributes:
        part: what it belongs to: a key of `PARTS`.
        key: its name there.
        values: of each sweep, as text, whole; `ABSENT` where it has none.
    """

    part: str
    key: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether two sweeps have different values.

        Of what stands with a data set or a variant, a sweep that does not have that one is none.
        """
        values = set(self.values)
        return len(values - {ABSENT} if self.part in OF_SOME else values) > 1

    @property
    def shown(self) -> tuple[str, ...]:
        """The values, long ones without their middle."""
        return tuple(shortened(value, LONGEST) for value in self.values)


def settings(sides: Sequence[Side]) -> list[Setting]:
    """Return every key that a sweep has, part by part."""
    return [
        Setting(part, key, tuple(_text(values.get(key, ABSENT)) for values in of_all))
        for part, of in PARTS.items()
        for of_all in [[of(side) for side in sides]]
        for key in dict.fromkeys(key for values in of_all for key in values)
    ]


def _configuration(side: Side) -> Mapping[str, Any]:
    found = flatten(side.collected.asked.identity())
    return {key: value for key, value in found.items() if key != "name"}


def _data(side: Side) -> Mapping[str, Any]:
    digests = side.identity.get("digests", {})
    return {f"digest of {name}": digest for name, digest in digests.items()}


def _variants(side: Side) -> Mapping[str, Any]:
    rows = side.identity.get("variants") or {}
    return flatten({name: BEFORE | dict(row) for name, row in rows.items()})


def _engines(side: Side) -> Mapping[str, Any]:
    return {
        name: f"{settled.engine} ({settled.reason})" if settled.reason else settled.engine
        for name, settled in side.collected.engines.items()
    }


def _code(side: Side) -> Mapping[str, Any]:
    sweep, made_with = side.collected.sweep, side.identity.get("made_with")
    earlier = f"{sweep.code_hash} (of an earlier version)"
    return {
        "package version": sweep.package_version,
        "code": made_with["code"] if made_with else earlier,
        "code of the runs": _of_runs(side, "code_hash"),
        **{f"plugin {name}": digest for name, digest in side.identity.get("plugins", {}).items()},
    }


def _history(side: Side) -> Mapping[str, Any]:
    grown = side.collected.sweep.grown
    return {
        "accepted changes": "; ".join(side.identity.get("accepted", ())) or "none",
        "growths": "; ".join(line for one in grown for line in one.lines) or "none",
    }


def _libraries(side: Side) -> Mapping[str, Any]:
    made_with = side.identity.get("made_with")
    return {
        **(made_with["libraries"] if made_with else {}),
        "libraries of the runs": _of_runs(side, "libraries"),
    }


def _machine(side: Side) -> Mapping[str, Any]:
    made_with = side.identity.get("made_with")
    return {
        "processor": made_with["device_type"] if made_with else ABSENT,
        "processor of the runs": _of_runs(side, "device_type"),
        "device of the runs": _of_runs(side, "device"),
    }


PARTS: Final[dict[str, Callable[[Side], Mapping[str, Any]]]] = {
    "configuration": _configuration,
    "data": _data,
    "variants": _variants,
    "engine": _engines,
    "code": _code,
    "libraries": _libraries,
    "machine": _machine,
    "history": _history,
}
OF_SOME: Final = frozenset({"data", "variants", "engine"})


def _of_runs(side: Side, attribute: str) -> str:
    """Return what the runs say, each value once."""
    said = {getattr(run, attribute) or "unknown" for run in side.trained}
    return "; ".join(sorted(said)) or ABSENT


def _text(value: Any) -> str:
    """Return a value as a sweep file would have it.

    Example:
        >>> _text(["tanh", "tanh_n"]), _text(None), _text(True), _text(0.005)
        ('tanh, tanh_n', 'none', 'true', '0.005')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        value = ", ".join(map(_text, value)) or "none"
    return str(value)
