"""How a field of a record stands in MLflow: under which name, in which spelling."""

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from glorot_sweep.errors import UserError
from glorot_sweep.tracking.life import State, Status, state_of
from glorot_sweep.tracking.schema.names import (
    SCHEMA_VERSION,
    Curve,
    Kind,
    Metric,
    MetricFamily,
    Param,
    Tag,
    TagFamily,
)

if TYPE_CHECKING:
    from glorot_sweep.tracking.records import RunRecord

Name = Tag | Param | Metric | Curve | TagFamily | MetricFamily
PLACES = {Tag: "tags", TagFamily: "tags", Param: "params", Metric: "metrics",
          Curve: "metrics", MetricFamily: "metrics"}  # fmt: skip
STORED = "stored"  # of a field's metadata
LARGEST = 2**63  # of a whole number; MLflow stores an infinite metric as 1.8e308
LATEST = 253_000_000_000_000  # milliseconds since 1970 that a calendar knows
LONGEST_SHOWN = 100  # characters of a stored value in a message
DEEPEST = 1000  # hidden layers: tables and figures have a row for each


class StoredRunError(UserError):
    """A run in MLflow does not hold what it must, or holds it in a form that cannot be read."""


@dataclass(frozen=True)
class Spelling:
    """How a value is written, and read again.

    Attributes:
        rule: what it must be, in words.
        read: from a tag or param (text) or a metric (float); raises ValueError.
        write: as a tag or param.
    """

    rule: str
    read: Callable[[Any], Any]
    write: Callable[[Any], str] = str


def _whole(stored: str | float, least: int = -LARGEST, most: int = LARGEST) -> int:
    if isinstance(stored, float) and not stored.is_integer():
        raise ValueError
    value = int(stored)
    if not least <= value <= most:
        raise ValueError
    return value


def _finite(stored: str | float, least: float = -math.inf, most: float = math.inf) -> float:
    value = float(stored)
    if not (math.isfinite(value) and least <= value <= most):
        raise ValueError
    return value


TEXT = Spelling("a text", str)
WHOLE = Spelling("a whole number of at most 64 bits", _whole)
COUNT = Spelling("a whole number, 0 or more", partial(_whole, least=0))
DEPTH = Spelling(f"a whole number from 1 to {DEEPEST}", partial(_whole, least=1, most=DEEPEST))
NUMBER = Spelling("a finite number", _finite, repr)
RATE = Spelling("a finite number above 0", partial(_finite, least=sys.float_info.min), repr)
PERCENT = Spelling("a number from 0 to 100", partial(_finite, least=0.0, most=100.0), repr)
ANY_NUMBER = Spelling("a number", float, repr)  # a ratio may be infinite
SIX_DECIMALS = Spelling("a finite number", _finite, "{:.6f}".format)
WIDTHS = Spelling(
    "whole numbers joined by -",
    lambda stored: tuple(_whole(width, least=1) for width in stored.split("-")),
    lambda widths: "-".join(map(str, widths)),
)
FLAG = Spelling("there or not", lambda _: True, lambda _: "true")
KIND = Spelling(f"one of {', '.join(Kind)}", Kind)
STATE = Spelling("a state's word", state_of, lambda state: State(state).word)
STATUS = Spelling(f"one of {', '.join(Status)}", Status)
TIME = Spelling(
    "milliseconds since 1970, before the year 9999", partial(_whole, least=0, most=LATEST)
)


def or_nan(spelling: Spelling) -> Spelling:
    """Return a spelling of numbers that may be gone: NaN then, as MLflow can delete no metric."""

    def read(stored: float) -> Any:
        return stored if math.isnan(stored) else spelling.read(stored)

    return Spelling(f"{spelling.rule}, or NaN", read, spelling.write)


@dataclass(frozen=True)
class Stored:
    """Where a field's value is, and how it is spelled there.

    Attributes:
        names: it is written under each, and read from the first; a family's name stands before
            each key of a field that is a mapping.
        spelling: see there.
    """

    names: tuple[Name, ...]
    spelling: Spelling


