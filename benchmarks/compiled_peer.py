"""A plain PyTorch loop under `torch.compile`, for one network."""

import itertools
import time

import torch
from peers import layers_of, sequential
from torch import Tensor
from torch.func import functional_call, grad
from torch.nn.functional import cross_entropy
from workload import Clock, Contender, Layers, Pool


class Compiled(Contender):
    """`torch.compile` of the bare loop's update: loss, gradient and descent are one function.

    To compile the loss alone, with an optimizer beside it, was slower at both widths that were
    tried, 100 and 1000. Compiling is not part of the time.

    Attributes:
        compile_seconds: what the first update took, by number of threads.
    """

    name = "torch.compile of the bare loop"

    def __init__(self, pool: Pool, activation: str, layers: Layers, rate: float) -> None:
        self.device, self.learning_rate = pool.device, rate
        self.model = sequential(activation, layers).to(pool.device)
        self.shape = sequential(activation, layers).to("meta")
        self.parameters = {name: p.detach() for name, p in self.model.named_parameters()}
        self.batches = itertools.cycle(pool.batches)
        self.compile_seconds: dict[str, float] = {}
        self.update = torch.compile(self._update, fullgraph=True)

    def _update(self, x: Tensor, y: Tensor) -> None:
        def loss(parameters: dict[str, Tensor]) -> Tensor:
            return cross_entropy(functional_call(self.shape, parameters, (x,)), y)

        gradients = grad(loss)(self.parameters)
        for name, parameter in self.parameters.items():
            parameter.sub_(self.learning_rate * gradients[name])

    def train(self, clock: Clock) -> None:
        """Loop over the batches; a clock starts when the first of them has been trained on."""
        threads = f"{torch.get_num_threads()} thread(s)"
        with torch.no_grad():
            for x, y in self.batches:
                started = time.perf_counter()
                self.update(x, y)
                self.compile_seconds.setdefault(threads, time.perf_counter() - started)
                if clock.tick():
                    return

    def networks(self) -> list[Layers]:
        """Return the one network."""
        return [layers_of(self.model)]
