import platform

import pytest

from glorot_sweep.engine.native import forms
from glorot_sweep.errors import UserError

AVX2 = "fpu sse2 fma avx avx2"
AVX512 = f"{AVX2} avx512f avx512dq avx512cd avx512bw avx512vl"


@pytest.fixture
def cpu(tmp_path, monkeypatch):
    """Return a function that makes this machine one of another type, with other flags."""
    monkeypatch.delenv(forms.VARIABLE, raising=False)

    def become(machine, flags):
        cpuinfo = tmp_path / "cpuinfo"
        cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\n")
        monkeypatch.setattr(forms, "CPUINFO", cpuinfo)
        monkeypatch.setattr(platform, "machine", lambda: machine)
        forms.forms_here.cache_clear()

    yield become
    forms.forms_here.cache_clear()


@pytest.mark.parametrize(
    ("machine", "flags", "has"),
    [
        ("x86_64", AVX512, ("avx512", "avx2", "scalar")),
        ("x86_64", AVX512.replace(" avx512vl", ""), ("avx2", "scalar")),
        ("x86_64", AVX2, ("avx2", "scalar")),
        ("x86_64", AVX2.replace(" fma", ""), ("scalar",)),
        ("aarch64", "", ("neon", "scalar")),
        ("arm64", "", ("neon", "scalar")),
        ("riscv64", AVX512, ("scalar",)),
    ],
)
def test_a_cpu_has_the_forms_whose_instructions_it_names(cpu, machine, flags, has):
    cpu(machine, flags)
    assert forms.forms_here() == has
    assert forms.form_in_use() == has[0]


def test_a_machine_without_cpuinfo_has_the_scalar_form(cpu, monkeypatch, tmp_path):
    cpu("x86_64", AVX512)
    monkeypatch.setattr(forms, "CPUINFO", tmp_path / "none")
    assert forms.forms_here() == ("scalar",)


def test_the_variable_forces_a_form_and_an_argument_goes_before_it(cpu, monkeypatch):
    cpu("x86_64", AVX512)
    monkeypatch.setenv("GLOROT_SWEEP_SIMD", "avx2")
    assert forms.form_in_use() == "avx2"
    assert forms.form_in_use("scalar") == "scalar"
    monkeypatch.setenv("GLOROT_SWEEP_SIMD", "")
    assert forms.form_in_use() == "avx512"


@pytest.mark.parametrize("form", ["avx512", "neon"])
def test_a_forced_form_that_the_cpu_lacks_is_refused_with_those_it_has(cpu, monkeypatch, form):
    cpu("x86_64", AVX2)
    monkeypatch.setenv("GLOROT_SWEEP_SIMD", form)
    with pytest.raises(UserError) as refused:
        forms.form_in_use()
    assert str(refused.value) == (
        f"GLOROT_SWEEP_SIMD={form}: this CPU lacks it; it has avx2, scalar. "
        "Name one of those, or none"
    )


def test_an_unknown_word_is_refused_with_the_nearest_form(cpu, monkeypatch):
    cpu("x86_64", AVX2)
    monkeypatch.setenv("GLOROT_SWEEP_SIMD", "avx-2")
    with pytest.raises(UserError) as refused:
        forms.form_in_use()
    assert str(refused.value) == (
        "GLOROT_SWEEP_SIMD=avx-2 is no form of the vectors; did you mean 'avx2'? "
        "Known: avx2, avx512, neon, scalar"
    )
    with pytest.raises(UserError, match="'sse' of the native core is no form"):
        forms.form_in_use("sse")