def stored(
    *names: Name,
    spelling: Spelling = TEXT,
    default: Any = MISSING,
    default_factory: Any = MISSING,
) -> Any:
    """Return a dataclass's field that is kept in MLflow under these names.

    Args:
        names: see `Stored`.
        spelling: of the value.
        default: of runs that lack it; none: a run must have it. A value of None is not written.
        default_factory: makes the value of a record that is built without one.
    """
    where = {STORED: Stored(names, spelling)}
    if default_factory is not MISSING:
        return field(default_factory=default_factory, metadata=where)
    return field(default=default, metadata=where)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is written at once: a dataclass of `stored` fields."""


def tags_of(*parts: Part) -> dict[str, str]:
    """Return the tags that these parts are written as."""
    return {name: spelling.write(value) for name, value, spelling in _entries(parts, "tags")}


def params_of(*parts: Part) -> dict[str, str]:
    """Return the params that these parts are written as."""
    return {name: spelling.write(value) for name, value, spelling in _entries(parts, "params")}


def metrics_of(*parts: Part) -> dict[str, float]:
    """Return the metrics that these parts are written as, in the order of their fields."""
    return {name: float(value) for name, value, _ in _entries(parts, "metrics")}


def _entries(parts: tuple[Part, ...], place: str) -> Iterator[tuple[str, Any, Spelling]]:
    for part in parts:
        for one, where in stored_fields(type(part)):
            value = getattr(part, one.name)
            for name in where.names:
                if value is None or value is False or PLACES[type(name)] != place:
                    continue
                if isinstance(name, (TagFamily, MetricFamily)):
                    yield from ((name + key, each, where.spelling) for key, each in value.items())
                else:
                    yield name.value, value, where.spelling


def stored_fields(kind: type[Part]) -> Iterator[tuple["Field[Any]", Stored]]:
    """Return the fields that are kept in MLflow, and where."""
    for one in fields(kind):
        if STORED in one.metadata:
            yield one, one.metadata[STORED]


PartType = TypeVar("PartType", bound=Part)


def read_fields(kind: type[PartType], run: "RunRecord") -> dict[str, Any]:
    """Return the values of a record's stored fields, as a run has them.

    Raises:
        StoredRunError: a field is missing or ill-formed, or the run is of a newer version.
    """
    refuse_newer(run)
    return {one.name: _value(run, one, where) for one, where in stored_fields(kind)}


def _value(run: "RunRecord", one: "Field[Any]", where: Stored) -> Any:
    name = where.names[0]
    entries: Mapping[str, Any] = getattr(run, PLACES[type(name)])
    if isinstance(name, (TagFamily, MetricFamily)):
        return {
            key.removeprefix(name): read_one(run, key, value, where.spelling)
            for key, value in entries.items()
            if key.startswith(name)
        }
    if name in entries:
        return read_one(run, name, entries[name], where.spelling)
    if one.default is MISSING:
        raise missing(run, name)
    return one.default


def shown(value: str | float) -> str:
    """Return how a stored value stands in a message: no longer than can be read.

    Example:
        >>> shown("1e-3"), len(shown("9" * 5000))
        ("'1e-3'", 100)
    """
    return shortened(repr(value))


def shortened(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return a text without its middle if it has more than so many characters."""
    half = (longest - 4) // 2
    return text if len(text) <= longest else f"{text[:half]} .. {text[-half:]}"


def read_one(run: "RunRecord", name: str, value: str | float, spelling: Spelling) -> Any:
    """Return a value as it was before it was written."""
    try:
        return spelling.read(value)
    except (ValueError, OverflowError):
        raise StoredRunError(
            f"the run {run.name!r} ({run.run_id}) has {name} = {shown(value)}, which must be "
            f"{spelling.rule}. It was changed after it was written; mend it, or delete the run "
            "and start its sweep again."
        ) from None


def missing(run: Any, name: Name) -> StoredRunError:
    """Return the error that a run has no such tag, param or metric.

    Args:
        run: has `name` and `run_id`.
        name: of what is missing.
    """
    what = PLACES[type(name)].removesuffix("s")
    return StoredRunError(
        f"the run {run.name!r} ({run.run_id}) has no {what} {name}, which every run of its kind "
        "has at its end. It was changed after it was written, or another program made it; "
        "delete it and start its sweep again."
    )


def refuse_newer(run: "RunRecord") -> None:
    """Refuse a run that holds what this version cannot know.

    Raises:
        StoredRunError: names the run and its version.
    """
    stored_version = run.tags.get(Tag.SCHEMA_VERSION, "0")
    version: int = read_one(run, Tag.SCHEMA_VERSION, stored_version, WHOLE)
    if version > SCHEMA_VERSION:
        raise StoredRunError(
            f"the run {run.name!r} ({run.run_id}) was made by a newer version of glorot_sweep: its "
            f"{Tag.SCHEMA_VERSION} is {version}, and this version knows up to {SCHEMA_VERSION}. "
            "Install the newer version."
        )
