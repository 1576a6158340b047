"""Initial weights, images, the order of examples, proposals and all that the native engine learns
have the same bits on every CPU.

Their digests stand here, so another kind of CPU is held to them as well. On this one libraries are
told that it has no wide vectors and no fused operations, which is enough to change the last bits of
the C library's sines and logarithms and of LAPACK's decompositions.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from every_cpu_digests import digests
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from glorot_sweep.engine.native.forms import VARIABLE, forms_here

DIGESTS = {
    "gaussian": "1f2b3b088ffd02d06a726c62",
    "he": "d44e0b9befdf3a763c62a2f9",
    "he_uniform": "42d4bda8bb4940baacffc8ef",
    "lecun_normal": "1f2b3b088ffd02d06a726c62",
    "lecun_uniform": "adad867eb23b55a270ef3ca4",
    "lsuv": "26bc5987fd3adf5721e0f498",
    "normalized": "15a428bf8d840d427818a1e9",
    "orthogonal": "fced9f95bab5b04d31e27d29",
    "standard": "15abab65e835740690f8e843",
    "truncated_normal": "b53d6526f3f7a04df7d386ae",
    "unit_gaussian": "ff8830da5ca4e6de7e91883c",
    "xavier_normal": "589909eb294739488b61ae26",
    "lsuv of each activation": "4e530d5c9737d0eb9cac2a10",
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


def elsewhere(
    changes: Mapping[str, str], script: str = "every_cpu_digests.py", *words: str | Path
) -> dict[str, Any]:
    """Return what a process with this environment prints."""
    path = Path(__file__).with_name(script)
    done = subprocess.run(
        [sys.executable, path, *words], env=os.environ | changes, capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_here() -> None:
    assert digests() == DIGESTS


@pytest.mark.slow
def test_on_a_plain_cpu() -> None:
    """With products in another order too: numpy's library has one for each kind of CPU."""
    found = elsewhere({**PLAIN_CPU, "OPENBLAS_CORETYPE": "Nehalem"})
    assert (found["cpu"]["torch"], found["cpu"]["numpy"]) == ("DEFAULT", [])
    assert found["digests"] == DIGESTS


@pytest.mark.slow
def test_on_two_threads() -> None:
    found = elsewhere(OF_TWO_THREADS)
    assert found["cpu"]["threads"] == 2
    assert found["digests"] == DIGESTS


@pytest.fixture(scope="module")
def sweep_here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What every run of a whole sweep holds, by the best vectors of this CPU, on two threads."""
    folder = tmp_path_factory.mktemp("here")
    return elsewhere({VARIABLE: forms_here()[0], **OF_TWO_THREADS}, "sweep_digests.py", folder)


@pytest.mark.slow
@pytest.mark.parametrize("form", forms_here()[:-1])
def test_a_whole_sweep_on_a_plain_cpu(
    form: str, sweep_here: dict[str, Any], tmp_path: Path
) -> None:
    found = elsewhere({**PLAIN_CPU, VARIABLE: form}, "sweep_digests.py", tmp_path)
    cpu, other = found["cpu"], sweep_here["cpu"]
    assert (cpu["form"], cpu["torch"], cpu["numpy"]) == (form, "DEFAULT", [])
    assert (other["form"], other["threads"]) == (forms_here()[0], 2)
    runs = found["runs"]
    assert sum("weights/network.npz:weight_0" in run for run in runs.values()) >= 9
    assert sum(run["state"] == "pruned" for run in runs.values()) > 0
    assert runs.keys() == sweep_here["runs"].keys()
    for name, run in runs.items():
        assert run == sweep_here["runs"][name], name
