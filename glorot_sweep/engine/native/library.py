"""The compiled core as Python sees it: its functions, with the types of what they take."""

import ctypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from glorot_sweep.engine.native import NativeUnavailable
from glorot_sweep.engine.native.build import built
from glorot_sweep.engine.native.forms import form_in_use

ABI = 2
"""What `gs_abi` answers; counted up with every change of a function's arguments."""

INT = ctypes.c_int
INT32 = ctypes.c_int32
INT64 = ctypes.c_int64
LONG = ctypes.c_long
FLOAT = ctypes.c_float
DOUBLE = ctypes.c_double
ADDRESS = ctypes.c_void_p
"""Of memory: takes what `Tensor.data_ptr()` and `ndarray.ctypes.data` return."""


class Network(ctypes.Structure):
    """`gs_network`: one network, see `source/network.h`."""

    _fields_ = (
        ("layers", INT32),
        ("activation", INT32),
        ("cost", INT32),
        ("rule", INT32),
        ("stream", INT32),
        ("symmetric", INT32),
        ("sizes", ADDRESS),
        ("parameters", ADDRESS),
        ("first", ADDRESS),
        ("second", ADDRESS),
        ("scale", DOUBLE),
        ("rate", DOUBLE),
        ("decay", DOUBLE),
        ("damping", FLOAT),
    )


class Decoder(ctypes.Structure):
    """`gs_decoder`: a layer in pre-training, see `source/pretraining.h`."""

    _fields_ = (
        ("key", INT64),
        ("bound", INT32),
        ("low", FLOAT),
        ("high", FLOAT),
        ("visible", ADDRESS),
    )


NETWORKS = ctypes.POINTER(Network)

SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "gs_abi": (INT, ()),
    "gs_lanes": (INT, ()),
    "gs_fma": (FLOAT, (FLOAT, FLOAT, FLOAT)),
    "gs_function": (None, (INT, ADDRESS, ADDRESS, LONG)),
    "gs_train": (
        None,
        (
            NETWORKS,
            LONG,
            ADDRESS,
            ADDRESS,
            LONG,
            LONG,
            LONG,
            LONG,
            DOUBLE,
            ADDRESS,
            ADDRESS,
            INT,
        ),
    ),
    "gs_curvature": (None, (NETWORKS, LONG, ADDRESS, ADDRESS, LONG, INT)),
    "gs_pretrain": (
        None,
        (NETWORKS, ctypes.POINTER(Decoder), LONG, ADDRESS, LONG, LONG, LONG, INT, INT),
    ),
    "gs_answer": (None, (NETWORKS, LONG, ADDRESS, ADDRESS, LONG, ADDRESS, ADDRESS, INT)),
    "gs_trace": (None, (NETWORKS, ADDRESS, ADDRESS, LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS)),
}
"""What each function of the core returns (None: nothing) and takes."""


class _UnusableError(Exception):
    """A compiled file cannot be loaded, or is not what this module expects."""


@dataclass(frozen=True)
class Library:
    """The core, loaded.

    Attributes:
        form: of its vectors.
        path: the compiled file.
        functions: those of `SIGNATURES`, as attributes. A call holds no lock of the interpreter.
    """

    form: str
    path: Path
    functions: ctypes.CDLL


def load(form: str | None = None) -> Library:
    """Return the core in one form; the first call in a process may compile it.

    Args:
        form: a name in `FORMS` that this CPU has; the best one, or the forced one, by default.

    Raises:
        NativeUnavailable: it cannot be had on this machine.
        UserError: the form is unknown, or the CPU lacks it.
    """
    outcome = _outcome(form_in_use(form))
    if isinstance(outcome, NativeUnavailable):
        raise outcome.with_traceback(None)
    return outcome


def why_unavailable() -> str | None:
    """Return a line that says why the core cannot be had; None once it is there.

    Raises:
        UserError: a form is forced that is unknown, or that the CPU lacks.
    """
    try:
        load()
    except NativeUnavailable as error:
        return str(error)
    return None


@cache
def _outcome(form: str) -> Library | NativeUnavailable:
    """Return the core, or why it cannot be had: it is compiled, or tried, once in a process."""
    try:
        return _loaded(form)
    except NativeUnavailable as error:
        return error


def _loaded(form: str) -> Library:
    path = built(form)
    try:
        return _opened(form, path)
    except _UnusableError as first:
        try:
            return _opened(form, built(form, unusable=path))
        except (_UnusableError, NativeUnavailable) as second:
            raise NativeUnavailable(
                f"the compiled file {path} cannot be used: {first}; made anew: {second}"
            ) from second


def _opened(form: str, path: Path) -> Library:
    try:
        functions = ctypes.CDLL(str(path))
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(functions, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise _UnusableError(error) from error
    if (abi := functions.gs_abi()) != ABI:
        raise _UnusableError(f"its functions are of version {abi}, {ABI} is needed")
    return Library(form, path, functions)
