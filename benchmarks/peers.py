"""The peers of `training.py` in plain PyTorch, as a competent user would write them.

All of them train networks of one size by plain SGD on the same pre-made batches, from the same
weights. They differ in who does the work of an update, and in how many trials one call trains.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.nn.functional import cross_entropy
from workload import BATCH, Clock, Contender, Layers, Pool

from glorot_sweep.engine.inputs import scale_pixels

MODULES: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "tanh": nn.Tanh,
}
TURN = 10  # updates of one network before a loop over several goes to the next
Start = tuple[str, Layers]
"""Activation and initial weights of a network."""


class BareLoop(Contender):
    """A plain PyTorch loop: networks are trained one after the other.

    `nn.Sequential`, `cross_entropy`, `backward`, `torch.optim.SGD`,
    `zero_grad(set_to_none=True)`, float32 batches in memory; the loss is never read. The
    optimizer's three implementations are tried. Networks that differ take turns, so that the
    rate is that of all of them.
    """

    name = "bare PyTorch loop"
    settings = ("fused", "foreach", "for-loop")

    def __init__(self, pool: Pool, starts: list[Start], rate: float) -> None:
        self.device, self.learning_rate = pool.device, rate
        self.models = [sequential(*start).to(pool.device) for start in starts]
        dtype = starts[0][1][0][0].dtype
        batches = pool.batches if dtype == torch.float32 else _as_dtype(pool, dtype)
        self._streams = [itertools.cycle(batches) for _ in starts]
        self._turns = itertools.cycle(zip(self.models, self._streams, strict=True))

    def train(self, clock: Clock) -> None:
        """Go round the networks; the optimizer has no state, so each turn may make a new one."""
        for model, batches in self._turns:
            if self._turn(model, batches, clock):
                return

    def _turn(
        self, model: nn.Module, batches: Iterator[tuple[Tensor, Tensor]], clock: Clock
    ) -> bool:
        """Train one network for a turn, or for ever if it is alone; say if time is over."""
        options: Mapping[str, Any] = {
            "fused": {"fused": True},
            "foreach": {"foreach": True},
            "for-loop": {"foreach": False},
        }[self.setting or "for-loop"]
        optimizer = torch.optim.SGD(model.parameters(), lr=self.learning_rate, **options)
        alone = len(self.models) == 1
        for x, y in batches if alone else itertools.islice(batches, TURN):
            optimizer.zero_grad(set_to_none=True)
            cross_entropy(model(x), y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            if clock.tick():
                return True
        return False

    def train_each(self, updates: int) -> None:
        """Train every network for so many updates: whole turns, if there are several."""
        self.train(Clock(updates=updates * len(self.models)))

    def networks(self) -> list[Layers]:
        """Return every network."""
        return [layers_of(model) for model in self.models]


class Vmap(Contender):
    """`torch.func`: stacked modules, `vmap` over the gradient of a functional call, all trials.

    The update is one in-place operation over the list of stacked parameters. Eager mode, as in
    PyTorch's tutorial on model ensembling.
    """

    name = "torch.func.vmap"

    def __init__(self, pool: Pool, activation: str, networks: list[Layers], rate: float) -> None:
        self.trials, self.learning_rate, self.device = len(networks), rate, pool.device
        self.batches = itertools.cycle(pool.batches)
        models = [sequential(activation, layers) for layers in networks]
        stacked, _ = stack_module_state(models)
        self.stacked = {name: value.detach().to(pool.device) for name, value in stacked.items()}
        self.base = models[0].to("meta")
        self.gradient = vmap(grad(self._loss), in_dims=(0, None, None))

    def _loss(self, parameters: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        return cross_entropy(functional_call(self.base, parameters, (x,)), y)

    def train(self, clock: Clock) -> None:
        """Loop over batches that all trials share."""
        names, values = list(self.stacked), list(self.stacked.values())
        with torch.no_grad():
            for x, y in self.batches:
                gradients = self.gradient(self.stacked, x, y)
                torch._foreach_add_(
                    values, [gradients[n] for n in names], alpha=-self.learning_rate
                )
                if clock.tick():
                    return

    def networks(self) -> list[Layers]:
        """Take the stacks apart."""
        values = [value.cpu() for value in self.stacked.values()]
        return [
            [(w[i].T.clone(), b[i].clone()) for w, b in zip(values[::2], values[1::2], strict=True)]
            for i in range(self.trials)
        ]


def sequential(activation: str, layers: Layers) -> nn.Sequential:
    """Return an ordinary network with copies of these weights."""
    modules: list[nn.Module] = []
    for weight, bias in layers:
        fan_in, fan_out = weight.shape
        linear = nn.Linear(fan_in, fan_out, dtype=weight.dtype)
        with torch.no_grad():
            linear.weight.copy_(weight.T)
            linear.bias.copy_(bias)
        modules += [linear, MODULES[activation]()]
    return nn.Sequential(*modules[:-1])


def layers_of(model: nn.Module) -> Layers:
    """Return copies of a network's weights [fan_in, fan_out] and biases [fan_out]."""
    linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
    return [(m.weight.detach().cpu().T.clone(), m.bias.detach().cpu().clone()) for m in linears]


def _as_dtype(pool: Pool, dtype: torch.dtype) -> list[tuple[Tensor, Tensor]]:
    images = scale_pixels(pool.images[: 100 * BATCH], dtype).to(pool.device)
    labels = pool.labels.to(pool.device)
    return list(zip(torch.split(images, BATCH), torch.split(labels, BATCH), strict=False))
