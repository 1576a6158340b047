"""A cache of its own and a small source, so that a test of how the core is made takes no time."""

import shutil
from pathlib import Path

import pytest

from glorot_sweep.engine.native import build, cache, compiler, forms, library
from native.compilers import RecordingCompiler

TINY = f"""#include <math.h>
int gs_abi(void) {{ return {library.ABI}; }}
float gs_fma(float a, float b, float c) {{ return fmaf(a, b, c); }}
"""
TINY_SIGNATURES = {
    "gs_abi": (library.INT, ()),
    "gs_fma": (library.FLOAT, (library.FLOAT,) * 3),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache's folder, which does not exist yet; no compiler and no form is named."""
    monkeypatch.delenv(compiler.VARIABLE, raising=False)
    monkeypatch.delenv(forms.VARIABLE, raising=False)
    place = tmp_path / "cache" / "native"
    monkeypatch.setenv(cache.VARIABLE, str(place))
    return place


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The folder of a source of three lines, in place of the core's; nothing is loaded yet."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler named cc")
    place = tmp_path / "source"
    place.mkdir()
    (place / "core.c").write_text(TINY)
    monkeypatch.setattr(build, "SOURCE", place)
    monkeypatch.setattr(library, "SIGNATURES", TINY_SIGNATURES)
    library._outcome.cache_clear()
    yield place
    library._outcome.cache_clear()


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordingCompiler:
    """The machine's compiler, which writes down what it compiles."""
    named = RecordingCompiler(tmp_path)
    monkeypatch.setenv(compiler.VARIABLE, str(named.script))
    return named
