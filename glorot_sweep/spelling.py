"""What the user may have meant."""

import difflib
from collections.abc import Iterable

LONGEST = 60  # characters that are compared, which takes time in proportion


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of an error message: the nearest known name and all of them.

    Example:
        >>> nearest("tahn", ["tanh", "sigmoid"])
        "; did you mean 'tanh'? Known: sigmoid, tanh"
        >>> nearest("x", ["tanh"])
        '. Known: tanh'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name[:LONGEST], names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    return f"{hint} Known: {', '.join(names)}"
