"""The contenders of `training.py`: this project's pack, and its peers as one would write them.

All of them train networks of one size by plain SGD on the same pre-made batches, from the same
weights. They differ in who does the work of an update, and in how many trials one call trains.
"""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.loggers import MLFlowLogger
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, IterableDataset
from workload import BATCH, Clock, Contender, Layers, Pool

from glorot_sweep.data.datamodule import PackDataModule
from glorot_sweep.data.dataset import scale_pixels
from glorot_sweep.network.single import MODULES
from glorot_sweep.specs import PackSpec, TrialSpec
from glorot_sweep.training.callbacks import AdvanceCallback
from glorot_sweep.training.module import PackModule


class _Slice(pl.Callback):
    """Stops a Lightning Trainer when the clock says so."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Any,
        batch_idx: int,
    ) -> None:  # fmt: skip
        """Count a batch: a chunk of updates for a pack, one update otherwise."""
        trainer.should_stop = self.clock.tick(getattr(batch, "updates", 1))


def _trainer(**options: Any) -> pl.Trainer:
    """Return a Trainer without what a sweep of thousands of runs would not want either."""
    return pl.Trainer(
        accelerator="cpu",
        devices=1,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **options,
    )


class Packed(Contender):
    """This project: `PackModule` in a Lightning Trainer, as `fit_pack` runs it.

    Chunks of 100 updates go through `PackDataModule`; 8-bit to float, one-hot labels and the
    training losses are part of the time. Making the images and measuring errors are not.
    """

    def __init__(self, name: str, pool: Pool, trials: tuple[TrialSpec, ...]) -> None:
        self.name, self.pool, self.trials = name, pool, len(trials)
        self.module = PackModule(PackSpec(trials), pool.n_inputs, pool.n_classes)

    def train(self, clock: Clock) -> None:
        """Run a Trainer on the same module for a slice."""
        stop = int(min(clock.limit_updates, 200_000))
        feed = PackDataModule(self.pool, self.module.data_seeds, BATCH, (stop,))
        callbacks = [AdvanceCallback(lambda *_: None), _Slice(clock)]
        _trainer(max_epochs=1, logger=False, callbacks=callbacks).fit(self.module, datamodule=feed)

    def networks(self) -> list[Layers]:
        """Return copies of the unpadded slices of the stacks."""
        network = self.module.network
        return [
            [(w.clone(), b.clone()) for w, b in network.layers_of(i)] for i in range(self.trials)
        ]


class BareLoop(Contender):
    """A plain PyTorch loop over one trial; trials would run one after the other.

    `nn.Sequential`, `cross_entropy`, `backward`, `torch.optim.SGD`,
    `zero_grad(set_to_none=True)`, float32 batches in memory; the loss is never read. The
    optimizer's three implementations are tried.
    """

    name = "bare PyTorch loop"
    settings = ("fused", "foreach", "for-loop")

    def __init__(self, pool: Pool, activation: str, layers: Layers, rate: float) -> None:
        self.model, self.rate = sequential(activation, layers), rate
        dtype = layers[0][0].dtype
        self.batches = itertools.cycle(
            pool.batches if dtype == torch.float32 else _as_dtype(pool, dtype)
        )

    def train(self, clock: Clock) -> None:
        """Loop over batches; the optimizer has no state, so each slice makes a new one."""
        options: Mapping[str, Any] = {
            "fused": {"fused": True},
            "foreach": {"foreach": True},
            "for-loop": {"foreach": False},
        }[self.setting or "for-loop"]
        optimizer = torch.optim.SGD(self.model.parameters(), lr=self.rate, **options)
        for x, y in self.batches:
            optimizer.zero_grad(set_to_none=True)
            cross_entropy(self.model(x), y).backward()
            optimizer.step()
            if clock.tick():
                return

    def networks(self) -> list[Layers]:
        """Return the one network."""
        return [_layers(self.model)]


class _Plain(pl.LightningModule):
    """The module of Lightning's own tutorials: automatic optimization, one metric logged."""

    def __init__(self, model: nn.Module, rate: float) -> None:
        super().__init__()
        self.model, self.rate = model, rate

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        x, y = batch
        loss = cross_entropy(self.model(x), y)
        self.log("train/loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=self.rate)


class _Endless(IterableDataset[tuple[Tensor, Tensor]]):
    """Ready batches without an end, so that no time goes into the turn of an epoch."""

    def __init__(self, batches: list[tuple[Tensor, Tensor]]) -> None:
        self.batches = batches

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return itertools.cycle(self.batches)


class Lightning(Contender):
    """Lightning with automatic optimization and its MLflow logger, one trial.

    `self.log("train/loss", loss)`, `MLFlowLogger` on SQLite at the default interval of 50
    updates, a `DataLoader` without workers that yields ready batches; no progress bar,
    checkpoints or summary. Starting a Trainer and creating a run are not part of the time.
    """

    name = "Lightning + MLflow logger"

    def __init__(
        self, pool: Pool, activation: str, layers: Layers, rate: float, folder: Path
    ) -> None:
        self.pool, self.folder = pool, folder
        self.module = _Plain(sequential(activation, layers), rate)

    def train(self, clock: Clock) -> None:
        """Run a Trainer, with an MLflow run of its own, for a slice."""
        logger = MLFlowLogger(
            "benchmark",
            tracking_uri=f"sqlite:///{self.folder / 'mlflow.db'}",
            artifact_location=(self.folder / "artifacts").as_uri(),
        )
        loader = DataLoader(_Endless(self.pool.batches), batch_size=None, num_workers=0)
        _trainer(max_epochs=1, logger=logger, callbacks=[_Slice(clock)]).fit(self.module, loader)

    def networks(self) -> list[Layers]:
        """Return the one network."""
        return [_layers(self.module.model)]


class Vmap(Contender):
    """`torch.func`: stacked modules, `vmap` over the gradient of a functional call, all trials.

    The update is one in-place operation over the list of stacked parameters. Eager mode, as in
    PyTorch's tutorial on model ensembling.
    """

    name = "torch.func.vmap"

    def __init__(self, pool: Pool, activation: str, networks: list[Layers], rate: float) -> None:
        self.trials, self.rate = len(networks), rate
        self.batches = itertools.cycle(pool.batches)
        models = [sequential(activation, layers) for layers in networks]
        stacked, _ = stack_module_state(models)
        self.stacked = {name: value.detach() for name, value in stacked.items()}
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
                torch._foreach_add_(values, [gradients[n] for n in names], alpha=-self.rate)
                if clock.tick():
                    return

    def networks(self) -> list[Layers]:
        """Take the stacks apart."""
        values = list(self.stacked.values())
        return [
            [(w[i].T.clone(), b[i].clone()) for w, b in zip(values[::2], values[1::2], strict=True)]
            for i in range(self.trials)
        ]


def sequential(activation: str, layers: Layers) -> nn.Sequential:
    """Return an ordinary network with copies of these weights."""
    modules: list[nn.Module] = []
    for weight, bias in layers:
        linear = nn.Linear(*weight.shape, dtype=weight.dtype)
        with torch.no_grad():
            linear.weight.copy_(weight.T)
            linear.bias.copy_(bias)
        modules += [linear, MODULES[activation]()]
    return nn.Sequential(*modules[:-1])


def _layers(model: nn.Module) -> Layers:
    linears = [module for module in model.modules() if isinstance(module, nn.Linear)]
    return [(m.weight.detach().T.clone(), m.bias.detach().clone()) for m in linears]


def _as_dtype(pool: Pool, dtype: torch.dtype) -> list[tuple[Tensor, Tensor]]:
    images = scale_pixels(pool.images[: 100 * BATCH], dtype)
    return list(zip(images.split(BATCH), pool.labels.split(BATCH), strict=False))
