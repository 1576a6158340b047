"""The native core is compiled where it is first used, and kept.

A compiled file is named by its form, the machine type, the hash of source and options, the hash of
the compiler's version, and the hash of its own content. Container images compile all forms
beforehand, with `python -m glorot_sweep.engine.native.build --all-forms`.
"""

import argparse
import hashlib
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from glorot_sweep.engine.native import NativeUnavailable
from glorot_sweep.engine.native.cache import (
    LOCK,
    SCRATCH,
    VARIABLE,
    cache_folder,
    intact,
    keep,
    make_folder,
    refuse_strangers,
    sweep_out,
)
from glorot_sweep.engine.native.compiler import (
    OPTIONS,
    USUAL,
    Compiler,
    CompilerFailedError,
    find_compiler,
)
from glorot_sweep.engine.native.forms import FORMS, form_in_use, forms_of
from glorot_sweep.errors import DONE, FAILURE, USER_MISTAKE, UserError
from glorot_sweep.host.file_lock import one_at_a_time
from glorot_sweep.host.folders import obstacle

SOURCE = Path(__file__).parent / "source"
"""`core.c` and all that it includes."""


def built(form: str, unusable: Path | None = None) -> Path:
    """Return the compiled core; compile it first if it is missing or damaged.

    Where there is no compiler, or nothing can be written, what another compiler has made of the
    same source will do: that is how an image's run stage gets along.

    Args:
        form: a name in `FORMS`.
        unusable: an earlier answer that could not be loaded; another file is made.

    Raises:
        NativeUnavailable: it cannot be had.
    """
    folder = cache_folder()
    refuse_strangers(folder)
    compiler = find_compiler()
    sources = f"{form}-{sys.platform}-{platform.machine()}-{_source_hash(form)}"
    if compiler is None or obstacle(folder) is not None:
        stem = sources
    else:
        called = [compiler.version, *compiler.command[1:], *compiler.options]
        stem = f"{sources}-{_hash(called)}"
    found = intact(folder, stem, unusable)
    return found or _build(form, compiler, folder, stem, unusable)


def compile_form(form: str, output: Path, compiler: Compiler) -> None:
    """Compile one form of the core, for the machine that the compiler compiles for.

    Args:
        form: a name in `FORMS`.
        output: the shared library to make.
        compiler: `named_compiler("aarch64-linux-gnu-gcc")`, for one.

    Raises:
        CompilerFailedError: with all that the compiler said.
    """
    compiler.compile(SOURCE / "core.c", output, _form_options(form))


def _build(
    form: str, compiler: Compiler | None, folder: Path, stem: str, unusable: Path | None
) -> Path:
    if compiler is None:
        raise NativeUnavailable(
            f"no C compiler: none of {', '.join(USUAL)} is on the PATH, CC is not set, and the "
            "package ziglang is not installed"
        )
    try:
        make_folder(folder)
        refuse_strangers(folder)
        with one_at_a_time(folder / LOCK):
            faster = intact(folder, stem, unusable)
            return faster or _compile_and_keep(form, compiler, folder, stem)
    except OSError as error:
        raise NativeUnavailable(
            f"the folder for compiled code, {folder}, cannot be written: {error.strerror}; "
            f"set {VARIABLE} to one that can"
        ) from error


def _compile_and_keep(form: str, compiler: Compiler, folder: Path, stem: str) -> Path:
    sweep_out(folder, stem)
    with TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
        compiled = Path(scratch) / "core.so"
        try:
            compile_form(form, compiled, compiler)
        except CompilerFailedError as error:
            output = folder / f"{stem}.log"
            output.write_text(error.output, encoding="utf-8")
            raise NativeUnavailable(
                f"{compiler.name} failed: {error.error_line} (all it said is in {output})",
                error.error_line,
                output,
            ) from error
        return keep(compiled, folder, stem)


def _form_options(form: str) -> tuple[str, ...]:
    return (*FORMS[form].options, f"-DGS_FORM_{form.upper()}")


def _source_hash(form: str) -> str:
    """Return the hash of all files of the source and of the options that they are compiled with."""
    files = sorted(path for path in SOURCE.rglob("*") if path.is_file())
    named = (f"{path.relative_to(SOURCE)}:{_hash([path.read_text('utf-8')])}" for path in files)
    return _hash([*named, *OPTIONS, *_form_options(form)])


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def main(arguments: list[str] | None = None) -> int:
    """Compile the form in use, or all that the machine type may have; print the files' paths."""
    parser = argparse.ArgumentParser(
        prog="python -m glorot_sweep.engine.native.build",
        description=f"Compile the native core into the folder {VARIABLE}, else the user's cache.",
    )
    parser.add_argument(
        "--all-forms",
        action="store_true",
        help="every form that the machine type may have, whether or not this CPU does",
    )
    chosen = parser.parse_args(arguments)
    try:
        forms = forms_of(platform.machine()) if chosen.all_forms else (form_in_use(),)
        for form in forms:
            print(built(form))
    except UserError as error:
        print(error, file=sys.stderr)
        return USER_MISTAKE
    except NativeUnavailable as error:
        print(f"the native core cannot be compiled: {error}", file=sys.stderr)
        return FAILURE
    return DONE


if __name__ == "__main__":
    sys.exit(main())
