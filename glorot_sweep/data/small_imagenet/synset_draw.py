"""How far the draw from one synset has come."""

from dataclasses import dataclass, field

from glorot_sweep.data.small_imagenet.chunk import Chunk, Unreadable
from glorot_sweep.data.small_imagenet.sources import Source


@dataclass
class SynsetDraw:
    """A synset, what it holds, and what was taken from it.

    Attributes:
        class_name: the class it lies in.
        source: its tar or folder.
        sha256: of the source.
        n_bytes: of the source.
        listed: images in the source.
        tried: the first so many of its draw have been read.
        chunks: what was read, by its first place in the draw.
    """

    class_name: str
    source: Source
    sha256: str
    n_bytes: int
    listed: int
    tried: int = 0
    chunks: dict[int, Chunk] = field(default_factory=dict)

    @property
    def in_order(self) -> list[Chunk]:
        """What was read, in the order of the draw."""
        return [self.chunks[first] for first in sorted(self.chunks)]

    @property
    def used(self) -> int:
        """Images drawn and read."""
        return sum(chunk.readable for chunk in self.chunks.values())

    @property
    def unreadable(self) -> Unreadable:
        """Images drawn that could not be read."""
        return tuple(image for chunk in self.in_order for image in chunk.unreadable)

    @property
    def available(self) -> int:
        """Images listed, without those known to be unreadable."""
        return self.listed - len(self.unreadable)
