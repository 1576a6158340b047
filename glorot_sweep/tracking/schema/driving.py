"""What drivers leave on the sweep's own run: who holds it, and where packs were saved."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from glorot_sweep.host.process import Process
from glorot_sweep.tracking.schema.fields import LATEST, Part, Spelling, stored
from glorot_sweep.tracking.schema.names import Tag, TagFamily

FREE = "free"


@dataclass(frozen=True)
class Holder:
    """Who holds a sweep.

    Attributes:
        token: drawn anew for each lease; empty: nobody.
        process: that has drawn it; None: what is stored cannot be read.
        since: milliseconds since 1970, by the holder's own clock; shown, and compared with nothing.
    """

    token: str = ""
    process: Process | None = None
    since: int = 0

    @property
    def is_free(self) -> bool:
        """Whether nobody holds the sweep."""
        return not self.token

    @property
    def is_gone(self) -> bool:
        """Whether the holder is known to have ended."""
        return self.process is not None and self.process.is_gone()

    def __str__(self) -> str:
        if self.process is None:
            return "another process"
        time = datetime.fromtimestamp(self.since / 1000, UTC)
        return (
            f"process {self.process.pid} on {self.process.host} since {time:%Y-%m-%d %H:%M:%S} UTC"
        )


NOBODY = Holder()


def _read(text: str) -> Holder:
    """Return a holder; a text that was changed is a holder of whom nothing is known."""
    if text == FREE:
        return NOBODY
    try:
        values = json.loads(text)
        pid, since = int(values["pid"]), int(values["since"])
        words = [str(values[name]) for name in ("host", "boot", "started")]
        token = str(values["token"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Holder(token=text or "?")
    if not (token and pid > 0 and 0 <= since <= LATEST):
        return Holder(token=text)
    return Holder(token, Process(pid, *words), since)


def _write(holder: Holder) -> str:
    if holder.is_free:
        return FREE
    if holder.process is None:
        return holder.token
    return json.dumps({"token": holder.token, **asdict(holder.process), "since": holder.since})


HOLDER = Spelling("who holds the sweep", _read, _write)


@dataclass(frozen=True, kw_only=True)
class Leased(Part):
    """Who holds a sweep, and a sign of life; earlier versions wrote none.

    Attributes:
        holder: of the sweep.
        beat: changes as long as the holder lives.
    """

    holder: Holder = stored(Tag.LEASE, spelling=HOLDER, default=NOBODY)
    beat: str | None = stored(Tag.LEASE_BEAT, default=None)


NOT_HELD = Leased()


@dataclass(frozen=True, kw_only=True)
class SavedIn(Part):
    """Folders in which packs of an unfinished sweep were saved: `host:path`, by a digest of it."""

    saved_in: Mapping[str, str] = stored(TagFamily.SAVED_IN, default_factory=dict)
