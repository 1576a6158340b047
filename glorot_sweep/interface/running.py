"""`run_sweep`: a sweep from Python, as the command `sweep` runs one, without a terminal."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import at_home
from glorot_sweep.host.stop import GuestStop
from glorot_sweep.interface.asking import Question, sweep_file
from glorot_sweep.interface.guest import as_guest, importing
from glorot_sweep.interface.watching import Progress, Watched, onlookers, silent
from glorot_sweep.sweep.execution.options import ExecutionOptions
from glorot_sweep.tracking import address as store_address

if TYPE_CHECKING:  # what trains is loaded once the question has been checked
    from glorot_sweep.interface.sweep import Sweep
    from glorot_sweep.sweep.job import SweepOutcome


def run_sweep(
    question: Question,
    *,
    tracking_uri: str | None = None,
    experiment: str | None = None,
    storage: str | None = None,
    data_folder: str | Path | None = None,
    checkpoints: str | Path | None = None,
    executor: str = "local",
    workers: int = 0,
    address: str | None = None,
    accept_changed_code: bool = False,
    progress: Progress = None,
    report: bool = True,
) -> "Sweep":
    """Run a sweep, or continue it, or recognize it as complete; then report it.

    The same question gives the same sweep, whichever form it has and however often it is
    interrupted. Nothing is printed. Ctrl-C stops at the next point from which the same call goes
    on, and is a KeyboardInterrupt as ever; a second one stops at once.

    Args:
        question: path of a sweep file, its content as a dictionary, or a `SweepConfig`. Relative
            paths in a dictionary count from the current folder.
        tracking_uri: MLflow's; None: MLFLOW_TRACKING_URI, else `mlflow.db` in the current folder.
        experiment: MLflow's; None: MLFLOW_EXPERIMENT_NAME, else `glorot_sweep`.
        storage: URI of Optuna's database; None: `optuna.db` in the current folder.
        data_folder: holds `mnist/` and so on; None: GLOROT_SWEEP_DATA, else `data/`.
        checkpoints: folder for unfinished packs; None: beside Optuna's file.
        executor: `local`: one pack after another in this process; `ray`: side by side.
        workers: of Ray; 0: one for each device.
        address: of a running Ray cluster, host:port; None: this machine.
        accept_changed_code: go on although code, parts, data, libraries or processor have changed.
        progress: None; `bar`: bars on the standard error; or a function that is told each
            `ProgressEvent`, many times a second. What it raises ends the sweep.
        report: compile the report and store it in MLflow, unless there is one already.

    Returns:
        The finished sweep, to be read from the tracking server.

    Raises:
        UserError: something in the question, the data, the addresses or the devices is wrong;
            nothing was created.
        SweepHeldError: another driver works on it.
        ServiceLostError: a server, a database or a disk failed for longer than was waited.
        TooManyFailuresError: more runs failed for good than the question allows.
    """
    asked = sweep_file(question)
    execution = ExecutionOptions(executor, workers, address or None)
    execution.check(store_address.tracking_uri(tracking_uri))
    _refuse_ray_in_a_thread(execution)
    console, watch = onlookers(progress)
    with as_guest():
        with importing():
            from glorot_sweep.data.catalog import load_dataset  # noqa: PLC0415
            from glorot_sweep.interface.sweep import Sweep  # noqa: PLC0415
            from glorot_sweep.sweep.job import SweepOptions  # noqa: PLC0415
            from glorot_sweep.sweep.job import run_sweep as run  # noqa: PLC0415

        options = SweepOptions(
            tracking_uri or None, experiment or None, storage or None, _folder(data_folder),
            _folder(checkpoints), execution, accept_changed_code,
        )  # fmt: skip
        load_dataset.cache_clear()  # files may have changed since the last call
        stop = GuestStop()
        watched = Watched(watch, stop)
        try:
            with stop.heard():
                outcome = run(asked, options, console, stop=stop, watch=watched)
        finally:
            watched.reraise()
        if report:
            _report(outcome)
        return Sweep(outcome.place, outcome.config.name)


def _report(outcome: "SweepOutcome") -> None:
    """Store a report, unless there is one of the sweep as it is."""
    from glorot_sweep.papers import find_paper  # noqa: PLC0415
    from glorot_sweep.report.job import existing_report, run_report  # noqa: PLC0415

    place, name = outcome.place, outcome.config.name
    paper = find_paper(outcome.config.paper)
    if not outcome.was_complete or existing_report(place, name, paper) is None:
        run_report(place, name, paper, silent())


def _refuse_ray_in_a_thread(execution: ExecutionOptions) -> None:
    """Ray sets signal handlers when it starts, which only the main thread may."""
    if execution.executor == "ray" and threading.current_thread() is not threading.main_thread():
        raise UserError(
            "the executor ray starts in the main thread alone; this call came from "
            f"{threading.current_thread().name}. Call it there, or choose the executor local."
        )


def _folder(named: str | Path | None) -> Path | None:
    return at_home(Path(named)) if named else None
