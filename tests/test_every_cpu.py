"""Initial weights, images, the order of examples and proposals have the same bits on every CPU.

Their digests stand here, so another kind of CPU is held to them as well. On this one libraries are
told that it has no wide vectors and no fused operations, which is enough to change the last bits of
the C library's sines and logarithms and of LAPACK's decompositions.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from every_cpu_digests import digests
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

DIGESTS = {
    "gaussian": "1f2b3b088ffd02d06a726c62",
    "he": "d44e0b9befdf3a763c62a2f9",
    "normalized": "15a428bf8d840d427818a1e9",
    "orthogonal": "fced9f95bab5b04d31e27d29",
    "standard": "15abab65e835740690f8e843",
    "unit_gaussian": "ff8830da5ca4e6de7e91883c",
    "shapeset": "4a7b46fd756942954a2a7d84",
    "shapeset_64": "55b8d84264868733a735f660",
    "shapeset_single": "d608809db58ba689f89b5af2",
    "objects": "0a66d292f537b72eab1fa5c7",
    "unit inputs": "0695207710cc6ebb01a943c8",
    "symmetric inputs": "17b535d0b77a834932b22de7",
    "order of examples": "57eda5e1d68b63691c3e5607",
    "masking noise": "0df3b0830d785716eb3ea033",
    "proposals": "1dff30561754f9536059bb56",
}
EXTENSIONS = " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name])
PLAIN_CPU = {
    "ATEN_CPU_CAPABILITY": "default",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F",
    "MKL_CBWR": "COMPATIBLE",
    "NPY_DISABLE_CPU_FEATURES": EXTENSIONS,
    "OMP_NUM_THREADS": "1",
}
OF_TWO_THREADS = {"ATEN_CPU_CAPABILITY": "avx2", "OMP_NUM_THREADS": "2"}


def elsewhere(changes: dict[str, str]) -> dict[str, dict[str, object]]:
    """Return what a process with this environment has."""
    script = Path(__file__).with_name("every_cpu_digests.py")
    done = subprocess.run(
        [sys.executable, script], env=os.environ | changes, capture_output=True, check=True
    )
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found


def test_here() -> None:
    assert digests() == DIGESTS


def test_on_a_plain_cpu() -> None:
    found = elsewhere(PLAIN_CPU)
    assert (found["cpu"]["torch"], found["cpu"]["numpy"]) == ("DEFAULT", [])
    assert found["digests"] == DIGESTS


def test_on_two_threads() -> None:
    found = elsewhere(OF_TWO_THREADS)
    assert found["cpu"]["threads"] == 2
    assert found["digests"] == DIGESTS
