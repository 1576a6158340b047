"""Checkpoints on disk: written whole or not at all, checked on reading, the previous one kept."""

import hashlib
import logging
import os
from pathlib import Path

from glorot_sweep.training.checkpoint import Checkpoint, CheckpointError, decode, encode

logger = logging.getLogger(__name__)

DIGEST_BYTES = 32  # SHA-256, at the file's end
PREVIOUS = ".previous"


class CheckpointFile:
    """The checkpoint of one pack and the one before it.

    Args:
        path: of the newest one; its folder exists or is made.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.previous = path, path.with_name(path.name + PREVIOUS)

    def write(self, checkpoint: Checkpoint) -> None:
        """Store a checkpoint; if that fails, those that were there are still there."""
        content = encode(checkpoint)
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

    def read(self) -> Checkpoint | None:
        """Return the newest checkpoint that is whole; None if there is none."""
        for path in (self.path, self.previous):
            try:
                return _read(path)
            except FileNotFoundError:
                continue
            except CheckpointError as error:
                logger.warning("the checkpoint %s cannot be used: %s", path, error)
        return None

    def delete(self) -> None:
        """Remove both; it is no error if they are gone."""
        self.path.unlink(missing_ok=True)
        self.previous.unlink(missing_ok=True)


def _read(path: Path) -> Checkpoint:
    content = path.read_bytes()
    content, digest = content[:-DIGEST_BYTES], content[-DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != digest:
        raise CheckpointError("its checksum is wrong: it was cut off or altered")
    return decode(content)
