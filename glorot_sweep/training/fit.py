"""`fit_pack`: from a pack's specification to its results, with a Lightning Trainer."""

import logging
import signal
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytorch_lightning as pl
from pytorch_lightning.plugins.environments import LightningEnvironment  # type: ignore[attr-defined]
from pytorch_lightning.utilities.exceptions import SIGTERMException

from glorot_sweep.data.datamodule import PackDataModule
from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.errors import StopRequested
from glorot_sweep.specs import PackSpec
from glorot_sweep.training.callbacks import Advance, AdvanceCallback, EvaluationCallback, Report
from glorot_sweep.training.checkpoint_file import CheckpointFile
from glorot_sweep.training.checkpointing import CheckpointCallback
from glorot_sweep.training.matmul import matmul_precision
from glorot_sweep.training.module import PackModule
from glorot_sweep.training.probing import ProbeCallback
from glorot_sweep.training.results import Evaluation, PackResult


def _go_on(update: int, evaluations: dict[str, Evaluation]) -> tuple[str, ...]:  # noqa: ARG001
    return ()


def _say_nothing(updates: int, trials: int) -> None:
    pass


def fit_pack(
    spec: PackSpec,
    dataset: ImageDataset,
    report: Report = _go_on,
    advance: Advance = _say_nothing,
    checkpoint: CheckpointFile | None = None,
    saved: CheckpointFile | None = None,
    engine: str | None = None,
) -> PackResult:
    """Train a pack to its end, from where its checkpoint was taken if there is one.

    Args:
        spec: the trials.
        dataset: the data set that they name.
        report: called at each scheduled update with the evaluations of the trials that go on;
            returns the keys of those to drop. After a restart it is told again what had been
            found before; what it returns then is not used.
        advance: called after each chunk of updates, those of pre-training included.
        checkpoint: where the pack is saved, also when it is stopped. On the CPU a pack that
            goes on from there ends as if it had never stopped, to the last bit.
        saved: checkpoint of a larger pack, to go on from while there is none at `checkpoint`.
        engine: name of the stepper that trains the pack; None: that of the specification.

    Returns:
        A result for each trial, in the order of the specification.

    Raises:
        StopRequested: SIGTERM came, and Lightning noticed it first.
    """
    started = time.perf_counter()
    module = PackModule(spec, dataset.n_inputs, dataset.n_classes, dataset.training, engine)
    probe, evaluation = ProbeCallback(dataset), EvaluationCallback(dataset, report)
    saving = CheckpointCallback(checkpoint, probe, evaluation)
    restored = saving.load(module, saved)
    _tell_again(evaluation.curves, report)
    if module.trials:
        callbacks = [probe, evaluation, saving, AdvanceCallback(advance)]
        try:
            with matmul_precision(spec.first.matmul_precision):
                _train(module, dataset, spec.device, callbacks)
        except StopRequested:
            saving.save(module)
            raise
    results = tuple(
        replace(evaluation.results[trial.key], statistics=tuple(probe.seen[trial.key]))
        for trial in spec.trials
    )
    done = sum(result.updates for result in results)
    done += sum(trial.pretraining_updates for trial in spec.trials)
    done -= restored.model_updates(spec.trials) if restored is not None else 0
    return PackResult(results, time.perf_counter() - started, done)


def _train(
    module: PackModule, dataset: ImageDataset, device: str, callbacks: list[pl.Callback]
) -> None:
    first = module.trials[0]
    stops = sorted({*first.evaluate_at, *first.statistics.updates} - {0})
    feed = PackDataModule(
        dataset,
        module.stepper.data_seeds,
        first.batch_size,
        tuple(stops),
        module.updates,
        module.layer_ends,
        module.pretrained,
        ahead=module.stepper.leaves_torch_idle,
    )
    with _quiet_lightning():
        trainer = pl.Trainer(
            max_epochs=1,
            accelerator="gpu" if device.startswith("cuda") else "cpu",
            devices=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=callbacks,
            # A pack is one process, whatever SLURM says of tasks.
            plugins=[LightningEnvironment()],
        )
        try:
            trainer.fit(module, datamodule=feed)
        except SIGTERMException:
            # Lightning saw the signal before `advance` did. Its exception is a SystemExit without
            # a code: it would end the process as if all were done.
            raise StopRequested(signal.SIGTERM) from None


def _tell_again(curves: Mapping[str, Sequence[Evaluation]], report: Report) -> None:
    by_update: defaultdict[int, dict[str, Evaluation]] = defaultdict(dict)
    for key, curve in curves.items():
        for evaluation in curve:
            by_update[evaluation.update][key] = evaluation
    for update in sorted(by_update):
        report(update, by_update[update])


@contextmanager
def _quiet_lightning() -> Iterator[None]:
    """Keep Lightning's advice about what is done on purpose here out of the output, meanwhile."""
    log = logging.getLogger("pytorch_lightning")
    level = log.level
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*configure_optimizers.*")
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        warnings.filterwarnings("ignore", message=".*`IterableDataset` has `__len__`.*")
        warnings.filterwarnings("ignore", message=".*LeafSpec.*", category=FutureWarning)
        warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
        log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            log.setLevel(level)
