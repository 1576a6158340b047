"""Commands about sweep files to begin with: those of the package, and one of one's own."""

import re
from pathlib import Path
from typing import Annotated

import typer

from glorot_sweep.cli.completion import shipped_like
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.config.names import IN_WORDS, SWEEP_NAME
from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import refuse_as_file

commands = typer.Typer()


@commands.command()
def sweeps() -> None:
    """List the sweep files that come with this package: name, model-updates, what they ask.

    `sweep`, `validate` and `plan` take such a name for a file; `init --from NAME` copies it.
    """
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from glorot_sweep.config.file import read_sweep_file  # noqa: PLC0415
    from glorot_sweep.config.shipped import first_sentence, shipped_sweeps  # noqa: PLC0415
    from glorot_sweep.sweep.contents.phases import phases  # noqa: PLC0415

    listed = Table.grid(padding=(0, 2, 0, 0))
    listed.add_column(no_wrap=True)
    listed.add_column(justify="right", no_wrap=True)
    listed.add_column()
    listed.add_row("sweep", "model-updates", "what it asks")
    for name, path in shipped_sweeps().items():
        file = read_sweep_file(path)
        updates = sum(phase.model_updates for phase in phases(file.config))
        listed.add_row(name, f"{updates:,}", Text(first_sentence(file.text)))
    terminal().print(listed, markup=False)


@commands.command()
def init(
    name: Annotated[
        str | None, typer.Argument(help="Of the sweep, and of its file NAME.yaml.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="A sweep file of this package to copy; default: one for a question of your own.",
            autocompletion=shipped_like,
        ),
    ] = None,
) -> None:
    """Write a sweep file into the current folder; one that is there is never overwritten."""
    from glorot_sweep.config.shipped import ENDING, renamed, shipped_sweeps  # noqa: PLC0415
    from glorot_sweep.config.template import template  # noqa: PLC0415
    from glorot_sweep.spelling import nearest  # noqa: PLC0415

    known = shipped_sweeps()
    if source and source not in known:
        raise UserError(f"no sweep file {source!r} in this package{nearest(source, known)}")
    name = name or source or "mine"
    if not re.fullmatch(SWEEP_NAME, name):
        raise UserError(f"a sweep cannot be named {name!r}: {IN_WORDS[SWEEP_NAME]}.")
    file = Path(f"{name}{ENDING}")
    text = renamed(known[source].read_text("utf-8"), name) if source else template(name, str(file))
    _write(file, text)
    terminal().print(
        f"{file} is written. Edit it, then: glorot-sweep validate {file}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


def named_file(given: Path) -> Path:
    """Return the sweep file that an argument means, and say which, if it is not plain."""
    from glorot_sweep.config.shipped import find_sweep_file  # noqa: PLC0415

    file = find_sweep_file(given)
    if file != given:
        line = f"{given} means the sweep file {file}"
        terminal().print(line, highlight=False, markup=False, soft_wrap=True)
    return file


def _write(file: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        UserError: it is there, or cannot be written here.
    """
    if file.exists():
        raise UserError(f"{file.absolute()} is there already. Give the sweep another name.")
    refuse_as_file(file, "the sweep file")
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)
