"""What is done after chunks: evaluation at scheduled updates, and telling how far a pack is."""

import math
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pytorch_lightning as pl

from glorot_sweep.data.dataset import ImageDataset, majority_class, majority_error_percent
from glorot_sweep.specs import TrialSpec
from glorot_sweep.tracking.life import State
from glorot_sweep.training.evaluation import Scores, evaluate
from glorot_sweep.training.module import PackModule
from glorot_sweep.training.results import Evaluation, TrialResult, final_errors

Report = Callable[[int, dict[str, Evaluation]], Collection[str]]
"""`report(update, evaluations by key)` returns the keys of the trials to drop."""

Advance = Callable[[int, int], None]
"""`advance(updates, trials)` is told after each chunk how many updates of how many trials ran."""


class AdvanceCallback(pl.Callback):
    """Tells after each chunk how far the pack is; what it raises ends the training.

    It stands last: when it raises, all that was due after this chunk has been done.
    """

    def __init__(self, advance: Advance) -> None:
        self.advance = advance
        self._trials = 0

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Any, batch_idx: int
    ) -> None:
        """Note how many trials this chunk is for: some lack its layer, some may leave after it."""
        assert isinstance(pl_module, PackModule)
        layer = batch.layer or 0
        self._trials = sum(trial.depth > layer for trial in pl_module.trials)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Pass on the size of the chunk and the number of trials."""
        self.advance(batch.updates, self._trials)


class EvaluationCallback(pl.Callback):
    """Evaluates the pack at its scheduled updates, reports, and lets trials leave.

    Args:
        dataset: its validation set decides; its test set is only recorded, for replicates.
        report: told the evaluations; returns the keys of the trials to drop.

    Attributes:
        results: each trial's result, once it has left the pack.
    """

    def __init__(self, dataset: ImageDataset, report: Report) -> None:
        self.dataset, self.report = dataset, report
        self.curves: dict[str, list[Evaluation]] = {}
        self.results: dict[str, TrialResult] = {}

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Evaluate, if this update is scheduled."""
        assert isinstance(pl_module, PackModule)
        if pl_module.updates in pl_module.trials[0].evaluate_at:
            self._evaluate(pl_module)
            trainer.should_stop = not pl_module.trials

    def _evaluate(self, module: PackModule) -> None:
        trials = list(module.trials)
        losses = module.mean_train_loss()
        validation = evaluate(module.stepper, self.dataset.validation)
        is_replicate = trials[0].purpose == "replicate"
        test = evaluate(module.stepper, self.dataset.test) if is_replicate else None
        finite: dict[str, Evaluation] = {}
        for index, trial in enumerate(trials):
            self.curves.setdefault(trial.key, [])
            if math.isfinite(losses[index]) and math.isfinite(validation.losses[index]):
                finite[trial.key] = Evaluation(
                    module.updates,
                    losses[index],
                    float(validation.losses[index]),
                    float(validation.errors[index]),
                    None if test is None else float(test.errors[index]),
                )
                self.curves[trial.key].append(finite[trial.key])
        dropped = self.report(module.updates, finite)
        self._let_leave(module, trials, set(finite), set(dropped), test)

    def _let_leave(
        self,
        module: PackModule,
        trials: list[TrialSpec],
        finite: set[str],
        dropped: set[str],
        test: Scores | None,
    ) -> None:
        staying = []
        for index, trial in enumerate(trials):
            if trial.key not in finite:
                self.results[trial.key] = self._diverged(trial, module.updates)
            elif module.updates == trial.updates:
                self.results[trial.key] = self._ended(module, trial, index, State.COMPLETE, test)
            elif trial.key in dropped:
                self.results[trial.key] = self._ended(module, trial, index, State.PRUNED, None)
            else:
                staying.append(index)
        if len(staying) < len(trials):
            module.keep(staying)

    def _ended(
        self,
        module: PackModule,
        trial: TrialSpec,
        index: int,
        state: State,
        test: Scores | None,
    ) -> TrialResult:
        curve = tuple(self.curves[trial.key])
        weights = None
        if test is not None:
            weights = {
                f"{kind}_{layer}": values.astype(np.float32)
                for layer, pair in enumerate(module.stepper.state_of(index).layers)
                for kind, values in zip(("weight", "bias"), pair, strict=True)
            }
        return TrialResult(
            trial.key,
            state,
            module.updates,
            curve,
            *final_errors(curve, trial.window if state is State.COMPLETE else 1),
            None if test is None else test.predictions[index],
            weights,
        )

    def _diverged(self, trial: TrialSpec, updates: int) -> TrialResult:
        validation = self.dataset.validation
        curve = tuple(self.curves[trial.key])
        error = majority_error_percent(validation.labels)
        if trial.purpose != "replicate":
            return TrialResult(trial.key, State.DIVERGED, updates, curve, error)
        labels, answer = self.dataset.test.labels, majority_class(validation.labels)
        return TrialResult(
            trial.key,
            State.DIVERGED,
            updates,
            curve,
            error,
            100 * int((labels != answer).sum()) / len(labels),
            labels.new_full((len(labels),), answer).byte().numpy(),
        )
