"""The support vector machine as a job: tune C and gamma, fit the best, test it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from glorot_sweep.config.sweep import hash_of
from glorot_sweep.errors import ServiceLostError
from glorot_sweep.host.stop import StopSignal
from glorot_sweep.svm.classifier import Solution, error_percent, fit_kept, fit_on_demand, predict
from glorot_sweep.svm.gaussian_kernel import kernel_of, squared_distances
from glorot_sweep.svm.problem import SvmProblem, prepare_svm
from glorot_sweep.svm.request import SvmRequest
from glorot_sweep.svm.runs import SvmResult, SvmRuns, open_svm_runs
from glorot_sweep.svm.search import SvmSearch, SvmTrial
from glorot_sweep.svm.tuning import TuningProblem
from glorot_sweep.sweep.execution.interruptible import Result, interruptible
from glorot_sweep.sweep.search.attributes import of_run
from glorot_sweep.sweep.storage.database import open_storage, storage_uri
from glorot_sweep.sweep.storage.lock import hold
from glorot_sweep.sweep.storage.patience import Patience
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import describe, is_outage
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import Point
from glorot_sweep.tracking.schema.beside import SvmRun, SvmStudyMark, SvmTrialFinals
from glorot_sweep.tracking.schema.fields import metrics_of, tags_of
from glorot_sweep.tracking.schema.names import Metric
from glorot_sweep.tracking.schema.runs import read

PAPER = 59.47  # Sec. 2.1, percent, 100,000 examples


def run_svm(
    request: SvmRequest,
    uri: str | None,
    experiment: str | None,
    storage: str | None,
    console: Console,
) -> tuple[Place, str]:
    """Fit, continue, or recognize as complete the machine that is asked for.

    Returns:
        The place, and the id of the machine's run, which is finished.

    Raises:
        UserError: something asked for cannot be; nothing was created.
        SweepHeldError: another process works on the same machine, with the same storage.
        ServiceLostError: a server, a database or a disk failed for longer than was waited.
        StopRequested: a signal came; what was running is marked as killed.
    """
    stop = StopSignal()
    stop.install()
    with stop.at_once():
        problem = prepare_svm(request)
    storage = storage_uri(storage, tracking_uri(uri))
    place = open_place(uri, experiment, create=True)
    if place.project_run:
        stop.follow_parent()
    patience = Patience(check=stop.check)
    try:
        name = f"svm+{problem.dataset.name}+{hash_of(request.identity())}"
        with hold(storage, name, patience, scope=place.scope):
            runs = open_svm_runs(request, problem, place)
            if runs.was_complete is None:
                _Work(request, problem, runs, place, storage, stop, console).run()
            elif runs.invocation:
                runs.invocation.finish(State.COMPLETE)
    except Exception as error:
        if is_outage(error):
            raise ServiceLostError(
                f"{describe(error)}. Finished trials are kept; the same command continues once "
                "it is mended."
            ) from None
        raise
    if runs.was_complete is not None:
        console.print(f"{runs.key} is complete: nothing to do.", markup=False)
    _show(place, runs.run.run_id, request, console)
    return place, runs.run.run_id


@dataclass
class _Work:
    """The part during which runs are open."""

    request: SvmRequest
    problem: SvmProblem
    runs: SvmRuns
    place: Place
    storage: str
    stop: StopSignal
    console: Console

    def run(self) -> None:
        """Do the work; whatever happens, leave true statuses."""
        with true_statuses(*(r for r in (self.runs.run, self.runs.invocation) if r is not None)):
            name = f"{self.runs.key}/{self.runs.run.run_id[:8]}"
            patience = Patience(check=self.stop.check)
            search = SvmSearch(open_storage(self.storage), name, self.request.seed, patience)
            self.runs.run.tag(tags_of(SvmStudyMark(optuna_study=name)))
            with _progress(self.console) as progress:
                self._search(search, progress)
                result = self._fit(search.best(), progress)
            self.runs.finish(result, self.problem.dataset.test)

    def _search(self, search: SvmSearch, progress: Progress) -> None:
        done = len(search.finished())
        total, tuning = self.request.trials, self.problem.tuning
        # One that is told has lost its run if that was deleted: it is fitted again, told once.
        left = [number for number in range(total) if number >= done or self.runs.lacks(number)]
        title = f"C and gamma on {len(tuning):,} examples: trials"
        task = progress.add_task(title, total=total, completed=total - len(left))
        if not left:
            return
        self._say(progress, f"{title} {total - len(left)}/{total}")
        validation = self.problem.dataset.validation
        scoring = self._watched(partial(TuningProblem, tuning, validation))
        for number in left:
            trial = search.ask(number)
            run = self.runs.open_trial(trial, len(tuning))
            with true_statuses(run):
                started = time.monotonic()
                score = self._watched(partial(scoring.score, trial.c, trial.gamma))
                seconds = time.monotonic() - started
                finals = SvmTrialFinals(
                    objective=score.error,
                    support_vectors=score.support_vectors,
                    fit_seconds=seconds,
                )
                run.add(Point(key, value, 0) for key, value in metrics_of(finals).items())
                run.finish(State.COMPLETE)
            search.tell(number, score.error, of_run(run.run_id, self.place.page_of))
            progress.advance(task)
            self._say(
                progress,
                f"trial {number + 1}/{total}: C {trial.c:.3g}, gamma {trial.gamma:.3g}: validation "
                f"error {score.error:.2f} % ({seconds:.1f} s)",
            )

    def _fit(self, best: SvmTrial, progress: Progress) -> SvmResult:
        train, dataset = self.problem.train, self.problem.dataset
        title = f"best: C {best.c:.3g}, gamma {best.gamma:.3g}; fit on {len(train):,} examples"
        progress.add_task(title, total=None)
        self._say(progress, title)
        started = time.monotonic()
        solution = self._watched(partial(self._solve, best))
        fitted = time.monotonic()
        support = train.images.index_select(0, torch.from_numpy(solution.support))
        of = partial(predict, solution, support, best.gamma)
        validation = self._watched(partial(of, dataset.validation.images))
        predicted = time.monotonic()
        test = self._watched(partial(of, dataset.test.images))
        return SvmResult(
            trial=best,
            validation_error=error_percent(validation, dataset.validation.labels),
            predictions=test,
            test_error=error_percent(test, dataset.test.labels),
            support_vectors=len(solution.support),
            fit_seconds=fitted - started,
            test_seconds=time.monotonic() - predicted,
        )

    def _solve(self, best: SvmTrial) -> Solution:
        train, plan = self.problem.train, self.problem.memory
        if not plan.kept:
            return fit_on_demand(train.images, train.labels, best.c, best.gamma, plan.cache)
        kernel = kernel_of(squared_distances(train.images, train.images), best.gamma)
        return fit_kept(kernel, train.labels, best.c)

    def _watched(self, work: Callable[[], Result]) -> Result:
        return interruptible(work, self.stop.check)

    def _say(self, progress: Progress, text: str) -> None:
        progress.console.print(text, highlight=False, markup=False, soft_wrap=True)


def _progress(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _show(place: Place, run_id: str, request: SvmRequest, console: Console) -> None:
    """Print what the machine is worth, as it stands on the server."""
    record = get_run(place.client, run_id)
    assert record is not None
    found = read(SvmRun, record).needs
    test, validation = found(Metric.TEST_ERROR), found(Metric.VALIDATION_ERROR)
    c, gamma, support_vectors = (
        found(metric) for metric in (Metric.C, Metric.GAMMA, Metric.SUPPORT_VECTORS)
    )
    low, high = found(Metric.TEST_ERROR_LOW), found(Metric.TEST_ERROR_HIGH)
    is_papers = request.dataset.startswith("shapeset")
    papers = f" (the paper, 100,000 examples: {PAPER} %)" if is_papers else ""
    for line in (
        f"{record.name}: test error {test:.2f} % [{low:.2f}, {high:.2f}], validation error "
        f"{validation:.2f} %{papers}",
        f"C {c:.4g}, gamma {gamma:.4g}, the best of {request.trials} trials on "
        f"{min(request.tuning_examples, request.examples):,} examples",
        f"{support_vectors:,.0f} of {request.examples:,} examples are support vectors; "
        f"fitted in {found(Metric.FIT_SECONDS):.1f} s, tested in "
        f"{found(Metric.TEST_SECONDS):.1f} s",
        f"MLflow UI: {place.ui_lines()[0]}",
    ):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
