"""A candidate for GPUs: some updates of a pack as one CUDA graph, launched with a single call.

An update of a pack is some fifty small kernels; launching them takes the CPU longer than the GPU
needs to run them. A graph is recorded around passes and descent once, and replayed on new batches
copied into the place of the recorded ones.
"""

import itertools
from collections import deque

import torch
from torch import Tensor
from workload import BATCH, Clock, Contender, Layers, Pool

from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.torch.descent import LinearDescent
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.engine.torch.stepper import architecture
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.specs import TrialSpec

AHEAD = 16  # replays that may wait: without a bound a slice of seconds queues minutes of work
WARM_UP = 3  # calls before recording: libraries choose kernels and take workspace in the first ones


class RecordedUpdates:
    """What is recorded: updates on batches that lie at a fixed place.

    Attributes:
        images: 8-bit, [updates * batch, inputs].
        targets: one-hot labels [updates, batch, padded classes].
        losses: summed training losses [stack, batch].
    """

    def __init__(self, network: PackedNetwork, trials: tuple[TrialSpec, ...], updates: int) -> None:
        self.passes, self.updates = PackedPass(network, BATCH), updates
        self.descent = LinearDescent(STEP_RULES["sgd"], network, trials)
        device, classes = network.device, network.weights[-1].shape[2]
        self.images = torch.zeros(
            updates * BATCH, network.n_inputs, dtype=torch.uint8, device=device
        )
        self.targets = torch.zeros(updates, BATCH, classes, device=device)
        self.losses = torch.zeros(network.layout.output_height, BATCH, device=device)
        rates = [rate / BATCH for rate in self.descent.signal_rates]
        stacked = network.layout.stacked(rates, network.layout.depth, 0.0)
        self.scale = torch.tensor(stacked, device=device).view(-1, 1, 1)

    def put(self, images: Tensor, targets: Tensor) -> None:
        """Copy batches to where the updates read them."""
        self.images.copy_(images)
        self.targets.copy_(targets)

    def run(self) -> None:
        """Do all updates, one after another."""
        for update, batch in enumerate(torch.split(self.images, BATCH)):
            y = self.targets[update : update + 1]
            x = scale_pixels(batch, self.scale.dtype).unsqueeze(0)
            self.losses -= (self.passes.forward(x) * y).sum(-1)
            self.passes.backward(y, self.scale, self.descent.descend)


class GraphPacked(Contender):
    """The pack of this project, its updates replayed from a CUDA graph; the setting says how many.

    Batches are 8-bit in the device's memory; 8-bit to float and the training losses are part of the
    time, Lightning is not.
    """

    settings = ("1", "5", "20")
    threads_tried = (1,)

    def __init__(
        self, name: str, pool: Pool, trials: tuple[TrialSpec, ...], setting: str = "1"
    ) -> None:
        self.name, self.specs, self.trials, self.device = name, trials, len(trials), pool.device
        self.setting = setting
        architectures = [architecture(trial) for trial in trials]
        self.network = PackedNetwork(
            architectures, pool.n_inputs, pool.n_classes, trials[0].width, device=pool.device
        )
        self.network.initialize()
        self.images = pool.images.to(pool.device)
        padded = self.network.weights[-1].shape[2]
        one_hot = torch.nn.functional.one_hot(pool.labels, padded).float()
        self.targets = one_hot.view(-1, BATCH, padded).to(pool.device)
        self._recorded: dict[str, tuple[torch.cuda.CUDAGraph, RecordedUpdates]] = {}

    def train(self, clock: Clock) -> None:
        """Replay the graph on one part of the pool after another."""
        graph, recorded = self._graph()
        updates = recorded.updates
        batches = zip(
            torch.split(self.images, updates * BATCH),
            torch.split(self.targets, updates),
            strict=True,
        )
        under_way: deque[torch.cuda.Event] = deque()
        for images, targets in itertools.cycle(batches):
            recorded.put(images, targets)
            graph.replay()
            under_way.append(torch.cuda.Event())  # type: ignore[no-untyped-call]
            under_way[-1].record()
            if len(under_way) > AHEAD:
                under_way.popleft().synchronize()
            if clock.tick(updates):
                return

    def networks(self) -> list[Layers]:
        """Return copies of the unpadded slices of the stacks."""
        return [
            [(w.cpu().clone(), b.cpu().clone()) for w, b in self.network.layers_of(trial)]
            for trial in range(self.trials)
        ]

    def _graph(self) -> tuple[torch.cuda.CUDAGraph, RecordedUpdates]:
        """Record once for each setting; what that does to the weights is undone."""
        if self.setting not in self._recorded:
            recorded = RecordedUpdates(self.network, self.specs, int(self.setting))
            parameters = [*self.network.weights, *self.network.biases]
            kept = [values.clone() for values in parameters]
            aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                for _ in range(WARM_UP):
                    recorded.run()
            torch.cuda.current_stream().wait_stream(aside)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                recorded.run()
            for values, before in zip(parameters, kept, strict=True):
                values.copy_(before)
            self._recorded[self.setting] = graph, recorded
        return self._recorded[self.setting]
