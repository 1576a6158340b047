"""Words for a person: what a name may have meant, how long something takes."""

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


def duration(seconds: float) -> str:
    """Return a time in the unit that fits it, below a second in seconds.

    Example:
        >>> [duration(seconds) for seconds in (0.04, 4.2, 75, 600, 9000, 12_960_000)]
        ['0.04 seconds', '4.2 seconds', '75 seconds', '10 minutes', '2.5 hours', '3,600 hours']
        >>> [duration(seconds) for seconds in (0, -3, float("nan"))]
        ['0 seconds', '-3 seconds', 'nan seconds']
    """
    longer = (("hours", 3600, 7200), ("minutes", 60, 120))
    unit, size = next(
        ((word, size) for word, size, least in longer if seconds >= least), ("seconds", 1)
    )
    count = round(seconds / size, 2)
    return f"{count:,.0f} {unit}" if count >= 10 else f"{count:.2g} {unit}"
