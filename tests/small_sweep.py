"""A small sweep in this process, and everything that it left behind."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from sweep_builders import (
    all_runs,
    by_name,
    grouped_values,
    small_dataset,
    store_uri,
    write_sweep,
    write_values,
)

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.execution.devices import LocalDevices
from glorot_sweep.sweep.execution.executor import Executor, LocalExecutor
from glorot_sweep.sweep.execution.options import ExecutionOptions
from glorot_sweep.sweep.execution.worker import PackJob
from glorot_sweep.sweep.job import SweepOptions, run_sweep
from glorot_sweep.tracking.place import Place
from glorot_sweep.training.results import PackResult

ONE_VARIANT = {"variants": ["tanh"]}
# For tests that compare no number with those of the whole sweep: one pack, then the replicates.
ONE_PACK = {**ONE_VARIANT, "search.trials": 4, "search.generation": 4, "statistics": "none"}
# It is saved at a rung before its end.
LONG = {**ONE_PACK, "search.updates": 300, "search.rungs": [100]}


def options(folder: Path, executor: str = "local") -> SweepOptions:
    storage = f"sqlite:///{folder / 'optuna.db'}"
    execution = ExecutionOptions(executor)
    return SweepOptions(store_uri(folder), "tests", storage, execution=execution)


def sweep(
    folder: Path,
    changes: Mapping[str, Any] | None = None,
    console: Console | None = None,
    executor: str = "local",
    **given: Any,
) -> Any:
    """Run or continue a sweep in the stores of a folder.

    No model is registered unless that is asked for: it takes longest, and changes no number.
    """
    return run_file(folder, write_sweep(folder / "small.yaml", changes), console, executor, **given)


def grouped_sweep(folder: Path, changes: Mapping[str, Any] | None = None, **given: Any) -> Any:
    """The same of a sweep that is searched in groups."""
    return run_file(folder, write_values(folder / "small.yaml", grouped_values(changes)), **given)


def run_file(
    folder: Path, path: Path, console: Console | None = None, executor: str = "local", **given: Any
) -> Any:
    """The same of a file."""
    file = read_sweep_file(path)
    given.setdefault("datasets", {name: small_dataset(name) for name in file.config.datasets})
    given.setdefault("register", lambda *_: None)
    return run_sweep(file, options(folder, executor), console or Console(quiet=True), **given)


class StopAfter(StopSignal):
    """Asks to stop after so many checks."""

    def __init__(self, checks: int) -> None:
        super().__init__()
        self.left = checks

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.signum = 15
        super().check()


class StopOnceSaved(StopSignal):
    """Asks to stop as soon as a pack is saved."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def check(self) -> None:
        if list(self.folder.glob("checkpoints/*/*.checkpoint")):
            self.signum = 15
        super().check()


class FaultyDevices(LocalDevices):
    """This process, in which the training of some packs raises in its first chunk, every time.

    Attributes:
        sizes: of the packs that were tried.
    """

    def __init__(self, is_bad: Callable[[PackSpec], bool], error: Exception) -> None:
        super().__init__()
        self.is_bad, self.error = is_bad, error
        self.sizes: list[int] = []

    def open(self, *arguments: Any) -> Executor:
        return _FaultyExecutor(self, super().open(*arguments))


class _FaultyExecutor(LocalExecutor):
    def __init__(self, faults: FaultyDevices, real: LocalExecutor) -> None:
        super().__init__(real.runs, real.dataset_of, real.advance, real.device)
        self.faults, self.told = faults, real.advance

    def train(self, job: PackJob) -> PackResult:
        self.faults.sizes.append(len(job.spec.trials))
        is_bad = self.faults.is_bad(job.spec)
        self.advance = self.fail if is_bad else self.told
        if is_bad:  # nothing is saved, or each attempt would get a chunk further
            job = replace(job, checkpoint=None, resume_from=None)
        return super().train(job)

    def fail(self, updates: int, trials: int) -> None:
        raise self.faults.error


class BreakingFile(io.StringIO):
    """A file for a console that raises once some words are written."""

    def __init__(self, words: str, error: BaseException) -> None:
        super().__init__()
        self.words, self.error = words, error

    def write(self, text: str) -> int:
        if self.words in text:
            raise self.error
        return super().write(text)


def numbers(place: Place) -> dict[str, Any]:
    """Every number of every run but its times, by run name; None where it has no metrics."""
    found = {}
    for run in all_runs(place):
        curve = {
            key: [(p.step, p.value) for p in place.client.get_metric_history(run.info.run_id, key)]
            for key in run.data.metrics
        }
        outcome = (run.info.status, run.data.tags["state"])
        found[run.info.run_name] = (outcome, dict(run.data.params), curve)
    return found


def of_variant(found: Mapping[str, Any], variant: str) -> dict[str, Any]:
    """Those of one variant: each study advances independently of the others."""
    return {name: value for name, value in found.items() if name.startswith(f"{variant}-")}


def objectives(place: Place) -> dict[str, Any]:
    """State and objective of every trial, by run name."""
    return {
        name: (run.data.tags["state"], run.data.metrics.get("objective"))
        for name, run in by_name(place).items()
        if run.data.tags["kind"] == "trial"
    }
