"""The contenders that run in a Lightning Trainer: this project's pack, and Lightning's own loop."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from peers import layers_of, sequential
from pytorch_lightning.loggers import MLFlowLogger
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, IterableDataset
from workload import BATCH, Clock, Contender, Layers, Pool, chunk_updates

from glorot_sweep.data.datamodule import PackDataModule
from glorot_sweep.specs import TORCH, PackSpec, TrialSpec
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


def _trainer(device: str, **options: Any) -> pl.Trainer:
    """Return a Trainer without what a sweep of thousands of runs would not want either."""
    return pl.Trainer(
        accelerator="gpu" if device == "cuda" else "cpu",
        devices=1,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        **options,
    )


class Packed(Contender):
    """This project: `PackModule` in a Lightning Trainer, as `fit_pack` runs it, on one engine.

    Chunks of updates go through `PackDataModule`; 8-bit to float, one-hot labels and the
    training losses are part of the time. Making the images and measuring errors are not.
    """

    def __init__(
        self, name: str, pool: Pool, trials: tuple[TrialSpec, ...], engine: str = TORCH
    ) -> None:
        self.name, self.pool, self.trials = name, pool, len(trials)
        self.device = pool.device
        self.chunk = chunk_updates(pool.n_inputs, trials[0].width, len(trials), pool.device)
        spec = PackSpec(trials, device=pool.device)
        self.module = PackModule(spec, pool.n_inputs, pool.n_classes, engine=engine)

    def train(self, clock: Clock) -> None:
        """Run a Trainer on the same module for a slice."""
        stop = int(min(clock.limit_updates, 200_000))
        stops = (*range(self.chunk, stop, self.chunk), stop)
        stepper = self.module.stepper
        feed = PackDataModule(
            self.pool, stepper.data_seeds, BATCH, stops, ahead=stepper.leaves_torch_idle
        )
        callbacks = [AdvanceCallback(lambda *_: None), _Slice(clock)]
        trainer = _trainer(self.device, max_epochs=1, logger=False, callbacks=callbacks)
        trainer.fit(self.module, datamodule=feed)

    def networks(self) -> list[Layers]:
        """Return copies of the weights and biases."""
        states = [self.module.stepper.state_of(trial) for trial in range(self.trials)]
        return [
            [(torch.from_numpy(weight), torch.from_numpy(bias)) for weight, bias in state.layers]
            for state in states
        ]


class _Plain(pl.LightningModule):
    """The module of Lightning's own tutorials: automatic optimization, one metric logged."""

    def __init__(self, model: nn.Module, rate: float) -> None:
        super().__init__()
        self.model, self.learning_rate = model, rate

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        x, y = batch
        loss = cross_entropy(self.model(x), y)
        self.log("train/loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=self.learning_rate)


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
        self.pool, self.folder, self.device = pool, folder, pool.device
        self.module = _Plain(sequential(activation, layers), rate)

    def train(self, clock: Clock) -> None:
        """Run a Trainer, with an MLflow run of its own, for a slice."""
        logger = MLFlowLogger(
            "benchmark",
            tracking_uri=f"sqlite:///{self.folder / 'mlflow.db'}",
            artifact_location=(self.folder / "artifacts").as_uri(),
        )
        loader = DataLoader(_Endless(self.pool.batches), batch_size=None, num_workers=0)
        trainer = _trainer(self.device, max_epochs=1, logger=logger, callbacks=[_Slice(clock)])
        trainer.fit(self.module, loader)

    def networks(self) -> list[Layers]:
        """Return the one network."""
        return [layers_of(self.module.model)]
