"""The plugins of a sweep file: imported before the rest is read, which names their parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, InstanceOf, ValidationInfo

from glorot_sweep.config.own_variants import is_stored
from glorot_sweep.errors import UserError
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.parts.plugin_import import import_plugins, load_plugins

MOST_PLUGINS: Final = 20


@dataclass(frozen=True)
class FromFile:
    """What else a sweep file is read with: the context of its validation.

    Attributes:
        folder: where the paths of its plugins count from.
        plugins: of the command line, imported.
    """

    folder: Path = field(default_factory=Path.cwd)
    plugins: tuple[Plugin, ...] = ()


def _imported(given: Any, info: ValidationInfo) -> Any:
    """Import what a file names; mistakes that are none of a plugin are left to be told."""
    if is_stored(info):
        return ()
    context = info.context if isinstance(info.context, FromFile) else FromFile()
    if not isinstance(given, list | tuple):
        return given
    plugins = [*context.plugins]
    try:
        for one in given:
            if isinstance(one, Plugin):
                import_plugins((one,))
                plugins.append(one)
            elif isinstance(one, str):
                plugins += load_plugins((one,), context.folder)
            else:
                raise ValueError(f"a plugin is named by a text, got {one!r}")
    except UserError as error:
        raise ValueError(str(error)) from None
    return tuple({plugin.module: plugin for plugin in plugins}.values())


Plugins = Annotated[
    tuple[InstanceOf[Plugin], ...],
    BeforeValidator(_imported),
    Field(
        max_length=MOST_PLUGINS,
        validate_default=True,
        json_schema_extra={"written": "list of text"},
    ),
]
"""In a file: paths that end in `.py`, and names of modules."""


def digests_of(plugins: tuple[Plugin, ...]) -> Mapping[str, str]:
    """Return the digest of each plugin by its name."""
    return {plugin.name: plugin.digest for plugin in plugins}
