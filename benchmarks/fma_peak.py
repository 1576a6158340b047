"""The fused-multiply-add peak of a CPU's cores, measured by a loop in C (`peak.c`).

The loop is compiled by the compiler of the native core and with its options, for the widest vectors
that the CPU has, whatever form of the core is in use.
"""

import ctypes
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from glorot_sweep.engine.native import NativeUnavailable
from glorot_sweep.engine.native.build import SOURCE
from glorot_sweep.engine.native.compiler import find_compiler
from glorot_sweep.engine.native.forms import FORMS, forms_here

ROUNDS = 200_000  # milliseconds: threads begin within microseconds of each other


def peak_work(threads: int) -> tuple[Callable[[], object], float]:
    """Return what to time, and its floating-point operations.

    Args:
        threads: that run the loop, each on its own.

    Raises:
        NativeUnavailable: there is no C compiler.
    """
    run = _library().peak_flops
    return lambda: run(ROUNDS, threads), run(ROUNDS, threads)


@cache
def _library() -> ctypes.CDLL:
    compiler = find_compiler()
    if compiler is None:
        raise NativeUnavailable("the peak of the cores is measured by C code: no C compiler")
    form = forms_here()[0]
    options = (*FORMS[form].options, f"-DGS_FORM_{form.upper()}", f"-I{SOURCE}")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "peak.so"
        compiler.compile(Path(__file__).with_name("peak.c"), output, options)
        library = ctypes.CDLL(str(output))
    library.peak_flops.restype = ctypes.c_double
    library.peak_flops.argtypes = (ctypes.c_long, ctypes.c_int)
    return library
