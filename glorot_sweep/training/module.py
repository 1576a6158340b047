"""A pack as a LightningModule: one training step applies a whole chunk of updates."""

from collections.abc import Callable, Iterator, Sequence

import pytorch_lightning as pl
import torch
from torch import Tensor

from glorot_sweep.data.datamodule import Chunk
from glorot_sweep.data.dataset import Examples, scale_pixels
from glorot_sweep.engine.torch.curvature import hessian_diagonal
from glorot_sweep.engine.torch.layout import Architecture
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.engine.torch.step_rules import RULES, HessianRule, LayerState, StepRule
from glorot_sweep.specs import PackSpec, TrialSpec
from glorot_sweep.training.checkpoint import Checkpoint, Layers
from glorot_sweep.training.pretraining import LayerPretraining, VisibleBias

CURVATURE_EXAMPLES = 500  # LeCun et al. (1998), Sec. 7
CURVATURE_EVERY = 5_000  # updates
CURVATURE_BATCH = 50  # examples of each trial at a time

Stream = Callable[[int, int, int], Examples]
"""`stream(data_seed, first, count)`: see `ImageDataset.training`."""

PRECISIONS = {"float32": torch.float32, "float64": torch.float64}


def architecture(trial: TrialSpec) -> Architecture:
    """Return what a trial contributes to a pack's networks."""
    variant = trial.variant
    return Architecture(variant.activation, variant.initialization, trial.depth, trial.weight_seed)


def step_rule(trials: Sequence[TrialSpec], network: PackedNetwork) -> StepRule | None:
    """Return the rule that these trials share, at its start; None for plain SGD."""
    name = trials[0].variant.step_rule
    if name == "sgd":
        return None
    rates = [trial.learning_rate for trial in trials]
    return RULES[name](network, rates, [_damping(trial) for trial in trials])


def _damping(trial: TrialSpec) -> float:
    if trial.damping is None or not trial.damping > 0:
        raise ValueError(f"{trial.key}: the damping must be positive, got {trial.damping}")
    return trial.damping


def _tensors(layers: Layers) -> list[tuple[Tensor, Tensor]]:
    return [(torch.from_numpy(weight), torch.from_numpy(bias)) for weight, bias in layers]


