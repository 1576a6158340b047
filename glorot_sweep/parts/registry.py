"""Registries of parts: names and properties at once, functions on first use.

A sweep file is checked against names and properties; the functions need torch, which takes seconds
to import. So a part says where its functions are, and they are imported when one of them is asked
for. What a part is can be read from its `repr`, which is the same in every process.
"""

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from glorot_sweep.spelling import nearest

PACKAGE: Final = "the package"
THIS_PROCESS: Final = "this process"


@dataclass(frozen=True)
class Part:
    """Something that variants are made of.

    Attributes:
        name: as variants name it.
        source: where its functions are: `module:attribute`, a class without arguments or a
            function. Every process that trains must be able to import it.
        given: the class, its object or the function itself, of a part that a plugin registers;
            every process that trains imports the plugin.
    """

    name: str
    source: str
    given: Any = field(default=None, repr=False, compare=False, kw_only=True)

    def load(self) -> Any:
        """Import the functions, unless they are given; a class is instantiated.

        Example:
            >>> Part("root", "math:sqrt").load()(9.0)
            3.0
        """
        found = self.given
        if found is None:
            module, _, attribute = self.source.partition(":")
            found = getattr(importlib.import_module(module), attribute)
        return found() if isinstance(found, type) else found


class Named(Protocol):
    """What a registry holds."""

    @property
    def name(self) -> str:
        """By which it is found."""


P = TypeVar("P", bound=Named)


@dataclass(frozen=True)
class _Registrant:
    """Who registers, and what: registries with names in them."""

    name: str
    added: list[tuple["Registry[Any]", str]] = field(default_factory=list)


_REGISTRANT: ContextVar[_Registrant | None] = ContextVar("_REGISTRANT", default=None)


@contextmanager
def registered_by(name: str) -> Iterator[list[tuple["Registry[Any]", str]]]:
    """Let what is registered within be told by who did it; after an error nothing of it is left.

    Args:
        name: of whoever registers.

    Yields:
        What was registered so far: registries with names in them.
    """
    registrant = _Registrant(name)
    token = _REGISTRANT.set(registrant)
    try:
        yield registrant.added
    except BaseException:
        for registry, added in registrant.added:
            registry.remove(added)
        raise
    finally:
        _REGISTRANT.reset(token)


class Registry(dict[str, P]):
    """The parts of one kind by name; `add` is how one is put in.

    Args:
        kind: what messages call a part of it.
        parts: the first ones.

    Example:
        >>> roots = Registry("root", [Part("square", "math:sqrt")])
        >>> roots.add(Part("cubic", "math:cbrt"))
        >>> list(roots)
        ['square', 'cubic']
    """

    def __init__(self, kind: str, parts: Iterable[P] = ()) -> None:
        super().__init__()
        self.kind = kind
        self._registrants: dict[str, str] = {}
        for part in parts:
            self.add(part)
            self._registrants[part.name] = PACKAGE

    def add(self, part: P) -> None:
        """Let variants name a further part.

        What this process has registered it may register again: a notebook's cell is run twice. The
        functions are then those of the last time.

        Raises:
            ValueError: its name is taken, by somebody else or for something else.
        """
        if part.name in self and not self._is_again(part):
            raise ValueError(
                f"there is {self._a_kind} {part.name!r} already, by {self.registrant(part.name)}; "
                "give it another name"
            )
        self[part.name] = part
        registrant = _REGISTRANT.get()
        if registrant is not None:
            registrant.added.append((self, part.name))
        self._registrants[part.name] = registrant.name if registrant else THIS_PROCESS

    def _is_again(self, part: P) -> bool:
        is_ours = _REGISTRANT.get() is None and self.registrant(part.name) == THIS_PROCESS
        return is_ours and self[part.name] == part

    def remove(self, name: str) -> None:
        """Take a part out again."""
        self.pop(name, None)
        self._registrants.pop(name, None)

    def registrant(self, name: str) -> str:
        """Return who has registered a part: `PACKAGE`, a plugin, or `THIS_PROCESS`."""
        return self._registrants.get(name, THIS_PROCESS)

    @property
    def shipped(self) -> frozenset[str]:
        """Names of the parts that come with the package."""
        return frozenset(name for name, who in self._registrants.items() if who == PACKAGE)

    def require(self, name: str, user: str) -> None:
        """Refuse a name that no part has.

        Args:
            name: that must be known.
            user: what names it, for the message.

        Raises:
            ValueError: it is unknown.
        """
        if name not in self:
            raise ValueError(f"{user} names an unknown {self.kind} {name!r}{nearest(name, self)}")

    @property
    def _a_kind(self) -> str:
        return f"{'an' if self.kind[0] in 'aeiou' else 'a'} {self.kind}"
