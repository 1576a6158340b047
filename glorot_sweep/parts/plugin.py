"""The source of a plugin: read once, told apart by a digest, carried to whoever trains."""

import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Final

from glorot_sweep.errors import UserError
from glorot_sweep.host.folders import at_home

SUFFIX: Final = ".py"
LARGEST: Final = 2_000_000  # bytes of all files; the package itself has less
DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
OF_FILES: Final = "glorot_sweep_plugin_"  # begins the names of modules that are files
PACKAGE_FILE: Final = "__init__.py"


@dataclass(frozen=True)
class Plugin:
    """A module of the user's, as text: plain data that a worker on another machine can import.

    Attributes:
        name: what the user calls it: `my_parts.py`, or `package.module`.
        module: by which it is imported.
        files: text of each module by its name. Of a package they are all of its `.py` files,
            since any of them may decide a number.
    """

    name: str
    module: str
    files: Mapping[str, str]

    @property
    def top(self) -> str:
        """The first word of the module's name."""
        return self.module.partition(".")[0]

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits of the SHA-256 of all files."""
        found = hashlib.sha256()
        for module, text in sorted(self.files.items()):
            found.update(f"{module}\0{text}\0".encode("utf-8", "surrogatepass"))
        return found.hexdigest()[:12]

    def file_of(self, module: str) -> str:
        """Return what tracebacks call the file of a module."""
        return self.name if module == self.module else f"{module.replace('.', '/')}{SUFFIX}"

    def path_of(self, module: str) -> str:
        """Return where a module's text lies in a folder from which the plugin could be imported.

        A module without a package lies in a folder of its name, so that no file has the same path.
        """
        if self.module.startswith(OF_FILES):
            return f"{module.removeprefix(OF_FILES)}{SUFFIX}"
        is_package = module == self.top or any(name.startswith(f"{module}.") for name in self.files)
        place = module.replace(".", "/")
        return f"{place}/{PACKAGE_FILE}" if is_package else f"{place}{SUFFIX}"


def read_plugin(name: str, folder: Path) -> Plugin:
    """Read a plugin; nothing of it is run.

    Args:
        name: a path that ends in `.py`, or the dotted name of a module that Python finds.
        folder: where a relative path counts from.

    Raises:
        UserError: there is no such file or module, or it is too large or no UTF-8.
    """
    if name.endswith(SUFFIX):
        path = folder / at_home(Path(name))
        module = OF_FILES + re.sub(r"\W", "_", path.stem, flags=re.ASCII)
        return Plugin(path.name, module, {module: _read(path, name)})
    if DOTTED.fullmatch(name):
        files = _files_of_package(name)
        if name not in files:
            raise UserError(f"the plugin {name} is not there: no module of that name is beside it")
        return Plugin(name, name, files)
    raise UserError(
        f"a plugin is a path that ends in {SUFFIX}, as in my_parts.py, or the name of a module, as "
        f"in package.module; got {name!r}"
    )


def _files_of_package(name: str) -> dict[str, str]:
    """Return the text of each module of the package of a dotted name, or of that one module."""
    top = name.partition(".")[0]
    spec = _spec_of(top)
    if spec is None:
        raise UserError(
            f"the plugin {name} is not there: Python finds no module {top}. Install it, or name "
            f"its folder in PYTHONPATH; a file is named by its path, with {SUFFIX}"
        )
    if spec.submodule_search_locations is None:
        if not (spec.origin or "").endswith(SUFFIX):
            raise UserError(f"the plugin {name} has no source that can be carried to workers")
        return {top: _read(Path(str(spec.origin)), name)}
    files: dict[str, str] = {}
    for root in map(Path, spec.submodule_search_locations):
        for path in sorted(root.rglob(f"*{SUFFIX}")):
            parts = path.relative_to(root).with_suffix("").parts
            words = (top, *(parts[:-1] if path.name == PACKAGE_FILE else parts))
            files[".".join(words)] = _read(path, name)
            if sum(map(len, files.values())) > LARGEST:
                raise UserError(
                    f"the plugin {name} is too large to be carried to workers: its package has "
                    f"more than {LARGEST:,} bytes of {SUFFIX} files"
                )
    return files


def _spec_of(top: str) -> ModuleSpec | None:
    """Return where a module lies, whatever has been imported in this process."""
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        spec = find(top, None) if find and not getattr(finder, "holds_plugins", False) else None
        if isinstance(spec, ModuleSpec):
            return spec
    return None


def _read(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UserError(f"the plugin {name} may have {LARGEST:,} bytes, and has more: {path}")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise UserError(
            f"the plugin {name} is not there: {path.absolute()}. A path in a sweep file counts "
            "from that file's folder, one on the command line from the current folder"
        ) from None
    except UnicodeDecodeError as error:
        raise UserError(f"the plugin {name} is no UTF-8: {path}: {error}") from None
    except (OSError, ValueError) as error:
        raise UserError(f"the plugin {name} cannot be read: {error}") from None
