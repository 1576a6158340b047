"""Whether two cells are alike: within a margin that was named before the runs.

A difference that is not significant shows nothing: the test may just have had no power. Being
alike is shown by two one-sided tests, one against each end of the margin.
"""

from dataclasses import dataclass
from typing import Final

from scipy import stats

from glorot_sweep.significance.comparison import LEVEL, Comparison, ratio, t_interval

MARGIN: Final = 1.0
"""Margin where none is given, in percentage points."""


@dataclass(frozen=True)
class Equivalence:
    """Outcome of two one-sided tests.

    Attributes:
        margin: Differences below it count as none, in percentage points.
        p_value: The larger of the two.
        interval: Confidence interval of the difference at the level 1 - 2 `level`, in points: it
            lies within the margin where the two are equivalent, and only there.
        equivalent: Whether `p_value` is at most the level.
    """

    margin: float
    p_value: float
    interval: tuple[float, float]
    equivalent: bool


def equivalence(found: Comparison, margin: float = MARGIN, level: float = LEVEL) -> Equivalence:
    """Test whether a difference lies within a margin around zero, at either side of it.

    The p of two such tests needs no correction: both must reject.

    Args:
        found: The difference, by any test whose statistic is it over its standard error.
        margin: Named beforehand, in percentage points, positive.
        level: Of each of the two tests.

    Raises:
        ValueError: For a margin that is not positive, or a level outside (0, 0.5).

    Source: D. J. Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.

    Example:
        >>> from glorot_sweep.significance import welch
        >>> found = welch([64.1, 64.3, 64.2, 64.0], [64.2, 64.1, 64.3, 64.1])
        >>> equivalence(found, margin=1.0).equivalent, equivalence(found, margin=0.1).equivalent
        (True, False)
    """
    if not margin > 0:
        raise ValueError(f"a margin of equivalence must be positive, in points; got {margin}.")
    if not 0 < level < 0.5:
        raise ValueError(f"level must lie strictly between 0 and 0.5; got {level}. Use {LEVEL}.")
    error, freedom = found.standard_error, found.degrees_of_freedom
    above_low = ratio(found.difference + margin, error)
    below_high = ratio(margin - found.difference, error)
    p_value = float(stats.t.sf(min(above_low, below_high), freedom))
    interval = t_interval(found.difference, error, freedom, 1 - 2 * level)
    return Equivalence(margin, p_value, interval, p_value <= level)
