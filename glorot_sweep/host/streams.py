"""Standard streams that may end before the work does: what is shown is lost then, nothing else.

A reader leaves (`| head -1`), a terminal is closed, a command is started without streams (`>&-`).
Without this the next line that is printed would end the command, and a stream that was closed
would give its number to the first file that is opened: a database, say.
"""

import errno
import io
import os
import select
import sys
from typing import Final

CLOSED: Final = frozenset({errno.EPIPE, errno.EIO, errno.EBADF})
"""Nobody reads any more: the pipe's other end, or the terminal, is gone."""


class _Output(io.FileIO):
    """A descriptor that is written to as long as it takes anything."""

    failure: OSError | None = None

    def write(self, block: "io.ReadableBuffer", /) -> int:  # type: ignore[name-defined]
        """Write, if need be to nowhere; wait where others have made a pipe non-blocking."""
        try:
            while (written := super().write(block)) is None:
                select.select([], [self], [])
            return written
        except OSError as error:
            self.failure = self.failure or error
            _lead_nowhere(self.fileno())
            return memoryview(block).nbytes


_outputs: list[_Output] = []


def keep_streams() -> None:
    """Let the command outlive its standard streams, and show every character somehow.

    Streams that somebody has put in the place of the interpreter's own are left alone.
    """
    for descriptor in range(3):
        if not _is_open(descriptor):
            _lead_nowhere(descriptor)
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - for the life of the process
    if sys.stdout is sys.__stdout__:
        sys.stdout = _kept(1, sys.stdout)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _kept(2, sys.stderr)


def unwritten() -> OSError | None:
    """Return why something could not be shown although somebody was there to see it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    failures = (output.failure for output in _outputs)
    return next((one for one in failures if one is not None and one.errno not in CLOSED), None)


def _kept(descriptor: int, stream: io.TextIOWrapper | None) -> io.TextIOWrapper:
    output = _Output(descriptor, "w", closefd=False)
    _outputs.append(output)
    return io.TextIOWrapper(
        io.BufferedWriter(output),
        encoding=None if stream is None else stream.encoding,
        errors="backslashreplace",  # of a file's name in another encoding, say
        line_buffering=descriptor == 2 or output.isatty(),
        write_through=stream is not None and stream.write_through,
    )


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _lead_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != descriptor:  # as it is where that number was the lowest free one
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
