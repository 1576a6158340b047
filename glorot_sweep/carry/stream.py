"""A compressed file, read without trust in what it says of itself."""

import lzma
from pathlib import Path
from types import TracebackType
from typing import Self

PIECE = 2**16  # bytes
MEMORY = 2**28  # bytes that unpacking may take; the strongest preset needs a quarter of it
LARGEST_GROWTH = 200  # times its size that a file may unpack to; a sweep's grows tenfold
FREE_GROWTH = 2**26  # bytes that any file may unpack to


class Stream:
    """The content of an .xz file, piece by piece; to be used by `with`.

    Args:
        file: its path.

    Raises:
        OSError: the file cannot be read.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.open("rb")
        size = file.stat().st_size
        self._left = max(FREE_GROWTH, LARGEST_GROWTH * size)
        self._unpack = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def read(self, size: int) -> bytes:
        """Return so many bytes of the content; fewer only at its end.

        Raises:
            ValueError: the file is damaged, ends too early, or grows beyond all bounds.
        """
        parts: list[bytes] = []
        while size and not self._unpack.eof:
            parts.append(self._piece(size))
            size -= len(parts[-1])
        return b"".join(parts)

    def _piece(self, most: int) -> bytes:
        packed = self._file.read(PIECE) if self._unpack.needs_input else b""
        if self._unpack.needs_input and not packed:
            raise ValueError("it ends too early: it was not written or copied to its end")
        try:
            piece = self._unpack.decompress(packed, min(most, PIECE))
        except (lzma.LZMAError, MemoryError) as error:
            raise ValueError(f"it is no .xz file, or damaged ({error})") from None
        self._left -= len(piece)
        if self._left < 0:
            raise ValueError(
                f"it unpacks to more than {LARGEST_GROWTH} times its size, as no sweep does"
            )
        return piece

    def end(self) -> None:
        """Check that nothing follows.

        Raises:
            ValueError: something does.
        """
        if self.read(1) or self._unpack.unused_data or self._file.read(1):
            raise ValueError("something follows its end")
