"""Compilers that are scripts."""

from pathlib import Path


def script(path: Path, *lines: str) -> Path:
    """Make an executable file of shell commands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


class RecordingCompiler:
    """`cc`, after a while, with a line in a file for each time that it compiles."""

    def __init__(self, folder: Path, seconds: float = 0) -> None:
        self.record = folder / "compiled"
        self.script = script(
            folder / "recording-cc",
            '[ "$1" = --version ] && exec cc --version',
            f'echo "$@" >> "{self.record}"',
            f"sleep {seconds}",
            'exec cc "$@"',
        )

    @property
    def calls(self) -> list[str]:
        """The arguments of each call that compiled."""
        return self.record.read_text().splitlines() if self.record.exists() else []
