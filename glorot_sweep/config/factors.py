"""Depth or width as a factor: every variant at every value, each with searches of its own.

A sweep with a factor is one sweep for each value, beside each other: `at_value` returns that one,
in whose `replicates.depths` or `replicates.widths` the value stands alone.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeGuard, TypeVar

from pydantic import BeforeValidator, Field

from glorot_sweep.config.before_groups import OLD_WAY, is_old_way
from glorot_sweep.config.limits import LARGEST_DEPTH, LARGEST_WIDTH, MOST_VALUES
from glorot_sweep.config.section import Depth, Width, as_tuples

if TYPE_CHECKING:
    from glorot_sweep.config.sweep import SweepConfig

FactorName = Literal["depth", "width"]

LIST: Final[Mapping[FactorName, str]] = {"depth": "depths", "width": "widths"}
"""The key of `replicates` that has the values of each factor."""

TABLE_KEY: Final[Mapping[FactorName, str]] = {
    "depth": "search.table_depth",
    "width": "network.width",
}
"""The key of a sweep file that says at which value the table is."""

ALONE: Final[Mapping[FactorName, str]] = {
    "depth": "search.depth {{low: {0}, high: {0}}} with search.table_depth {0}",
    "width": "network.width {0}",
}
"""How a sweep file has one value of each factor, as a format."""

_COUNT = Field(
    max_length=MOST_VALUES,
    json_schema_extra={"constraint": f"2 to {MOST_VALUES} numbers, rising"},
)
Depths = Annotated[tuple[Depth, ...], BeforeValidator(as_tuples), _COUNT]
Widths = Annotated[tuple[Width, ...], BeforeValidator(as_tuples), _COUNT]

Config = TypeVar("Config", bound="SweepConfig")


@dataclass(frozen=True, order=True)
class Value:
    """One value of a factor.

    Attributes:
        factor: `depth` or `width`.
        number: hidden layers, or units of each.
    """

    factor: FactorName
    number: int

    @property
    def word(self) -> str:
        """As it stands in keys and names of runs.

        Example:
            >>> Value("depth", 3).word, Value("width", 100).word
            ('d3', 'w100')
        """
        return f"{self.factor[0]}{self.number}"

    @property
    def seed_words(self) -> tuple[str, int]:
        """What seeds are derived from, beside what they are for."""
        return self.factor, self.number

    def __str__(self) -> str:
        return f"{self.factor} {self.number}"


def value_names(value: Value | None) -> tuple[str, ...]:
    """Return the words that a value adds to keys and names; none without a factor."""
    return () if value is None else (value.word,)


def value_words(value: Value | None) -> tuple[str | int, ...]:
    """Return the words that a value adds to those of a seed; none without a factor."""
    return () if value is None else value.seed_words


def factor_of(config: "SweepConfig") -> FactorName | None:
    """Return what varies beside the variants; None: nothing does."""
    replicates = config.replicates
    return "depth" if replicates.depths else "width" if replicates.widths else None


def values_of(config: "SweepConfig") -> tuple[Value | None, ...]:
    """Return the values of a sweep's factor; without one None alone."""
    factor = factor_of(config)
    if factor is None:
        return (None,)
    numbers: tuple[int, ...] = getattr(config.replicates, LIST[factor])
    return tuple(Value(factor, number) for number in numbers)


def table_value(config: "SweepConfig") -> Value | None:
    """Return the value at which the table is; None without a factor."""
    factor = factor_of(config)
    if factor is None:
        return None
    at = {"depth": config.search.table_depth, "width": config.network.width}
    return Value(factor, at[factor])


def value_of(config: "SweepConfig") -> Value | None:
    """Return the one value of a sweep that `at_value` has returned; None without a factor.

    Raises:
        ValueError: it has several.
    """
    values = values_of(config)
    if len(values) > 1:
        raise ValueError(f"the sweep {config.name!r} has {len(values)} values; see at_value")
    return values[0]


def at_value(config: Config, value: Value | None) -> Config:
    """Return the sweep at one value of its factor; a sweep without one as it is.

    Example:
        >>> from glorot_sweep.config.sweep import SweepConfig
        >>> search = {"trials": 4, "generation": 4, "learning_rate": {"low": 0.01, "high": 0.1}}
        >>> config = SweepConfig(name="mine", datasets=["shapeset"], search=search,
        ...     replicates={"updates": 100, "depths": [2, 3, 5]})
        >>> config.search.table_depth, at_value(config, Value("depth", 3)).search.table_depth
        (5, 3)
    """
    if value is None:
        return config
    number = value.number
    replicates = config.replicates.model_copy(update={LIST[value.factor]: (number,)})
    changed: dict[str, Any] = {"replicates": replicates}
    if value.factor == "depth":
        depth = config.search.depth.model_copy(update={"low": number, "high": number})
        at = {"depth": depth, "table_depth": number}
        changed["search"] = config.search.model_copy(update=at)
    else:
        changed["network"] = config.network.model_copy(update={"width": number})
    return config.model_copy(update=changed)


