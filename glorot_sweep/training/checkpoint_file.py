"""Checkpoints on disk: written whole or not at all, checked on reading, the previous one kept."""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from glorot_sweep.training.checkpoint import TRIALS, Checkpoint, CheckpointError, decode, encode

logger = logging.getLogger(__name__)

DIGEST_BYTES = 32  # SHA-256, at the file's end
PREVIOUS = ".previous"
LONGEST_HEADER = 100_000_000  # bytes; what safetensors itself accepts


class CheckpointFile:
    """The checkpoint of one pack and the one before it.

    Args:
        path: of the newest one; its folder exists or is made.
        made_with: what decides numbers besides the code and the specifications, by name. A
            checkpoint that was made with anything else is not used.
    """

    def __init__(self, path: Path, made_with: Mapping[str, str] | None = None) -> None:
        self.path, self.previous = path, path.with_name(path.name + PREVIOUS)
        self.made_with = dict(made_with or {})

    def write(self, checkpoint: Checkpoint) -> None:
        """Store a checkpoint; if that fails, those that were there are still there."""
        content = encode(checkpoint, self.made_with)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(f"{self.path.name}.{os.getpid()}.unfinished")
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.write(hashlib.sha256(content).digest())
                file.flush()
                os.fsync(file.fileno())
            if self.path.exists():
                os.replace(self.path, self.previous)
            os.replace(unfinished, self.path)
        finally:
            unfinished.unlink(missing_ok=True)

    def read(
        self, refuse: Callable[[Checkpoint], None] = lambda _: None, *, quiet: bool = False
    ) -> Checkpoint | None:
        """Return the newest checkpoint that is whole; None if there is none.

        Args:
            refuse: raises CheckpointError for one that is not to be used either.
            quiet: whether to say nothing of one that cannot be used.
        """
        for path in (self.path, self.previous):
            try:
                found = self._read(path)
                refuse(found)
                return found
            except FileNotFoundError:
                continue
            except CheckpointError as error:
                if not quiet:
                    logger.warning("the checkpoint %s cannot be used: %s", path, error)
        return None

    def _read(self, path: Path) -> Checkpoint:
        content = path.read_bytes()
        content, digest = content[:-DIGEST_BYTES], content[-DIGEST_BYTES:]
        if hashlib.sha256(content).digest() != digest:
            raise CheckpointError("its checksum is wrong: it was cut off or altered")
        return decode(content, self.made_with)

    def delete(self) -> None:
        """Remove both; it is no error if they are gone."""
        self.path.unlink(missing_ok=True)
        self.previous.unlink(missing_ok=True)


def trial_keys(file: CheckpointFile) -> list[str]:
    """Return the keys of the trials in a checkpoint, from its first bytes alone."""
    for path in (file.path, file.previous):
        try:
            with path.open("rb") as stream:
                length = int.from_bytes(stream.read(8), "little")
                header = json.loads(stream.read(min(length, LONGEST_HEADER)))
            keys = json.loads(header["__metadata__"][TRIALS])
            return [key for key in keys if isinstance(key, str)]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue
    return []
