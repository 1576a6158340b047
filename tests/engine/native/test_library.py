import shutil

import pytest

from glorot_sweep.engine.native import NativeUnavailable, build, library
from glorot_sweep.engine.native.build import built
from glorot_sweep.engine.native.cache import keep
from glorot_sweep.engine.native.forms import VARIABLE, forms_here
from glorot_sweep.engine.native.library import ABI, load, why_unavailable
from glorot_sweep.errors import UserError


@pytest.mark.parametrize("form", forms_here())
def test_the_core_is_there_in_every_form_of_this_cpu(form):
    if shutil.which("cc") is None:
        pytest.skip("no C compiler named cc")
    found = load(form)
    assert found.form == form
    assert found.functions.gs_abi() == ABI
    assert load(form) is found


def test_functions_take_and_return_what_their_signatures_say(folder, source):
    functions = load("scalar").functions
    factor, rounded_square = 1 + 2.0**-12, 1 + 2.0**-11
    assert functions.gs_fma(factor, factor, -rounded_square) == 2.0**-24  # rounded once
    with pytest.raises(TypeError, match="this function takes at least 3 arguments"):
        functions.gs_fma(1.0)


def test_only_the_form_in_use_is_compiled(folder, source, recording, monkeypatch):
    monkeypatch.setenv(VARIABLE, "scalar")
    assert load().form == "scalar"
    assert why_unavailable() is None
    assert len(recording.calls) == 1


def test_a_cached_file_of_another_version_is_made_anew(folder, source, recording, tmp_path):
    path = built("scalar")
    stem = path.stem.rpartition("-")[0]
    core = (source / "core.c").read_text()
    (source / "core.c").write_text(core.replace(f"return {ABI};", "return 77;"))
    old = built("scalar")
    (source / "core.c").write_text(core)
    path.unlink()
    old = keep(old, folder, stem)
    assert built("scalar") == old
    assert load("scalar").functions.gs_abi() == ABI
    assert not old.exists()


def test_a_cached_file_that_is_no_library_is_made_anew(folder, source, tmp_path):
    path = built("scalar")
    text = tmp_path / "text"
    text.write_text("whole, and no library")
    path.unlink()
    wrong = keep(text, folder, path.stem.rpartition("-")[0])
    assert built("scalar") == wrong
    assert load("scalar").path == path
    assert not wrong.exists()


def test_a_useless_file_that_cannot_be_made_anew_is_named(folder, source, tmp_path, monkeypatch):
    path = built("scalar")
    text = tmp_path / "text"
    text.write_text("whole, and no library")
    path.unlink()
    wrong = keep(text, folder, path.stem.rpartition("-")[0])
    monkeypatch.setattr(build, "find_compiler", lambda: None)
    with pytest.raises(NativeUnavailable) as refused:
        load("scalar")
    line = str(refused.value)
    assert line.startswith(f"the compiled file {wrong} cannot be used: ")
    assert "; made anew: no C compiler" in line


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (f"return {ABI};", "return 77;", f"its functions are of version 77, {ABI} is needed"),
        ("gs_fma", "gs_other", "undefined symbol: gs_fma"),
    ],
)
def test_a_core_that_does_not_fit_cannot_be_had(folder, source, recording, before, after, why):
    core = (source / "core.c").read_text()
    (source / "core.c").write_text(core.replace(before, after))
    with pytest.raises(NativeUnavailable) as refused:
        load("scalar")
    line = str(refused.value)
    assert line.startswith(f"the compiled file {folder}/scalar-")
    assert line.count(why) == 2  # before and after it was made anew
    assert "\n" not in line
    assert len(recording.calls) == 2


def test_a_failure_is_tried_once_in_a_process(folder, source, recording, monkeypatch):
    monkeypatch.setenv(VARIABLE, "scalar")
    (source / "core.c").write_text("nonsense")
    line = why_unavailable()
    assert "failed: " in line
    assert "error: " in line
    with pytest.raises(NativeUnavailable) as refused:
        load()
    assert str(refused.value) == line
    assert len(recording.calls) == 1


def test_a_forced_form_that_is_unknown_is_the_users_mistake(folder, source, monkeypatch):
    monkeypatch.setenv(VARIABLE, "mmx")
    for ask in (load, why_unavailable):
        with pytest.raises(UserError, match="GLOROT_SWEEP_SIMD=mmx is no form"):
            ask()
    with pytest.raises(UserError, match="'mmx' of the native core is no form"):
        library.load("mmx")
