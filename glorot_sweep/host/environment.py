"""What this process takes from its environment that may decide a number or a place.

It is read here and nowhere else, checked before anything is made, and stored with each start of a
sweep (`Artifact.ENVIRONMENT`).
"""

import locale
import os
import pwd
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from glorot_sweep.errors import UserError
from glorot_sweep.host.limits import memory_limit, usable_processors

THREADS = (
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OMP_THREAD_LIMIT",
    "OPENBLAS_NUM_THREADS",
)
MOST_THREADS = 4096
LANGUAGE = ("LANG", "LC_ALL", "LC_CTYPE", "LC_NUMERIC")
ELSEWHERE = ("MLFLOW_ENABLE_ASYNC_LOGGING", "MLFLOW_ACTIVE_MODEL_ID", "_MLFLOW_ACTIVE_MODEL_ID")
"""With these MLflow writes later than it says, or to somebody else's model."""

PLACES = ("GLOROT_SWEEP_DATA", "TMPDIR", "XDG_CACHE_HOME")
OTHERS_WRITE = 0o002
ORDINARY_UMASK = 0o022


def variable(name: str) -> str | None:
    """Return a variable of the environment; None if it is not set, or empty."""
    return os.environ.get(name) or None


def variables(names: tuple[str, ...]) -> dict[str, str]:
    """Return those variables that are set, by name."""
    return {name: value for name in names if (value := variable(name)) is not None}


def described() -> dict[str, object]:
    """Return what may decide a number or a place, as it is stored with a sweep; no password."""
    return {
        "variables": variables((*THREADS, *LANGUAGE, *PLACES)),
        "umask": f"{umask():03o}",
        "file_names": sys.getfilesystemencoding(),
        "texts": locale.getpreferredencoding(False),
        "processors": usable_processors(),
        "memory_bytes": memory_limit(),
    }


def umask() -> int:
    """Return which rights a file that this process makes does not get."""
    before = os.umask(ORDINARY_UMASK)
    os.umask(before)
    return before


def check() -> None:
    """Refuse an environment in which no command can work.

    Raises:
        UserError: names the variable.
    """
    for name, value in variables(THREADS).items():
        numbers = value.split(",")  # OpenMP takes one for each level of nesting
        if not all(
            re.fullmatch(r"\d{1,9}", one) and 0 < int(one) <= MOST_THREADS for one in numbers
        ):
            raise UserError(
                f"{name} must be a whole number from 1 to {MOST_THREADS}, got {value!r}. Set it "
                "to the number of threads, or unset it."
            )
    if variable("HOME") is None and _account() is None:
        raise UserError(
            f"user {os.getuid()} has no home folder: HOME is not set, and the system does not know "
            "this user. Set HOME to a folder that it may write."
        )


def put_in_order() -> list[str]:
    """Take out of this process's environment what would only do harm; return lines about it.

    * Under a umask that lets everyone write, anyone on the machine could alter results: an
      ordinary one is set.
    * A warning of a library is no error of the command, whatever PYTHONWARNINGS asks for.
    * A user whom the system has no name for gets one: libraries ask for it when they are imported.
    * What a terminal cannot show is shown otherwise, and ends nothing.
    * What is written to MLflow is there when the next step begins, and belongs to no model.
    """
    forget(ELSEWHERE)
    said = _keep_others_out()
    if any(one[0] == "error" for one in warnings.filters):
        _let_warnings_be()
        os.environ.pop("PYTHONWARNINGS", None)
    _name_account()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    return said


@contextmanager
def in_order() -> Iterator[None]:
    """The same for a while, in a process that is somebody else's: a notebook, a script.

    Afterwards umask, warnings and variables are as they were; a umask that was not used is told by
    a warning. Streams are left alone.
    """
    before = umask()
    for line in _keep_others_out():
        warnings.warn(line.removeprefix("warning: "), stacklevel=3)
    elsewhere = forget(ELSEWHERE)
    try:
        with warnings.catch_warnings():
            _let_warnings_be()
            _name_account()
            yield
    finally:
        os.umask(before)
        os.environ.update(elsewhere)


def forget(names: tuple[str, ...]) -> dict[str, str]:
    """Take variables out of the environment; return those that were set, by name."""
    return {name: os.environ.pop(name) for name in names if name in os.environ}


def _keep_others_out() -> list[str]:
    """Set an ordinary umask where everyone could write; return a line that says so, or none."""
    if (loose := umask()) & OTHERS_WRITE:
        return []
    os.umask(loose | ORDINARY_UMASK)
    return [
        f"warning: umask {loose:03o} lets every user of this machine alter what is made; "
        f"{loose | ORDINARY_UMASK:03o} is used instead."
    ]


def _let_warnings_be() -> None:
    """Make no warning an error."""
    warnings.filters[:] = [one for one in warnings.filters if one[0] != "error"]  # type: ignore[index]


def _name_account() -> None:
    """Name a user whom the system has no name for."""
    if _account() is None:
        os.environ.setdefault("LOGNAME", f"user{os.getuid()}")


def _account() -> str | None:
    """Return the name of this user, as the system has it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return None
