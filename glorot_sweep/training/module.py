"""A pack as a LightningModule: one training step applies a whole chunk of updates."""

from collections.abc import Sequence

import pytorch_lightning as pl
import torch
from torch import Tensor

from glorot_sweep.data.datamodule import Chunk
from glorot_sweep.data.dataset import scale_pixels
from glorot_sweep.network.layout import Architecture
from glorot_sweep.network.packed import PackedNetwork
from glorot_sweep.network.passes import PackedPass
from glorot_sweep.specs import PackSpec, TrialSpec
from glorot_sweep.training.checkpoint import Checkpoint
from glorot_sweep.training.pretraining import LayerPretraining, VisibleBias

PRECISIONS = {"float32": torch.float32, "float64": torch.float64}


def architecture(trial: TrialSpec) -> Architecture:
    """Return what a trial contributes to a pack's networks."""
    variant = trial.network_variant
    return Architecture(variant.activation, variant.initialization, trial.depth, trial.weight_seed)


class PackModule(pl.LightningModule):
    """Trains all trials of a pack in lockstep by plain SGD.

    Optimization is manual and needs no optimizer object: see `PackedPass.update`.

    Args:
        spec: the pack.
        n_inputs, n_classes: of the data set.

    Attributes:
        spec: the pack as it began.
        trials: the trials still in training.
        input_scaling: how grey levels become inputs.
        updates: SGD steps done; Lightning's own step counts chunks and is used for nothing.
        layer_ends: updates of pre-training at which each hidden layer is finished; none if
            the trials are not pre-trained.
        pretrained: updates of pre-training done, a hidden layer at a time.
        data_seeds: the distinct streams, in the order in which chunks hold them.
    """

    def __init__(self, spec: PackSpec, n_inputs: int, n_classes: int) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.spec = spec
        self.trials = list(spec.trials)
        self.updates = self.pretrained = 0
        self.input_scaling = spec.first.input_scaling
        self.data_seeds = list(dict.fromkeys(trial.data_seed for trial in spec.trials))
        self.network = PackedNetwork(
            [architecture(trial) for trial in spec.trials],
            n_inputs,
            n_classes,
            spec.first.width,
            PRECISIONS[spec.precision],
        )
        self.network.initialize()
        each = spec.first.pretraining.updates if spec.first.pretraining else 0
        layers = range(1, self.network.layout.depth + 1) if each else ()
        self.layer_ends = tuple(each * layer for layer in layers)
        self._pretraining: LayerPretraining | None = None
        self._visible_biases: Sequence[VisibleBias] = ()
        self._loss_sum = torch.zeros(self.network.layout.output_height, dtype=torch.float64)
        self._loss_updates = 0
        self._carried: tuple[list[float], int] | None = None
        self._pass: PackedPass | None = None

    def configure_optimizers(self) -> None:
        """No optimizer: the update is written out."""

    @torch.no_grad()
    def training_step(self, batch: Chunk, batch_idx: int) -> None:
        """Apply every update of a chunk."""
        if batch.layer is not None:
            self._prepared_layer(batch.layer).apply(batch)
            self.pretrained += batch.updates
            return
        self._pretraining = None
        passes = self._prepared_pass()
        size = self.trials[0].batch_size
        targets = self._one_hot(batch.labels)
        losses = targets.new_zeros(batch.updates, *passes.log_probabilities.shape[:2])
        for update in range(batch.updates):
            part = slice(update * size, (update + 1) * size)
            x = scale_pixels(batch.images[:, part], self.network.dtype, self.input_scaling)
            y = targets[:, part]
            if len(self.data_seeds) > 1:  # each trial its own stream
                x = torch.index_select(x, 0, self._streams, out=self._x)
                y = torch.index_select(y, 0, self._streams, out=self._y)
            log_probabilities = passes.update(x, y, self._scale)
            torch.sum(log_probabilities * y, -1, out=losses[update])
        # One update after another: a sum over the chunk would round by its length and by K.
        for loss in losses.double().mean(2):
            self._loss_sum -= loss
        self._loss_updates += batch.updates
        self.updates += batch.updates

    def train_loss(self) -> tuple[list[float], int]:
        """Return each trial's summed training loss, in nats, and the updates it is summed over."""
        if self._carried is not None:  # restored, and no update since
            return self._carried
        sums = self._loss_sum.cpu()
        return [float(sums[self._position(t)]) for t in range(len(self.trials))], self._loss_updates

    def restore(self, trials: Sequence[int], checkpoint: Checkpoint) -> None:
        """Go on where a checkpoint was taken, with these trials."""
        self.keep(trials)
        going = [checkpoint.going[trial.key] for trial in self.trials]
        for index, trial in enumerate(going):
            for ours, stored in zip(self.network.layers_of(index), trial.layers, strict=True):
                for tensor, values in zip(ours, stored, strict=True):
                    tensor.copy_(torch.from_numpy(values))
        self.updates = checkpoint.updates
        # It may be of a pack with deeper trials, which went on when these were finished.
        self.pretrained = min(checkpoint.pretrained, max(self.layer_ends, default=0))
        self._visible_biases = [trial.visible_bias for trial in going]
        self._carried = [trial.loss_sum for trial in going], checkpoint.loss_updates

    @property
    def is_pretrained(self) -> bool:
        """Whether nothing is left to pre-train."""
        return self.pretrained == max(self.layer_ends, default=0)

    def visible_biases(self) -> list[VisibleBias]:
        """Return what each trial must keep of the layer that is being pre-trained."""
        if self._pretraining is None or self.pretrained in self.layer_ends:
            return list(self._visible_biases) or [None] * len(self.trials)
        return [self._pretraining.visible_bias(trial) for trial in range(len(self.trials))]

    def mean_train_loss(self) -> list[float]:
        """Return each trial's mean training loss since the last call, in nats."""
        sums, updates = self.train_loss()
        self._loss_sum, self._loss_updates = torch.zeros_like(self._loss_sum), 0
        return [loss / max(updates, 1) for loss in sums]

    def keep(self, trials: Sequence[int]) -> None:
        """Drop every trial but these: the pack becomes smaller, its work really less."""
        self.network = self.network.keep(trials)
        self.trials = [self.trials[trial] for trial in trials]
        self._pass = None

    def _prepared_layer(self, layer: int) -> LayerPretraining:
        """Buffers of the layer in pre-training; those of the one before are given up."""
        if self._pretraining is None or self._pretraining.layer != layer:
            self._pretraining = LayerPretraining(self.network, self.trials, self.data_seeds, layer)
            self._pretraining.restore(self._visible_biases)
            self._visible_biases = ()
        return self._pretraining

    def _prepared_pass(self) -> PackedPass:
        """Buffers, and the vectors that give each place in the stacks its rate and stream."""
        if self._pass is None:
            layout, network = self.network.layout, self.network
            ordered = [self.trials[trial] for trial in layout.order]
            idle = layout.output_height - len(ordered)
            rates = [t.learning_rate / t.batch_size for t in ordered] + [0.0] * idle
            streams = [self.data_seeds.index(t.data_seed) for t in ordered] + [0] * idle
            device = network.device
            self._scale = torch.tensor(rates, dtype=network.dtype, device=device).view(-1, 1, 1)
            self._streams = torch.tensor(streams, device=device)
            self._loss_sum = torch.zeros(layout.output_height, dtype=torch.float64, device=device)
            self._loss_updates = 0
            self._take_carried()
            self._pass = PackedPass(network, ordered[0].batch_size)
            self._x = self._scale.new_empty(layout.output_height, 0, 0)
            self._y = self._scale.new_empty(layout.output_height, 0, 0)
        return self._pass

    def _take_carried(self) -> None:
        """Go on summing where a checkpoint had stopped."""
        if self._carried is not None:
            sums, self._loss_updates = self._carried
            for trial, loss in enumerate(sums):
                self._loss_sum[self._position(trial)] = loss
            self._carried = None

    def _position(self, trial: int) -> int:
        return self.network.layout.position(trial)

    def _one_hot(self, labels: Tensor) -> Tensor:
        classes = self.network.weights[-1].shape[2]
        one_hot = torch.zeros(
            *labels.shape, classes, dtype=self.network.dtype, device=labels.device
        )
        return one_hot.scatter_(-1, labels.unsqueeze(-1), 1)
