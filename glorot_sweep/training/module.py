"""A pack as a LightningModule: one training step applies a whole chunk of updates."""

from collections.abc import Callable, Sequence

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from torch import Tensor

from glorot_sweep.data.datamodule import Chunk
from glorot_sweep.data.dataset import Examples
from glorot_sweep.engine.engines import make_stepper
from glorot_sweep.engine.stepper import ImageStream
from glorot_sweep.specs import PackSpec
from glorot_sweep.training.checkpoint import Checkpoint

Stream = Callable[[int, int, int], Examples]
"""`stream(data_seed, first, count)`: see `ImageDataset.training`."""


class PackModule(pl.LightningModule):
    """Trains all trials of a pack in lockstep by SGD.

    Optimization is manual and needs no optimizer object: a stepper does it.

    Args:
        spec: the pack.
        n_inputs, n_classes: of the data set.
        stream: gives training examples, for a rule that must see some before it steps.
        engine: name of the stepper that trains the pack; None: that of the specification.

    Attributes:
        spec: the pack as it began.
        trials: the trials still in training.
        stepper: holds their networks and applies updates to them.
        layer_ends: updates of pre-training at which each hidden layer is finished; none if
            the trials are not pre-trained.
    """

    def __init__(
        self,
        spec: PackSpec,
        n_inputs: int,
        n_classes: int,
        stream: Stream | None = None,
        engine: str | None = None,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.spec = spec
        self.trials = list(spec.trials)
        images_of = None if stream is None else _images_of(stream)
        engine = engine or spec.first.engine
        self.stepper = make_stepper(engine, spec, n_inputs, n_classes, images_of)
        each = spec.first.pretraining.updates if spec.first.pretraining else 0
        layers = range(1, max(trial.depth for trial in spec.trials) + 1) if each else ()
        self.layer_ends = tuple(each * layer for layer in layers)
        self._loss_sum: NDArray[np.float64] = np.zeros(len(self.trials))
        self._loss_updates = 0

    @property
    def updates(self) -> int:
        """SGD steps done; Lightning's own step counts chunks and is used for nothing."""
        return self.stepper.updates

    @property
    def pretrained(self) -> int:
        """Updates of pre-training done, a hidden layer at a time."""
        return self.stepper.pretrained

    @property
    def is_pretrained(self) -> bool:
        """Whether nothing is left to pre-train."""
        return self.pretrained == max(self.layer_ends, default=0)

    def configure_optimizers(self) -> None:
        """No optimizer: the stepper has the update written out."""

    def training_step(self, batch: Chunk, batch_idx: int) -> None:
        """Apply every update of a chunk."""
        if batch.layer is not None:
            self.stepper.pretrain_chunk(batch.images, batch.layer)
            return
        losses = self.stepper.update_chunk(batch.images, batch.labels)
        # One update after another: a sum over the chunk would round by its length.
        with np.errstate(over="ignore", invalid="ignore"):  # of a trial that diverges
            self._loss_sum = np.add.accumulate(np.vstack([self._loss_sum, losses]))[-1]
        self._loss_updates += len(losses)

    def train_loss(self) -> tuple[list[float], int]:
        """Return each trial's summed cost in training, and the updates it is summed over."""
        return self._loss_sum.tolist(), self._loss_updates

    def mean_train_loss(self) -> list[float]:
        """Return each trial's mean cost in training since the last call."""
        sums, updates = self.train_loss()
        self._loss_sum, self._loss_updates = np.zeros_like(self._loss_sum), 0
        return [loss / max(updates, 1) for loss in sums]

    def keep(self, trials: Sequence[int]) -> None:
        """Drop every trial but these; with none left nothing remains to be done."""
        self.trials = [self.trials[trial] for trial in trials]
        self._loss_sum = self._loss_sum[list(trials)]
        if trials:
            self.stepper.keep(trials)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on where a checkpoint was taken, with the trials that were in training there."""
        self.keep([i for i, trial in enumerate(self.trials) if trial.key in checkpoint.going])
        if not self.trials:
            return
        going = [checkpoint.going[trial.key] for trial in self.trials]
        # It may be of a pack with deeper trials, which went on when these were finished.
        pretrained = min(checkpoint.pretrained, max(self.layer_ends, default=0))
        self.stepper.load([trial.network for trial in going], checkpoint.updates, pretrained)
        self._loss_sum = np.array([trial.loss_sum for trial in going])
        self._loss_updates = checkpoint.loss_updates


def _images_of(stream: Stream) -> ImageStream:
    def images_of(data_seed: int, first: int, count: int) -> Tensor:
        return stream(data_seed, first, count).images

    return images_of