class PackModule(pl.LightningModule):
    """Trains all trials of a pack in lockstep by SGD.

    Optimization is manual and needs no optimizer object: see `PackedPass.update`.

    Args:
        spec: the pack.
        n_inputs, n_classes: of the data set.
        stream: gives training examples, for a rule that must see some before it steps.

    Attributes:
        spec: the pack as it began.
        trials: the trials still in training.
        input_scaling: how grey levels become inputs.
        cost: what all of them are trained on.
        updates: SGD steps done; Lightning's own step counts chunks and is used for nothing.
        layer_ends: updates of pre-training at which each hidden layer is finished; none if
            the trials are not pre-trained.
        pretrained: updates of pre-training done, a hidden layer at a time.
        data_seeds: the distinct streams, in the order in which chunks hold them.
        rule: how parameters follow their gradients; None: with one learning rate for all.
    """

    def __init__(
        self, spec: PackSpec, n_inputs: int, n_classes: int, stream: Stream | None = None
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.spec = spec
        self.trials = list(spec.trials)
        self.updates = self.pretrained = 0
        self.input_scaling = spec.first.input_scaling
        self.data_seeds = list(dict.fromkeys(trial.data_seed for trial in spec.trials))
        self.cost = spec.first.variant.cost
        self.network = PackedNetwork(
            [architecture(trial) for trial in spec.trials],
            n_inputs,
            n_classes,
            spec.first.widths or spec.first.width,
            PRECISIONS[spec.precision],
        )
        self.network.initialize()
        self.rule, self._stream = step_rule(spec.trials, self.network), stream
        if isinstance(self.rule, HessianRule) and stream is None:
            raise ValueError("the diagonal of the Hessian needs a stream of examples")
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
            if self.rule is not None:
                self._prepare_step(self.rule, self.updates + update)
            part = slice(update * size, (update + 1) * size)
            x = scale_pixels(batch.images[:, part], self.network.dtype, self.input_scaling)
            y = targets[:, part]
            if len(self.data_seeds) > 1:  # each trial its own stream
                x = torch.index_select(x, 0, self._streams, out=self._x)
                y = torch.index_select(y, 0, self._streams, out=self._y)
            log_probabilities = passes.update(x, y, self._scale)
            passes.cost.of_examples(log_probabilities, y, losses[update])
        # One update after another: a sum over the chunk would round by its length and by K.
        for loss in losses.double().mean(2):
            self._loss_sum += loss
        self._loss_updates += batch.updates
        self.updates += batch.updates

    def train_loss(self) -> tuple[list[float], int]:
        """Return each trial's summed cost in training, and the updates it is summed over."""
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
            if self.rule is not None:
                self.rule.load(index, {name: _tensors(v) for name, v in trial.estimates.items()})
        if self.rule is not None:
            self.rule.settle()
        self.updates = checkpoint.updates
        # It may be of a pack with deeper trials, which went on when these were finished.
        self.pretrained = min(checkpoint.pretrained, max(self.layer_ends, default=0))
        self._visible_biases = [trial.visible_bias for trial in going]
        self._carried = [trial.loss_sum for trial in going], checkpoint.loss_updates

    def estimates_of(self, trial: int) -> dict[str, LayerState]:
        """Return what the step rule keeps for a trial, by name; views without padding."""
        return {} if self.rule is None else self.rule.state_of(trial)

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
        """Return each trial's mean cost in training since the last call."""
        sums, updates = self.train_loss()
        self._loss_sum, self._loss_updates = torch.zeros_like(self._loss_sum), 0
        return [loss / max(updates, 1) for loss in sums]

    def keep(self, trials: Sequence[int]) -> None:
        """Drop every trial but these: the pack becomes smaller, its work really less."""
        self.network = self.network.keep(trials)
        if self.rule is not None:
            self.rule = self.rule.keep(self.network, trials)
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
            own = [1.0 if self.rule is not None else t.learning_rate for t in ordered]
            rates = [rate / ordered[0].batch_size for rate in own] + [0.0] * idle
            streams = [self.data_seeds.index(t.data_seed) for t in ordered] + [0] * idle
            device = network.device
            self._scale = torch.tensor(rates, dtype=network.dtype, device=device).view(-1, 1, 1)
            self._streams = torch.tensor(streams, device=device)
            self._loss_sum = torch.zeros(layout.output_height, dtype=torch.float64, device=device)
            self._loss_updates = 0
            self._take_carried()
            self._pass = PackedPass(network, ordered[0].batch_size, self.cost, rule=self.rule)
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

    def _prepare_step(self, rule: StepRule, update: int) -> None:
        rule.begin(update)
        if isinstance(rule, HessianRule) and update % CURVATURE_EVERY == 0:
            self.look_at_curvature(update)

    def look_at_curvature(self, update: int) -> None:
        """Take the diagonal of the Hessian; what is seen depends on the update alone."""
        assert isinstance(self.rule, HessianRule)
        diagonal = hessian_diagonal(self.network, self._curvature_batches(update))
        self.rule.take(*diagonal, number=update // CURVATURE_EVERY)

    def _curvature_batches(self, update: int) -> Iterator[Tensor]:
        """Yield the inputs of the updates that follow, each trial's from its own stream."""
        assert self._stream is not None
        first, device = update * self.trials[0].batch_size, self.network.device
        parts = [self._stream(seed, first, CURVATURE_EXAMPLES) for seed in self.data_seeds]
        images = torch.stack([part.images for part in parts]).to(device)
        for batch in torch.split(images, CURVATURE_BATCH, 1):
            x = scale_pixels(batch, self.network.dtype, self.input_scaling)
            yield x if len(parts) == 1 else x.index_select(0, self._streams)

    def _position(self, trial: int) -> int:
        return self.network.layout.position(trial)

    def _one_hot(self, labels: Tensor) -> Tensor:
        classes = self.network.weights[-1].shape[2]
        one_hot = torch.zeros(
            *labels.shape, classes, dtype=self.network.dtype, device=labels.device
        )
        return one_hot.scatter_(-1, labels.unsqueeze(-1), 1)
