"""Importing plugins from their text, here and in every process that trains.

A module is made of the text that was read when the sweep began and that its identity holds; a file
that is edited while the sweep runs changes nothing, and a worker on another machine needs no file.
"""

import importlib
import sys
import traceback
from collections.abc import Iterable, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

from glorot_sweep.errors import UserError
from glorot_sweep.parts.plugin import Plugin, read_plugin
from glorot_sweep.parts.registry import registered_by

_IMPORTED: Final[dict[str, Plugin]] = {}
"""The plugins of this process by the names of their modules."""


def load_plugins(names: Iterable[str], folder: Path) -> tuple[Plugin, ...]:
    """Read and import plugins.

    Args:
        names: see `read_plugin`.
        folder: where relative paths count from.

    Raises:
        UserError: one is not there, cannot be imported or registers nothing; names its line.
    """
    plugins = tuple(read_plugin(name, folder) for name in names)
    import_plugins(plugins)
    return tuple({plugin.module: plugin for plugin in plugins}.values())


def import_plugins(plugins: Iterable[Plugin]) -> None:
    """Import plugins that are not imported yet.

    Raises:
        UserError: see `load_plugins`; or another text of that name, or a module by anybody else,
            was imported before.
    """
    for plugin in plugins:
        _import(plugin)


def _import(plugin: Plugin) -> None:
    _refuse_other_text(plugin)
    if plugin.module in _IMPORTED:
        return
    is_new = plugin.module not in sys.modules
    finder = _TextFinder(plugin) if plugin.top not in sys.modules else None
    if finder is not None:
        sys.meta_path.insert(0, finder)
    try:
        with registered_by(plugin.name) as registered:
            module = importlib.import_module(plugin.module)
            if not registered:
                _refuse_idle(plugin, module, is_new=is_new)
    except UserError:
        _forget(plugin, finder)
        raise
    except (Exception, SystemExit) as error:
        _forget(plugin, finder)
        raise UserError(_explained(plugin, error)) from None
    _IMPORTED[plugin.module] = plugin


def _refuse_idle(plugin: Plugin, module: ModuleType, *, is_new: bool) -> None:
    """Refuse a plugin that has registered nothing now, unless another one has imported it."""
    if is_new or not any("glorot_sweep" in text for text in plugin.files.values()):
        raise UserError(
            f"the plugin {plugin.name} registers nothing. What it adds is registered when it is "
            "imported, as in glorot_sweep.register_activation(...)"
        )
    if not isinstance(getattr(module.__spec__, "loader", None), _TextFinder):
        raise UserError(
            f"the plugin {plugin.name} has been imported in this process already, perhaps from "
            "another text than it has now; start a new process in which `plugins` alone imports it"
        )


def _refuse_other_text(plugin: Plugin) -> None:
    for before in _IMPORTED.values():
        if before.top == plugin.top and before.digest != plugin.digest:
            raise UserError(
                f"the plugin {plugin.name} was imported in this process with another content "
                f"({before.digest}, and now it is {plugin.digest}); start a new process, or, if "
                "these are two plugins, give one of them another name"
            )


def _forget(plugin: Plugin, finder: "_TextFinder | None") -> None:
    """Leave nothing of a plugin that could not be imported."""
    if finder is None:
        return
    sys.meta_path.remove(finder)
    for name in [name for name in sys.modules if _is_within(name, plugin.top)]:
        del sys.modules[name]


def _is_within(name: str, top: str) -> bool:
    return name == top or name.startswith(f"{top}.")


def _explained(plugin: Plugin, error: BaseException) -> str:
    """Return what went wrong, at the line of the plugin where it did."""
    files = {plugin.file_of(module) for module in plugin.files}
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename in files:
        said = f"{type(error).__name__}: {error.msg}"
        places = [(error.filename, error.lineno)]
    else:
        frames = traceback.extract_tb(error.__traceback__)
        places = [(one.filename, one.lineno) for one in frames if one.filename in files]
    at = ""
    if places:
        file, line = places[-1]
        at = f", line {line}" if file == plugin.name else f", {file} line {line}"
    return f"the plugin {plugin.name} cannot be imported{at}: {said}"


class _TextFinder(MetaPathFinder, InspectLoader):
    """Finds the modules of one plugin, and makes them of their text.

    Attributes:
        holds_plugins: tells such a finder from those that know files.
    """

    holds_plugins = True

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return how a module of the plugin is made; None of all others."""
        if fullname not in self.plugin.files and not self.is_package(fullname):
            return None
        origin = self.plugin.file_of(fullname)
        return spec_from_loader(fullname, self, origin=origin, is_package=self.is_package(fullname))

    def is_package(self, fullname: str) -> bool:
        """Return whether there are modules within; a folder without a file of its own is one."""
        return any(name.startswith(f"{fullname}.") for name in self.plugin.files)

    def get_source(self, fullname: str) -> str:
        """Return the text, which tracebacks quote."""
        return self.plugin.files.get(fullname, "")

    def get_code(self, fullname: str) -> CodeType:
        """Return what the text means."""
        text, file = self.get_source(fullname), self.plugin.file_of(fullname)
        code: CodeType = compile(text, file, "exec", dont_inherit=True)
        return code
