"""How p-values and differences are written: never against the decision that they stand beside."""

from typing import Final

MOST_DIGITS: Final = 17  # tell any two numbers of double precision apart


def p_text(p: float, level: float) -> str:
    """Return a p-value with two significant digits, or as many more as its decision needs.

    Args:
        p: what is compared with the level: significant is what is at most that.
        level: of the test.

    Example:
        >>> p_text(0.0312, 0.005), p_text(0.00503, 0.005), p_text(0.005, 0.005)
        ('0.031', '0.00503', '0.005')
    """
    texts = (f"{p:.{digits}g}" for digits in range(2, MOST_DIGITS + 1))
    return next(text for text in texts if (float(text) <= level) == (p <= level))


def signed(points: float) -> str:
    """Return a difference in points with its sign; one that rounds to nothing has none.

    Example:
        >>> signed(-1.234), signed(0.5), signed(-0.001)
        ('-1.23', '+0.50', '0.00')
    """
    return "0.00" if is_tie(points) else f"{points:+.2f}"


def is_tie(points: float) -> bool:
    """Return whether a difference in points is written as nothing.

    Example:
        >>> is_tie(-0.0049), is_tie(0.0051)
        (True, False)
    """
    return float(f"{points:.2f}") == 0
