"""The option `--plugin`: modules of the user's that register parts, variants and data sets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from glorot_sweep.parts.plugin import Plugin

PluginNames = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        help="A module of yours that registers parts or data sets: a path that ends in .py, or the "
        "name of a module. May be given several times, or with commas between.",
    ),
]


def plugins_of(given: list[str] | None) -> "tuple[Plugin, ...]":
    """Import what the option names; an empty value is none.

    Relative paths count from the current folder.

    Raises:
        UserError: one is not there, cannot be imported, or registers nothing.
    """
    names = [name.strip() for one in given or () for name in one.split(",")]
    if not any(names):
        return ()
    from glorot_sweep.parts.plugin_import import load_plugins  # noqa: PLC0415

    return load_plugins(filter(None, names), Path.cwd())
