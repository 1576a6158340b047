"""The signs of life of a lease's holder."""

import threading
from contextlib import suppress
from itertools import count

from glorot_sweep.tracking.lease_tags import BRIEF_SECONDS, LeaseTags
from glorot_sweep.tracking.schema.driving import Holder
from glorot_sweep.tracking.schema.names import Tag

BEAT_SECONDS = 2.0  # between two signs of life


class Heartbeat:
    """Counts a tag up from a thread of its own, as long as the holder's token stands.

    One request follows another, so that those to a slow server do not pile up. One that fails is
    not repeated: the next sign of life is due soon, and an outage is for those to tell who need
    the store. The thread touches neither torch nor any random state.

    Attributes:
        lost_to: whose token was found instead.
    """

    def __init__(self, tags: LeaseTags, holder: Holder) -> None:
        self.lost_to: Holder | None = None
        self._tags, self._token = tags, holder.token
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="signs of life")

    def start(self) -> None:
        """Begin with the first sign of life, at once."""
        self._thread.start()

    def stop(self) -> None:
        """End it; a request that hangs is not waited for, and harms nobody."""
        self._ended.set()
        self._thread.join(BRIEF_SECONDS)

    def _beat(self) -> None:
        for number in count(1):
            with suppress(Exception):
                if not self._is_ours():
                    return
                self._tags.write_briefly(Tag.LEASE_BEAT, str(number))
            if self._ended.wait(BEAT_SECONDS):
                return

    def _is_ours(self) -> bool:
        standing = self._tags.read_briefly().holder
        if standing.is_free or standing.token == self._token:
            return True
        self.lost_to = standing
        return False
