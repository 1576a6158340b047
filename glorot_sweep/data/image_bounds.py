"""How much may be read of images whose files come from anywhere: all of them are held in memory."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from glorot_sweep.errors import UserError
from glorot_sweep.host.limits import memory_limit

LARGEST_FILE = 16 * 2**20  # bytes of an encoded image; none that a network can take has a tenth
LARGEST_IMAGE = 3 * 512 * 512  # numbers: the first weights of 1,000 units take 3 GB with so many
SHARE = 0.5  # of the memory of machine or container that images may take, encoded or decoded
UNPACKED_TIMES, UNPACKED_BESIDE = 20, 64 * 2**20  # images do not get smaller by being packed


@cache
def room() -> int:
    """Return the bytes that the images of a data set may take."""
    return int(SHARE * memory_limit())


@dataclass
class Budget:
    """What may still be read of a data set.

    Attributes:
        path: of the data set, for messages.
        most: bytes of all files together.
        largest: bytes of one file.
    """

    path: Path
    most: int
    largest: int = LARGEST_FILE

    def __post_init__(self) -> None:
        self._taken = 0

    def take(self, name: str, size: int) -> None:
        """Count a file before it is read.

        Raises:
            UserError: it is too large for an image, or all files together are.
        """
        if size > self.largest:
            raise UserError(
                f"{self.path}: {name} has {size:,} bytes; an image may have {self.largest:,}. "
                "Make it smaller, or take it away."
            )
        self._taken += size
        if self._taken > self.most:
            raise self.exceeded()

    def exceeded(self) -> UserError:
        """Return the message for a data set that is too large."""
        return UserError(
            f"{self.path}: its files have more than {self.most:,} bytes together, which is more "
            "than may be read of it: half of the memory, and of a compressed tar "
            f"{UNPACKED_TIMES} times its size and 64 MiB. Take some away, or unpack the tar."
        )


def unpacked_budget(path: Path, packed: int, largest: int = LARGEST_FILE) -> Budget:
    """Return what may be read of a tar of so many bytes, of which a file has at most `largest`."""
    return Budget(path, min(room(), UNPACKED_TIMES * packed + UNPACKED_BESIDE), largest)


class BoundedStream:
    """A stream of unpacked bytes that is not read beyond a budget, whatever its headers say.

    Args:
        stream: of bytes; can be sought in.
        budget: whose limit counts for the place in the stream.
    """

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self.stream, self.budget = stream, budget

    def read(self, size: int = -1) -> bytes:
        """Return at most so many bytes, all with -1; refuse what is too much."""
        left = self.budget.most - self.stream.tell()
        block = self.stream.read(left + 1 if size < 0 else min(size, left + 1))
        if len(block) > left:
            raise self.budget.exceeded()
        return block

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; of a compressed stream all that lies before it is unpacked."""
        if place > self.budget.most:
            raise self.budget.exceeded()
        return self.stream.seek(place, whence)

    def tell(self) -> int:
        """Return the place in the stream."""
        return self.stream.tell()
