"""When a pack is saved, and how it goes on from what was saved."""

import time
from dataclasses import replace
from typing import Any

import pytorch_lightning as pl

from glorot_sweep.training.callbacks import EvaluationCallback
from glorot_sweep.training.checkpoint import Checkpoint, GoingTrial
from glorot_sweep.training.checkpoint_check import refuse_unfit
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.module import PackModule
from glorot_sweep.training.probing import ProbeCallback

SAVE_SECONDS = 60.0  # the most that is lost between two rungs


class CheckpointCallback(pl.Callback):
    """Saves a pack after every evaluation, and whenever the last time is a minute ago.

    It stands after the callbacks that probe, evaluate and let trials leave: what it saves has seen
    all that was due.

    Args:
        file: where to save; None: nowhere.
        probe, evaluation: hold what the trials have shown so far.
    """

    def __init__(
        self, file: CheckpointFile | None, probe: ProbeCallback, evaluation: EvaluationCallback
    ) -> None:
        self.file, self.probe, self.evaluation = file, probe, evaluation
        self.saved = time.monotonic()
        self._evaluations: tuple[int, ...] = ()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Learn when evaluations are due; at the end there is no trial left to ask."""
        assert isinstance(pl_module, PackModule)
        self._evaluations = pl_module.trials[0].evaluate_at

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Save, if it is time."""
        assert isinstance(pl_module, PackModule)
        is_due = time.monotonic() - self.saved > SAVE_SECONDS
        if is_due or pl_module.updates in self._evaluations:
            self.save(pl_module)

    def save(self, module: PackModule) -> None:
        """Save the pack as it stands."""
        if self.file is not None:
            self.file.write(self._take(module))
            self.saved = time.monotonic()

    def load(self, module: PackModule, saved: CheckpointFile | None = None) -> Checkpoint | None:
        """Bring pack and callbacks to where they were when the newest checkpoint was taken.

        Trials that it does not know, or knows with another specification, would have to start
        anew and cannot share the pack; then nothing is taken from it. Nor is it from one that holds
        what the pack cannot have left.

        Args:
            module: the pack, still as it begins.
            saved: checkpoint of a larger pack, used while this one has none of its own.

        Returns:
            The pack's part of the checkpoint; None if none was used.
        """

        def refuse(stored: Checkpoint) -> None:
            if (ours := stored.of_all(module.trials)) is not None:
                refuse_unfit(ours, module, self.evaluation.dataset)

        for file in (self.file, saved):
            stored = file.read(refuse) if file is not None else None
            checkpoint = stored.of_all(module.trials) if stored is not None else None
            if checkpoint is not None:
                self._restore(module, checkpoint)
                return checkpoint
        return None

    def _restore(self, module: PackModule, checkpoint: Checkpoint) -> None:
        for key, result in checkpoint.ended.items():
            self.evaluation.results[key] = result
            self.evaluation.curves[key] = list(result.curve)
            self.probe.seen[key] = list(result.statistics)
        for key, trial in checkpoint.going.items():
            self.evaluation.curves[key] = list(trial.curve)
            self.probe.seen[key] = list(trial.statistics)
        module.restore(checkpoint)

    def _take(self, module: PackModule) -> Checkpoint:
        losses, loss_updates = module.train_loss()
        going = {
            trial.key: GoingTrial(
                module.stepper.state_of(index),
                losses[index],
                tuple(self.evaluation.curves.get(trial.key, ())),
                tuple(self.probe.seen[trial.key]),
            )
            for index, trial in enumerate(module.trials)
        }
        ended = {
            key: replace(result, statistics=tuple(self.probe.seen[key]))
            for key, result in self.evaluation.results.items()
        }
        fingerprints = {trial.key: trial.fingerprint for trial in module.spec.trials}
        return Checkpoint(
            module.updates, loss_updates, fingerprints, going, ended, module.pretrained
        )
