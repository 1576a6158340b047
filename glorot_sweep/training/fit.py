"""`fit_pack`: from a pack's specification to its results, with a Lightning Trainer."""

import logging
import signal
import time
import warnings
from dataclasses import replace

import pytorch_lightning as pl
from pytorch_lightning.utilities.exceptions import SIGTERMException

from glorot_sweep.data.datamodule import PackDataModule
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import PackSpec
from glorot_sweep.training.callbacks import Advance, AdvanceCallback, EvaluationCallback, Report
from glorot_sweep.training.module import PackModule
from glorot_sweep.training.probing import ProbeCallback
from glorot_sweep.training.results import Measurement, PackResult


def _go_on(update: int, looks: dict[str, Measurement]) -> tuple[str, ...]:  # noqa: ARG001
    return ()


def _say_nothing(updates: int, trials: int) -> None:
    pass


def fit_pack(
    spec: PackSpec,
    dataset: ImageDataset,
    report: Report = _go_on,
    advance: Advance = _say_nothing,
) -> PackResult:
    """Train a pack to its end.

    Args:
        spec: the trials.
        dataset: the data set that they name.
        report: called at each scheduled update with the measurements of the trials that go on;
            returns the keys of those to drop.
        advance: called after each chunk of updates.

    Returns:
        A result for each trial, in the order of the specification.

    Raises:
        StopRequested: SIGTERM came, and Lightning noticed it first.
    """
    started = time.perf_counter()
    module = PackModule(spec, dataset.n_inputs, dataset.n_classes)
    first = spec.first
    stops = sorted({*first.evaluate_at, *first.statistics.updates} - {0})
    feed = PackDataModule(dataset, module.data_seeds, first.batch_size, tuple(stops))
    probe, evaluation = ProbeCallback(dataset), EvaluationCallback(dataset, report)
    with _quiet_lightning():
        trainer = pl.Trainer(
            max_epochs=1,
            accelerator="gpu" if spec.device.startswith("cuda") else "cpu",
            devices=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=[AdvanceCallback(advance), probe, evaluation],
        )
        try:
            trainer.fit(module, datamodule=feed)
        except SIGTERMException:
            # Lightning saw the signal before `advance` did. Its exception is a SystemExit without
            # a code: it would end the process as if all were done.
            raise StopRequested(signal.SIGTERM) from None
    results = tuple(
        replace(evaluation.results[trial.key], statistics=tuple(probe.seen[trial.key]))
        for trial in spec.trials
    )
    return PackResult(
        results, time.perf_counter() - started, sum(result.updates for result in results)
    )


class _quiet_lightning(warnings.catch_warnings):  # noqa: N801 - used like a function
    """Keeps Lightning's advice about what is done on purpose here out of the output."""

    def __enter__(self) -> None:
        super().__enter__()
        logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
        warnings.filterwarnings("ignore", message=".*configure_optimizers.*")
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        warnings.filterwarnings("ignore", message=".*`IterableDataset` has `__len__`.*")
        warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
        warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
