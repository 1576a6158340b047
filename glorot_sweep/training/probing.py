"""Layer statistics of a pack on the probe, the same 300 test examples every time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytorch_lightning as pl

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.diagnostics.summary import summarize
from glorot_sweep.engine.stepper import Stepper
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.training.module import PackModule

JACOBIAN_EXAMPLES = 3  # a decomposition of 1000 x 1000 takes as long as 50 updates


class ProbeCallback(pl.Callback):
    """Takes layer statistics of every trial of the pack at its scheduled updates.

    Update 0 is where the whole network begins to learn: after its pre-training, if it has any.

    It stands before the callback that lets trials leave, so that it sees a trial's end.

    Args:
        dataset: has the probe.

    Attributes:
        seen: rows of each trial, by key.
    """

    def __init__(self, dataset: ImageDataset) -> None:
        self.dataset = dataset
        self.seen: defaultdict[str, list[LayerStatistics]] = defaultdict(list)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Probe at update 0, unless the pack goes on from a checkpoint and was probed there."""
        assert isinstance(pl_module, PackModule)
        was_probed = any(self.seen[trial.key] for trial in pl_module.trials)  # one may have none
        if not pl_module.updates and not was_probed:
            self._probe_if_scheduled(pl_module)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Probe, if this update is scheduled."""
        self._probe_if_scheduled(pl_module)

    def _probe_if_scheduled(self, module: pl.LightningModule) -> None:
        assert isinstance(module, PackModule)
        statistics = module.trials[0].statistics
        if module.updates not in statistics.updates or not module.is_pretrained:
            return
        probe = self.dataset.probe
        rows = summarize(
            module.stepper.trace(probe.images, probe.labels),
            module.updates,
            detailed=module.updates in statistics.detailed_at,
            saturation_bound=statistics.saturation_bound,
            jacobian_examples=JACOBIAN_EXAMPLES,
        )
        for index, trial in enumerate(module.trials):
            ours = rows.get(index, [])
            if trial.damping is not None and module.updates:
                ours = _with_shares(ours, module.stepper, index)
            self.seen[trial.key].extend(ours)


def _with_shares(
    rows: Iterable[LayerStatistics], stepper: Stepper, index: int
) -> list[LayerStatistics]:
    """Fill in the share of each layer's weights whose estimate exceeds the trial's damping."""
    trial = stepper.trials[index]
    assert trial.damping is not None
    estimates = stepper.state_of(index).estimates[STEP_RULES[trial.variant.step_rule].estimate]
    shares = [float(np.mean(weights > trial.damping)) for weights, _ in estimates]
    return [
        replace(row, above_damping=shares[row.layer - 1]) if row.quantity == "weight" else row
        for row in rows
    ]
