"""Where the checkpoints of a sweep's packs lie, and which unfinished trials they hold."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import lasting, obstacle
from glorot_sweep.specs import TrialSpec
from glorot_sweep.sweep.records.identity import DATA_SET
from glorot_sweep.tracking.address import database_file, is_sqlite
from glorot_sweep.training.checkpoint_file import PREVIOUS, CheckpointFile, trial_keys

DEFAULT_FOLDER = "checkpoints"
SUFFIX = ".checkpoint"


def checkpoint_root(named: Path | None, storage: str) -> Path:
    """Return where the folders of sweeps are: as named, else `checkpoints` beside Optuna's file.

    Args:
        named: from the command line.
        storage: URI of Optuna's database; for a server the current folder counts.

    Raises:
        UserError: no folder can be made or written there.
    """
    if named is None:
        named = (
            database_file(storage).parent if is_sqlite(storage) else Path.cwd()
        ) / DEFAULT_FOLDER
    root = lasting(named)
    if (blocked := obstacle(root)) is not None:
        raise UserError(
            f"checkpoints cannot be written to {root} ({blocked} is no folder in which this user "
            "may create files). Change its rights, or name another folder with --checkpoints."
        )
    return root


@dataclass(frozen=True)
class CheckpointFolder:
    """The folder of one sweep. Workers on other machines must see it under the same path.

    Attributes:
        path: the folder; made when the first checkpoint is written.
        made_with: see `CheckpointFile`.
    """

    path: Path
    made_with: Mapping[str, str] = field(default_factory=dict)

    def file(self, trials: Iterable[TrialSpec]) -> CheckpointFile:
        """Return the checkpoint of a pack of these trials."""
        trials = list(trials)
        words = json.dumps(sorted((trial.key, trial.fingerprint) for trial in trials))
        name = hashlib.sha256(words.encode()).hexdigest()[:16]
        return self._file(self.path / f"{name}{SUFFIX}", trials)

    def groups(
        self, trials: Sequence[TrialSpec]
    ) -> tuple[list[tuple[CheckpointFile, list[TrialSpec]]], list[TrialSpec]]:
        """Divide trials into those that were saved together, and those that are in no checkpoint.

        The newest checkpoint that knows a trial counts.
        """
        left = {trial.key: trial for trial in trials}
        groups = []
        for file in self._newest_first():
            known = [left.pop(key) for key in trial_keys(file) if key in left]
            if known:
                groups.append((self._file(file.path, known), known))
        return groups, list(left.values())

    def forget(self, keys: Collection[str]) -> None:
        """Delete the checkpoints of which every trial is among these."""
        for file in self._newest_first():
            known = trial_keys(file)  # of none that can be read nobody knows whose it is
            if known and all(key in keys for key in known):
                file.delete()

    def clear(self) -> bool:
        """Delete the folder, and the one that held it if no other sweep needs that.

        Files that are no checkpoints stay, and then the folder does.

        Returns:
            Whether it is gone.
        """
        with suppress(OSError):
            for path in self.path.glob(f"*{SUFFIX}*"):
                path.unlink(missing_ok=True)
            self.path.rmdir()
        with suppress(OSError):
            self.path.parent.rmdir()
        return not self.path.exists()

    def _file(self, path: Path, trials: Sequence[TrialSpec]) -> CheckpointFile:
        """Return a checkpoint of trials; data sets that are none of theirs decide nothing of it."""
        own = {f"{DATA_SET}{trial.dataset}" for trial in trials}
        decisive = {
            name: value
            for name, value in self.made_with.items()
            if name in own or not name.startswith(DATA_SET)
        }
        return CheckpointFile(path, decisive)

    def _newest_first(self) -> list[CheckpointFile]:
        paths = dict[Path, float]()
        for path in sorted(self.path.glob(f"*{SUFFIX}*")):
            if path.name.endswith((SUFFIX, PREVIOUS)):
                with suppress(FileNotFoundError):  # a worker is just moving it to PREVIOUS
                    saved = path.stat().st_mtime
                    file = path.with_name(path.name.removesuffix(PREVIOUS))
                    paths[file] = max(saved, paths.get(file, saved))
        return [CheckpointFile(path) for path in sorted(paths, key=lambda p: -paths[p])]
