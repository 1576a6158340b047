"""Registries of parts: names and properties at once, functions on first use.

A sweep file is checked against names and properties; the functions need torch, which takes seconds
to import. So a part says where its functions are, and they are imported when one of them is asked
for. What a part is can be read from its `repr`, which is the same in every process.
"""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from glorot_sweep.spelling import nearest


@dataclass(frozen=True)
class Part:
    """Something that variants are made of.

    Attributes:
        name: as variants name it.
        source: where its functions are: `module:attribute`, a class without arguments or a
            function. Every process that trains must be able to import it.
    """

    name: str
    source: str

    def load(self) -> Any:
        """Import the functions; a class is instantiated.

        Example:
            >>> Part("root", "math:sqrt").load()(9.0)
            3.0
        """
        module, _, attribute = self.source.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        return found() if isinstance(found, type) else found


P = TypeVar("P", bound=Part)


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
        for part in parts:
            self.add(part)

    def add(self, part: P) -> None:
        """Let variants name a further part.

        Raises:
            ValueError: its name is taken.
        """
        if part.name in self:
            raise ValueError(f"there is {self._a_kind} {part.name!r} already; give it another name")
        self[part.name] = part

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
