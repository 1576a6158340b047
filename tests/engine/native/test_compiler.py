import shutil
import sys

import pytest

from glorot_sweep.engine.native import NativeUnavailable, compiler
from glorot_sweep.engine.native.compiler import (
    Compiler,
    CompilerFailedError,
    find_compiler,
    named_compiler,
)
from native.compilers import script


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The one folder on the PATH; it is empty, CC is not set, and there is no ziglang."""
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(compiler.importlib.util, "find_spec", lambda _: None)
    return tmp_path / "bin"


def test_the_usual_names_are_tried_in_their_order(path):
    assert find_compiler() is None
    for name in ("clang", "gcc", "cc"):
        script(path / name, f"echo {name} 1.2", "echo more")
        assert find_compiler() == Compiler((name,), f"{name} 1.2")


def test_the_variable_names_the_compiler_and_its_arguments(path, monkeypatch):
    script(path / "cc", "echo cc 1")
    script(path / "other", 'echo "other 2 $1"')
    monkeypatch.setenv("CC", "other '-m 64'")
    assert find_compiler() == Compiler(("other", "-m 64"), "other 2 -m 64")


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("nothere -m64", "No such file or directory: 'nothere'"),
        ("broken", "broken: error: no license"),
        ("'cc", "No closing quotation"),
    ],
)
def test_a_named_compiler_that_does_not_work_is_not_replaced(path, monkeypatch, named, why):
    script(path / "cc", "echo cc 1")
    script(path / "broken", "echo hello", "echo broken: error: no license", "exit 1")
    monkeypatch.setenv("CC", named)
    with pytest.raises(NativeUnavailable) as refused:
        find_compiler()
    line = str(refused.value)
    assert line.startswith(f"the C compiler {named!r} does not work: ")
    assert why in line
    assert line.endswith("; set CC to one that does, or unset it")
    assert "\n" not in line


def test_ziglang_is_taken_where_there_is_no_other(tmp_path, path, monkeypatch):
    monkeypatch.undo()
    package = tmp_path / "lib" / "ziglang"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("import sys; print('zig says', *sys.argv[1:])")
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.syspath_prepend(str(package.parent))
    found = find_compiler()
    assert found.command == (sys.executable, "-m", "ziglang", "cc")
    assert found.version == "zig says cc --version"
    script(path / "cc", "echo cc 1")
    assert find_compiler().name == "cc"


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("/opt/zig/zig cc", ("-mcpu=baseline",)),
        ("python3 -m ziglang cc", ("-mcpu=baseline",)),
        ("clang", ()),
    ],
)
def test_zig_is_kept_from_compiling_for_this_very_cpu(command, options):
    assert Compiler(tuple(command.split()), "").options == options


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (
            "core.c: In function 'f':\ncore.c:3: warning: w\n core.c:4:2: error: e1\nx: error: 2",
            "core.c:4:2: error: e1",
        ),
        ("ld: cannot find -lm\ncollect2: error: ld returned 1", "ld: cannot find -lm"),
        ("\nKilled\n", "Killed"),
        ("", "it said nothing"),
    ],
)
def test_the_first_error_stands_for_the_whole_output(output, line):
    failed = CompilerFailedError(["cc", "a b.c"], output)
    assert failed.error_line == str(failed) == line
    assert failed.output == f"cc 'a b.c'\n{output}"


def test_a_compiler_that_does_not_end_is_stopped(path, monkeypatch):
    script(path / "slow", f"exec {shutil.which('sleep', path='/bin:/usr/bin')} 30")
    monkeypatch.setattr(compiler, "ANSWERING_SECONDS", 0.1)
    with pytest.raises(NativeUnavailable, match=r"does not work: error: no end after 0\.1 s"):
        named_compiler("slow")
    monkeypatch.setattr(compiler, "COMPILING_SECONDS", 0.2)
    with pytest.raises(CompilerFailedError, match=r"error: no end after 0\.2 s"):
        Compiler(("slow",), "slow 1").compile(path / "core.c", path / "core.so", ())


@pytest.mark.parametrize("says", ["true", "echo done"])
def test_a_compiler_that_writes_nothing_has_failed(path, says):
    script(path / "idle", says)
    with pytest.raises(CompilerFailedError, match="error: it wrote no library") as failed:
        named_compiler("idle").compile(path / "core.c", path / "core.so", ())
    assert ("done" in failed.value.output) == ("done" in says)


def test_a_compiler_speaks_english(path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    script(path / "cc", "echo in $LC_ALL")
    assert named_compiler("cc").version == "in C"
