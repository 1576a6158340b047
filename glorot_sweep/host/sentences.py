"""Sentences in a terminal."""

from rich.console import Console


def print_sentence(console: Console, sentence: str, style: str = "") -> None:
    """Print a sentence: broken between words in a terminal, elsewhere one line for programs.

    Not for commands and addresses, which are copied: they are printed whole everywhere.
    """
    console.print(
        sentence, style=style, markup=False, highlight=False, soft_wrap=not console.is_terminal
    )
