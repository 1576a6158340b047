"""The C compiler of this machine, and how it is asked to make the native core."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.engine.native import NativeUnavailable

VARIABLE = "CC"
USUAL = ("cc", "gcc", "clang")
ZIG = ("zig", "ziglang")
OPTIONS = (
    "-std=c11",
    "-O3",
    "-fPIC",
    "-shared",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-pthread",
)
"""Of every form. No option may let the compiler change the order or the rounding of arithmetic."""

COMPILING_SECONDS = 120.0  # at the most; five are usual, a slow or busy machine may take many more
ANSWERING_SECONDS = 20.0  # for a compiler to say its version
_ERROR = re.compile(r"\berror\b|cannot find|undefined reference", re.IGNORECASE)


class CompilerFailedError(Exception):
    """A compiler refused the source.

    Args:
        command: what was run.
        output: all that it said.
    """

    def __init__(self, command: Sequence[str], output: str) -> None:
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        errors = [line for line in lines if _ERROR.search(line)]
        self.error_line = [*errors, *lines, "it said nothing"][0]
        self.output = f"{shlex.join(command)}\n{output}"
        super().__init__(self.error_line)


@dataclass(frozen=True)
class Compiler:
    """A C compiler that answers.

    Attributes:
        command: how it is called.
        version: the first line of what it says about itself.
    """

    command: tuple[str, ...]
    version: str

    @property
    def name(self) -> str:
        """The command as a person types it."""
        return shlex.join(self.command)

    @property
    def options(self) -> tuple[str, ...]:
        """What this compiler needs besides; zig compiles for the very CPU it runs on otherwise."""
        is_zig = any(Path(word).name in ZIG for word in self.command)
        return ("-mcpu=baseline",) if is_zig else ()

    def compile(self, source: Path, output: Path, options: Sequence[str]) -> None:
        """Compile one file of C to a library; what is made on the way lies beside it.

        Raises:
            CompilerFailedError: with all that the compiler said.
        """
        words = [*OPTIONS, *self.options, *options, str(source), "-o", str(output), "-lm"]
        command = [*self.command, *words]
        said = _run(command, COMPILING_SECONDS, TMPDIR=str(output.parent))
        if not output.is_file():
            raise CompilerFailedError(command, f"{said}\nerror: it wrote no library")


def find_compiler() -> Compiler | None:
    """Return the compiler named by the variable CC, else the machine's own, else ziglang's.

    Raises:
        NativeUnavailable: CC names none, or the one that is there does not work.
    """
    if named := os.environ.get(VARIABLE, "").strip():
        return named_compiler(named)
    if usual := next(filter(shutil.which, USUAL), None):
        return named_compiler(usual)
    if importlib.util.find_spec("ziglang") is not None:
        return named_compiler(shlex.join([sys.executable, "-m", "ziglang", "cc"]))
    return None


def named_compiler(command: str) -> Compiler:
    """Return the compiler of a command line, `gcc` or `clang --target=aarch64-linux-gnu`.

    Raises:
        NativeUnavailable: there is none, or it does not work.
    """
    try:
        words = tuple(shlex.split(command))
        said = _run([*words, "--version"], ANSWERING_SECONDS)
        return Compiler(words, said.partition("\n")[0].strip())
    except (OSError, ValueError, CompilerFailedError) as error:
        raise NativeUnavailable(
            f"the C compiler {command!r} does not work: {error}; "
            f"set {VARIABLE} to one that does, or unset it"
        ) from error


def _run(command: Sequence[str], patience: float, **variables: str) -> str:
    """Return all that a command says, in English, within so many seconds."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "LC_ALL": "C", **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=patience,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise CompilerFailedError(command, error.stdout) from error
    except subprocess.TimeoutExpired as error:
        raise CompilerFailedError(command, f"error: no end after {error.timeout:g} s") from error
    return done.stdout
