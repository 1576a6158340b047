import os
import platform
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from glorot_sweep.engine.native import NativeUnavailable, build, cache
from glorot_sweep.engine.native.build import built, compile_form, main
from glorot_sweep.engine.native.compiler import find_compiler, named_compiler
from glorot_sweep.engine.native.forms import forms_of
from glorot_sweep.engine.native.library import ABI
from native.compilers import RecordingCompiler, script

ROOT = Path(__file__).resolve().parents[3]
AARCH64_COMPILER = "aarch64-linux-gnu-gcc"
ONE = """
import ctypes, sys
from pathlib import Path
from glorot_sweep.engine.native import build
build.SOURCE = Path(sys.argv[1])
path = build.built("scalar")
print(path, ctypes.CDLL(str(path)).gs_abi())
"""


def process(*arguments, **options):
    """Start an interpreter."""
    command = [sys.executable, *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **pipes, **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != cache.LOCK)


def test_it_is_compiled_once_into_a_folder_of_the_users_own(folder, source, recording):
    path = built("scalar")
    assert built("scalar") == path
    assert len(recording.calls) == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert names(folder) == [path.name]
    assert path.name.startswith(f"scalar-{sys.platform}-{platform.machine()}-")


def test_each_form_is_compiled_with_its_own_options(folder, source, recording):
    built("scalar")
    assert "-DGS_FORM_SCALAR" in recording.calls[0]
    if platform.machine() == "x86_64":
        built("avx512")
        assert "-DGS_FORM_AVX512" in recording.calls[1]
        assert "-mavx512vl" in recording.calls[1]
        assert "-mprefer-vector-width=512" in recording.calls[1]
    for call in recording.calls:
        assert "-std=c11 -O3 -fPIC -shared -ffp-contract=off" in call
        assert "-march" not in call
        assert "fast-math" not in call


@pytest.mark.slow
@pytest.mark.parametrize("change", ["source", "header", "options", "version", "arguments"])
def test_whatever_could_change_the_file_changes_its_name(
    folder, source, recording, monkeypatch, change
):
    (source / "part.h").write_text("")
    built("scalar")
    if change == "source":
        (source / "core.c").write_text((source / "core.c").read_text() + "\n")
    elif change == "header":
        (source / "part.h").write_text("\n")
    elif change == "options":
        monkeypatch.setattr(build, "OPTIONS", (*build.OPTIONS, "-g"))
    elif change == "version":
        script(recording.script, '[ "$1" = --version ] && echo cc 99 || exec cc "$@"')
    else:
        monkeypatch.setenv("CC", f"{recording.script} -g")
    built("scalar")
    assert len(names(folder)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("size", [0, 100, -1])
def test_a_damaged_file_is_made_anew(folder, source, recording, size):
    path = built("scalar")
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:size])
    assert built("scalar").read_bytes() == content
    assert len(recording.calls) == 2
    assert len(names(folder)) == 1


@pytest.mark.slow
def test_six_processes_on_an_empty_cache_load_the_same_file(folder, source, tmp_path):
    slow = RecordingCompiler(tmp_path, seconds=0.7)
    environment = {**os.environ, "CC": str(slow.script)}
    started = [process("-c", ONE, source, env=environment) for _ in range(6)]
    outcomes = [one.communicate(timeout=60) for one in started]
    assert [error for _, error in outcomes] == [""] * 6
    assert len({line for line, _ in outcomes}) == 1
    path, abi = outcomes[0][0].split()
    assert (names(folder), abi) == ([Path(path).name], str(ABI))
    assert len(slow.calls) == 1


def test_what_a_killed_process_leaves_is_no_obstacle(folder, source, tmp_path):
    endless = RecordingCompiler(tmp_path, seconds=600)
    environment = {**os.environ, "CC": str(endless.script)}
    killed = process("-c", ONE, source, env=environment, start_new_session=True)
    for _ in range(600):
        if endless.calls:
            break
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=60)
    assert any(name.startswith(cache.SCRATCH) for name in names(folder))
    assert names(folder) != [path := built("scalar").name]
    assert names(folder) == [path]


def test_a_compiler_that_fails_leaves_its_output_in_a_file(folder, source):
    good = (source / "core.c").read_text()
    (source / "core.c").write_text("int f(void) { }\nint g(void) { return nowhere; }\nnonsense\n")
    with pytest.raises(NativeUnavailable) as refused:
        built("scalar")
    error = refused.value
    assert "error: " in error.error_line
    assert "nowhere" in error.error_line
    assert str(error) == f"cc failed: {error.error_line} (all it said is in {error.output_file})"
    said = error.output_file.read_text()
    assert said.startswith("cc -std=c11")
    assert "nonsense" in said
    assert names(folder) == [error.output_file.name]
    (source / "core.c").write_text(good)
    assert built("scalar").exists()


def test_the_output_of_a_failure_goes_when_the_compiler_works_again(
    folder, source, tmp_path, monkeypatch
):
    broken = tmp_path / "broken"
    broken.touch()
    fitful = script(
        tmp_path / "fitful",
        '[ "$1" = --version ] && exec cc --version',
        f'[ -e {broken} ] && {{ echo "error: broken"; exit 1; }}',
        'exec cc "$@"',
    )
    monkeypatch.setenv("CC", str(fitful))
    with pytest.raises(NativeUnavailable, match="error: broken"):
        built("scalar")
    broken.unlink()
    assert names(folder) != [path := built("scalar").name]
    assert names(folder) == [path]


