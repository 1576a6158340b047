"""The native core: networks trained by C code that the machine's own compiler makes."""

from pathlib import Path


class NativeUnavailable(Exception):  # noqa: N818 - a state of the machine; the caller has a way on
    """The native core cannot be had on this machine; the message is one line that says why.

    Args:
        reason: the line.
        error_line: the compiler's first error, if it was the compiler that failed.
        output_file: the file with all that the compiler said, if it was.
    """

    def __init__(
        self, reason: str, error_line: str | None = None, output_file: Path | None = None
    ) -> None:
        super().__init__(reason)
        self.error_line = error_line
        self.output_file = output_file
