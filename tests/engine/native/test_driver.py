"""The core's C source made into a program: on another CPU, and under sanitizers.

What the program says of networks that it is given is, byte by byte, what the stepper makes of them.
"""

import functools
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import torch_threads

from glorot_sweep.engine.native.forms import forms_here, forms_of
from glorot_sweep.engine.native.networks import RULES
from glorot_sweep.parts.step_rules import STEP_RULES
from native.cases import BATCHES, case_of, packs_of, pretrained_case
from native.driving import Drive, compile_driver, drive

CROSS, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
SANITIZE = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
KINDS = (*RULES, "pretraining")
FEW = ("sgd", "hessian", "pretraining")
BEST = forms_here()[0]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Diagonals of a few examples."""
    rule = replace(STEP_RULES["hessian"], curvature_examples=24)
    monkeypatch.setitem(STEP_RULES, "hessian", rule)
    with torch_threads(1):
        yield


def packs(kind):
    """Some of all combinations; fewer where there is much to compute."""
    if kind == "pretraining":
        for batch in (10, 7, 32):
            yield from packs_of(pretrained_case(batch, 3, 3, slice(batch % 3, None, 3)))
        return
    for batch in BATCHES:
        step, updates = (97, 1) if batch > 32 else (29, 3)
        yield from packs_of(case_of(kind, batch, updates, slice(batch % 29, None, step)))


def pairs(forms):
    """All kinds of the best form, of the others those whose loops differ most."""
    return [(form, kind) for form in forms for kind in (KINDS if form == forms[0] else FEW)]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Makes a program once: a fixture with parameters of its own is made anew for each test."""

    @functools.cache
    def program(compiler, form, *options):
        return compile_driver(compiler, form, tmp_path_factory.mktemp(form) / "driver", *options)

    return program


@pytest.fixture(params=forms_of("aarch64"))
def emulated(request, compiled):
    """The program for AArch64 in each form, and what runs it here."""
    for tool in (CROSS, EMULATOR):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool}: Debian has it in gcc-aarch64-linux-gnu, qemu-user")
    return [EMULATOR, compiled(CROSS, request.param, "-static")]


@pytest.mark.cross
@pytest.mark.parametrize(("emulated", "kind"), pairs(forms_of("aarch64")), indirect=["emulated"])
def test_an_emulated_cpu_of_another_maker(kind, emulated, tmp_path):
    for pack in packs(kind):
        told = Drive(pack, BEST)
        assert drive(emulated, told.told, tmp_path) == told.said, [t.key for t in pack.trials]


@pytest.mark.cross
def test_signals_too_faint_on_an_emulated_cpu(emulated, tmp_path):
    """Signals on both sides of the threshold under which they become 0."""
    for pack in packs_of(case_of("sgd", 10, 3, slice(0, None, 11))):
        told = Drive(pack, BEST, output_scale=2.0**-97)
        assert drive(emulated, told.told, tmp_path) == told.said


@pytest.mark.cross
def test_longer_on_an_emulated_cpu(emulated, tmp_path):
    pack = next(
        pack
        for pack in packs_of(case_of("sgd", 10, 200, slice(3, None, 8)))
        if len(pack.trials) > 3
    )
    told = Drive(pack, BEST)
    assert drive(emulated, told.told, tmp_path) == told.said


@pytest.fixture(params=forms_here())
def sanitized(request, compiled):
    """The program in each form, which ends at the first access that is out of bounds."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc")
    try:
        program = compiled("gcc", request.param, *SANITIZE)
    except subprocess.CalledProcessError as error:
        if "cannot find" not in error.stderr:
            raise
        pytest.skip(f"gcc has no sanitizers here: {error.stderr.splitlines()[0]}")
    return [program]


@pytest.mark.slow
@pytest.mark.parametrize(("sanitized", "kind"), pairs(forms_here()), indirect=["sanitized"])
def test_nothing_is_read_or_written_out_of_bounds(kind, sanitized, tmp_path):
    for pack in packs(kind):
        told = Drive(pack, BEST)
        assert drive(sanitized, told.told, tmp_path) == told.said


@pytest.mark.slow
def test_what_diverges_is_defined_too(sanitized, tmp_path):
    """Bits of what is no number pass through exp and log."""
    case = case_of("sgd", 10, 3, slice(0, None, 7))
    case = replace(case, trials=tuple(replace(t, learning_rate=1e38) for t in case.trials))
    drives = [Drive(pack, BEST) for pack in packs_of(case)]
    for one in drives:
        drive(sanitized, one.told, tmp_path)
    weights = [network.parameters for one in drives for network in one.stepper.networks]
    assert sum(bool(np.isnan(each).any()) for each in weights) > 5


@pytest.mark.slow
def test_the_program_says_what_the_stepper_does(tmp_path):
    """And notices one weight that differs in its last bit."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler named cc")
    program: list[str | Path] = [compile_driver("cc", "scalar", tmp_path / "program")]
    pack = next(packs_of(case_of("sgd", 7, 2, slice(7, 8))))
    told = Drive(pack, BEST)
    assert drive(program, told.told, tmp_path) == told.said
    last = np.float32(told.first_weight)
    other = np.nextafter(last, np.float32(1)).tobytes()
    assert drive(program, told.told.replace(last.tobytes(), other, 1), tmp_path) != told.said
