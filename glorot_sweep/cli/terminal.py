"""Where the commands write."""

import sys

from rich.console import Console


def terminal() -> Console:
    """Return the console: as wide as the terminal, else wide enough for every table.

    It takes no text for markup: names and messages come from outside.
    """
    width = None if sys.stdout.isatty() else 160
    return Console(width=width, soft_wrap=False, markup=False, emoji=False)


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