def factor_text(config: "SweepConfig") -> str:
    """Return a sweep's factor with all its values, in words; empty without one.

    Example:
        >>> from glorot_sweep.config.sweep import SweepConfig
        >>> search = {"trials": 4, "generation": 4, "learning_rate": {"low": 0.01, "high": 0.1}}
        >>> factor_text(SweepConfig(name="mine", datasets=["shapeset"], search=search,
        ...     replicates={"updates": 100, "widths": [50, 100]}))
        'widths 50, 100'
    """
    factor = factor_of(config)
    if factor is None:
        return ""
    numbers = ", ".join(str(value.number) for value in values_of(config) if value is not None)
    return f"{LIST[factor]} {numbers}"


def with_table_value(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a file says, with what follows from a factor; other mistakes are told later.

    Raises:
        ValueError: the file has a factor and gives what contradicts it.
    """
    given, filled = _section(values, "replicates"), dict(values)
    if _are_numbers(depths := given.get("depths"), LARGEST_DEPTH):
        filled["search"] = _search_at_depths(_section(values, "search"), depths[-1])
    network = _section(values, "network")
    if _are_numbers(widths := given.get("widths"), LARGEST_WIDTH) and not network.get("widths"):
        filled["network"] = {"width": widths[-1], **network}
    return filled


def _section(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = values.get(key)
    return found if isinstance(found, dict) else {}


def _are_numbers(numbers: Any, most: int) -> TypeGuard[Sequence[int]]:
    if not isinstance(numbers, list | tuple):
        return False
    return bool(numbers) and all(type(one) is int and 1 <= one <= most for one in numbers)


def _search_at_depths(search: Mapping[str, Any], last: int) -> dict[str, Any]:
    """Return a search at one depth, the table's; a stored one says just that."""
    if is_old_way({"search": search}):
        raise ValueError(_no_old_way("depths"))
    table_depth = search.get("table_depth", last)
    follows = {
        "table_depth": table_depth,
        "depth": {"low": table_depth, "high": table_depth},
        "depth_trials": 0,
    }
    for key in ("depth", "depth_trials"):
        if key in search and search[key] != follows[key]:
            raise ValueError(
                "replicates.depths says which depths there are, each with searches of its own, so "
                f"no depth is searched; leave search.{key} out, got {search[key]}"
            )
    return {**follows, **search}


def _no_old_way(key: str) -> str:
    return (
        f"replicates.{key} gives each value searches of its own, in groups, so search.{OLD_WAY}, "
        "which is one search of before there were groups, must be left out"
    )


def check_factor(config: "SweepConfig") -> None:
    """Refuse a factor that is not one, or that goes with something else in no way.

    Raises:
        ValueError: it does not.
    """
    depths, widths = config.replicates.depths, config.replicates.widths
    factor = factor_of(config)
    if factor is None:
        return
    if depths and widths:
        raise ValueError(
            "replicates.depths and replicates.widths are two factors, and a sweep has one; leave "
            "one out, or make two sweeps"
        )
    key = LIST[factor]
    _check_values(factor, depths or widths)
    if config.search.is_old_way:
        raise ValueError(_no_old_way(key))
    if config.network.widths:
        raise ValueError(
            f"replicates.{key} varies networks of equal layers, and network.widths gives each "
            "layer's own; leave one of both out"
        )
    if config.replicates.until_decided:
        raise ValueError(
            "replicates.until_decided adds seeds at one value alone, so it goes with no "
            f"replicates.{key}; leave one of both out"
        )
    _check_table_value(config, factor)


def _check_values(factor: FactorName, numbers: tuple[int, ...]) -> None:
    key = f"replicates.{LIST[factor]}"
    if len(numbers) < 2:
        (one,) = numbers
        raise ValueError(
            f"{key} compares at least two {LIST[factor]}, got {list(numbers)}; one alone is "
            + ALONE[factor].format(one)
        )
    if any(b <= a for a, b in itertools.pairwise(numbers)):
        raise ValueError(
            f"{key} must be 2 to {MOST_VALUES} numbers that rise strictly, got {list(numbers)}"
        )


def _check_table_value(config: "SweepConfig", factor: FactorName) -> None:
    value = table_value(config)
    if value not in values_of(config):
        numbers = [one.number for one in values_of(config) if one is not None]
        raise ValueError(
            f"{TABLE_KEY[factor]} says at which of replicates.{LIST[factor]} {numbers} the table "
            f"is, got {value.number if value else None}; choose one of them, or leave it out: "
            "then it is the last"
        )