def test_without_a_compiler_a_line_says_what_was_looked_for(folder, source, monkeypatch):
    monkeypatch.setattr(build, "find_compiler", lambda: None)
    with pytest.raises(NativeUnavailable) as refused:
        built("scalar")
    assert str(refused.value) == (
        "no C compiler: none of cc, gcc, clang is on the PATH, CC is not set, and the package "
        "ziglang is not installed"
    )
    assert not folder.exists()


@pytest.mark.parametrize("place", ["/dev/null/native", "/proc/native"])
def test_a_folder_that_cannot_be_written_is_named(folder, source, monkeypatch, place):
    monkeypatch.setenv(cache.VARIABLE, place)
    with pytest.raises(NativeUnavailable) as refused:
        built("scalar")
    line = str(refused.value)
    assert line.startswith(f"the folder for compiled code, {place}, cannot be written: ")
    assert line.endswith("; set GLOROT_SWEEP_NATIVE_CACHE to one that can")


def test_nothing_is_taken_from_a_folder_that_others_may_write_to(folder, source, recording):
    built("scalar")
    folder.chmod(0o777)
    with pytest.raises(NativeUnavailable, match="can be written by others"):
        built("scalar")
    assert len(recording.calls) == 1


def test_another_compilers_file_is_taken_where_nothing_can_be_compiled(
    folder, source, recording, monkeypatch
):
    path = built("scalar")
    monkeypatch.setenv("CC", f"{recording.script} -g")
    with monkeypatch.context() as patch:
        patch.setattr(build, "find_compiler", lambda: None)
        assert built("scalar") == path
    with monkeypatch.context() as patch:
        patch.setattr(build, "obstacle", lambda folder: folder)
        assert built("scalar") == path
    assert built("scalar") != path


@pytest.mark.slow
def test_the_command_compiles_the_real_source_in_all_forms_for_other_users_too(folder):
    """In an interpreter without any package: an image's build stage has none."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler named cc")
    folder.mkdir(parents=True, mode=0o755)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = ("-S", "-m", build.__name__, "--all-forms")
    done = process(*command, env=environment)
    output, error = done.communicate(timeout=300)
    assert (done.returncode, error) == (0, "")
    forms = forms_of(platform.machine())
    assert [Path(line).name.partition("-")[0] for line in output.splitlines()] == [*forms]
    assert names(folder) == sorted(Path(line).name for line in output.splitlines())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.so")} == {0o444}


def test_the_command_compiles_the_form_in_use(folder, source, monkeypatch, capsys):
    monkeypatch.setenv("GLOROT_SWEEP_SIMD", "scalar")
    assert main([]) == 0
    assert capsys.readouterr().out == f"{built('scalar')}\n"
    assert len(names(folder)) == 1


def test_the_command_says_what_went_wrong(folder, source, monkeypatch, capsys):
    monkeypatch.setenv("GLOROT_SWEEP_SIMD", "mmx")
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("GLOROT_SWEEP_SIMD=mmx is no form of the vectors")
    monkeypatch.setenv("GLOROT_SWEEP_SIMD", "scalar")
    monkeypatch.setenv("CC", "/nowhere/cc")
    assert main([]) == 1
    said = capsys.readouterr().err
    assert said.startswith("the native core cannot be compiled: the C compiler '/nowhere/cc' does")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_without_a_compiler_takes_what_root_has_compiled(source, monkeypatch):
    """As in the run stage of an image; pytest's own folder lets no other user in."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        shutil.copytree(source, Path(name, "source"))
        monkeypatch.setenv(cache.VARIABLE, name)
        monkeypatch.delenv("CC", raising=False)
        path = built("scalar")
        monkeypatch.setenv("PATH", "/nowhere")
        become = ONE.replace("path =", "os.setuid(10001); path =").replace("sys", "os, sys", 1)
        assert process("-c", become, Path(name, "source")).communicate() == (f"{path} {ABI}\n", "")
        path.unlink()
        assert "no C compiler" in process("-c", become, Path(name, "source")).communicate()[1]


@pytest.mark.slow
def test_a_form_is_compiled_for_another_machine(tmp_path):
    if shutil.which(AARCH64_COMPILER) is None:
        pytest.skip(f"{AARCH64_COMPILER} is not installed")
    output = tmp_path / "core.so"
    compile_form("neon", output, named_compiler(AARCH64_COMPILER))
    header = output.read_bytes()[:20]
    assert header[:4] == b"\x7fELF"
    assert int.from_bytes(header[18:20], "little") == 183  # AArch64 in elf.h


@pytest.mark.slow
def test_an_installed_package_compiles_its_own_files(folder, tmp_path):
    if find_compiler() is None:
        pytest.skip("no C compiler")
    project = tmp_path / "project"
    project.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "glorot_sweep", project / "glorot_sweep", ignore=ignored)
    pip = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, *pip, f"--wheel-dir={tmp_path}", project], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    done = process("-S", "-m", build.__name__, env=environment, cwd=tmp_path)
    output, error = done.communicate(timeout=300)
    assert error == ""
    assert Path(output.strip()) == built(Path(output).name.partition("-")[0])
