"""What the own run of a sweep says of each growth: when, of what, and whether results were seen."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from glorot_sweep.tracking.schema.fields import LATEST, Part, Spelling, stored
from glorot_sweep.tracking.schema.names import TagFamily

MOST_LINES: Final = 40  # that are kept of what has grown
LONGEST_LINE: Final = 150  # characters


class Seen(StrEnum):
    """Which results could be looked at before a sweep grew."""

    NOTHING = "nothing"
    ALL = "all"  # the sweep had ended, and no report was made
    REPORTED = "reported"


@dataclass(frozen=True)
class StoredGrowth:
    """A growth.

    Attributes:
        at: milliseconds since 1970.
        before, after: hash of the configuration.
        seen: see `Seen`.
        lines: what has grown, `key: before -> after`.
    """

    at: int
    before: str
    after: str
    seen: Seen
    lines: tuple[str, ...]

    @property
    def time(self) -> str:
        """When it was."""
        return f"{datetime.fromtimestamp(self.at / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def shortened_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines as they fit into a tag.

    Example:
        >>> len(shortened_lines(("x" * 500,) * 100)), shortened_lines(("x" * 500,))[0][-5:]
        (41, 'xx...')
    """
    kept = [f"{one[: LONGEST_LINE - 3]}..." if len(one) > LONGEST_LINE else one for one in lines]
    more = [f"and {len(kept) - MOST_LINES} more"] if len(kept) > MOST_LINES else []
    return (*kept[:MOST_LINES], *more)


def _read(text: str) -> StoredGrowth:
    """Return a growth.

    Raises:
        ValueError: the text is none.
    """
    try:
        values: Mapping[str, Any] = json.loads(text)
        at, lines = int(values["at"]), tuple(map(str, values["lines"]))
        before, after = str(values["before"]), str(values["after"])
        growth = StoredGrowth(at, before, after, Seen(values["seen"]), lines)
    except (TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError from error
    if not 0 <= growth.at <= LATEST:
        raise ValueError
    return growth


GROWTH = Spelling("a growth of a sweep as JSON", _read, lambda growth: json.dumps(asdict(growth)))


@dataclass(frozen=True, kw_only=True)
class Growths(Part):
    """How a sweep has grown, by number; earlier versions did not let it grow."""

    growths: Mapping[str, StoredGrowth] = stored(
        TagFamily.GROWTH, spelling=GROWTH, default_factory=dict
    )

    @property
    def grown(self) -> tuple[StoredGrowth, ...]:
        """The growths, the oldest first."""
        in_order = sorted(self.growths, key=lambda number: (len(number), number))
        return tuple(self.growths[number] for number in in_order)

    @property
    def earlier_hashes(self) -> frozenset[str]:
        """Of the configurations that runs were made by before the last growth."""
        return frozenset(growth.before for growth in self.growths.values())
