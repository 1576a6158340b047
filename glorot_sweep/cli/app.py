"""The command `glorot-sweep`: its groups of commands joined, each end with its exit code."""

import logging
import os
import signal
import sys
from typing import Annotated

import typer

from glorot_sweep.cli import beside, carrying, files, images, reporting, shipped, stores, sweeping
from glorot_sweep.cli.start import INTERRUPTED
from glorot_sweep.cli.terminal import printable
from glorot_sweep.cli.versions import show_versions
from glorot_sweep.errors import (
    FAILURE,
    SIGNAL_BASE,
    SWEEP_IS_HELD,
    USER_MISTAKE,
    ServiceLostError,
    StopRequested,
    SweepHeldError,
    TooManyFailuresError,
    UserError,
)
from glorot_sweep.host import environment
from glorot_sweep.host.caller import go_to_caller
from glorot_sweep.host.streams import keep_streams, unwritten

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # `mlflow run -P data_folder=...` becomes --data_folder.
    context_settings={"token_normalize_func": lambda name: name.replace("_", "-")},
)
for group in (sweeping, reporting, stores, carrying, beside, files, shipped, images):
    app.add_typer(group.commands)


@app.callback()
def glorot_sweep(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=show_versions,
            is_eager=True,
            help="Print the versions of this package and of what it is built on.",
        ),
    ] = False,
) -> None:
    """Sweeps over activation, initialization, depth and learning rate, tracked in MLflow."""


def main() -> None:
    """Run the command line; every mistake of the user is one message and exit code 2."""
    keep_streams()
    try:
        _run()
    except SystemExit as ended:
        if not ended.code and (reason := unwritten()):
            _fail(f"the work is done, but what it has to show could not be written: {reason}", 1)
        raise


def _run() -> None:
    for line in environment.put_in_order():
        print(line, file=sys.stderr)
    go_to_caller()
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    logging.getLogger("glorot_sweep").setLevel(logging.WARNING)  # libraries set the root's to ERROR
    try:
        environment.check()
        app()
    except UserError as error:
        _fail(str(error), USER_MISTAKE)
    except SweepHeldError as error:
        _fail(str(error), SWEEP_IS_HELD)
    except (ServiceLostError, TooManyFailuresError) as error:
        _fail(str(error), FAILURE)
    except StopRequested as stop:
        _fail(f"{stop}; the same command continues.", stop.exit_code)
    except KeyboardInterrupt:
        _fail(INTERRUPTED, SIGNAL_BASE + signal.SIGINT)
    except Exception as error:
        from glorot_sweep.sweep.storage.patience import storage_failure  # noqa: PLC0415
        from glorot_sweep.tracking.outage import describe, is_store_failure  # noqa: PLC0415

        said = storage_failure(error)
        if said is None and not is_store_failure(error):
            raise
        _fail(f"{said or describe(error)}. The same command continues once it is mended.", FAILURE)


def _fail(message: str, code: int) -> None:
    word = "error: " if code in {FAILURE, USER_MISTAKE, SWEEP_IS_HELD} else ""
    print(f"{word}{printable(message)}", file=sys.stderr)
    sys.exit(code)
