"""Where the commands write."""

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text


class _Terminal(Console):
    """Shows as text what a terminal would obey."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text as it is drawn, in tables too."""
        return super().render_str(printable(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render a text that was made elsewhere likewise, in a table too."""
        if isinstance(renderable, Text) and (plain := printable(renderable.plain)) != str(
            renderable
        ):
            renderable = Text(
                plain, renderable.style, justify=renderable.justify, overflow=renderable.overflow,
                no_wrap=renderable.no_wrap, end=renderable.end,
            )  # fmt: skip
        return super().render(renderable, options)


def printable(text: str) -> str:
    r"""Return a text without what a terminal would obey: it may come from a file's name or content.

    Example:
        >>> print(printable(chr(27) + "[31mred"))
        \x1b[31mred
    """
    return "".join(
        one if one.isprintable() or one in "\n\t" else one.encode("unicode_escape").decode()
        for one in text
    )


def terminal() -> Console:
    """Return the console: as wide as the terminal, else wide enough for every table.

    It takes no text for markup: names and messages come from outside.
    """
    width = None if sys.stdout.isatty() else 160
    return _Terminal(width=width, soft_wrap=False, markup=False, emoji=False)


def is_answering() -> bool:
    """Return whether a person can be asked: what is written is seen, and what is typed read."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def agree(question: str) -> bool:
    """Ask; whatever is no yes is a no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except (EOFError, OSError):  # Ctrl-D, which leaves the cursor behind the question; or gone
        print()
        return False
