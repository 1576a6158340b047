"""The forms of the native core: one for each kind of vector that a CPU may have.

All forms give the same bits. They differ in speed alone, so the best that the CPU has is taken.
"""

import os
import platform
from dataclasses import dataclass
from functools import cache

from glorot_sweep.errors import UserError
from glorot_sweep.host.processor import CPUINFO, cpu_flags
from glorot_sweep.spelling import nearest

VARIABLE = "GLOROT_SWEEP_SIMD"
_AVX2 = ("avx2", "fma")
_AVX512 = ("avx512f", "avx512bw", "avx512dq", "avx512vl", "fma", "avx2")


@dataclass(frozen=True)
class Form:
    """One way to compile the core.

    Attributes:
        machines: machine types that can have it, as `platform.machine` names them; none: all.
        cpu_flags: what the CPU must have, in the words of Linux's /proc/cpuinfo.
        options: of the compiler.
    """

    machines: tuple[str, ...] = ()
    cpu_flags: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


def _x86(flags: tuple[str, ...], *options: str) -> Form:
    """Return a form of x86-64; gcc and clang name vector units as the kernel does."""
    return Form(("x86_64",), flags, (*(f"-m{flag}" for flag in flags), *options))


FORMS = {
    "avx512": _x86(_AVX512, "-mprefer-vector-width=512"),
    "avx2": _x86(_AVX2),
    "neon": Form(machines=("aarch64", "arm64")),
    "scalar": Form(),
}
"""All forms by name, the best first."""


def forms_of(machine: str) -> tuple[str, ...]:
    """Return the forms that CPUs of a machine type may have, the best first.

    Example:
        >>> forms_of("x86_64"), forms_of("aarch64"), forms_of("riscv64")
        (('avx512', 'avx2', 'scalar'), ('neon', 'scalar'), ('scalar',))
    """
    return tuple(name for name, form in FORMS.items() if machine in (form.machines or (machine,)))


@cache
def forms_here() -> tuple[str, ...]:
    """Return the forms that this CPU has, the best first; `scalar` is always among them."""
    has = cpu_flags(CPUINFO)
    return tuple(name for name in forms_of(platform.machine()) if has >= {*FORMS[name].cpu_flags})


def form_in_use(wanted: str | None = None) -> str:
    """Return the form to use: the one wanted, else the one that the variable forces, else the best.

    Raises:
        UserError: no such form exists, or the CPU lacks it.
    """
    name = wanted or os.environ.get(VARIABLE)
    if not name:
        return forms_here()[0]
    source = f"{name!r} of the native core" if wanted else f"{VARIABLE}={name}"
    if name not in FORMS:
        raise UserError(f"{source} is no form of the vectors{nearest(name, FORMS)}")
    if name not in forms_here():
        has = ", ".join(forms_here())
        raise UserError(f"{source}: this CPU lacks it; it has {has}. Name one of those, or none")
    return name
