"""Chance from the test set, known from two error rates alone: the paper's own numbers."""

import math
from typing import Final

from scipy import stats

from glorot_sweep.significance.comparison import (
    INTERVAL_LEVEL,
    LEVEL,
    N_EXAMPLES,
    Comparison,
    ratio,
)

_HALF_WIDTH: Final = float(stats.norm.isf((1 - INTERVAL_LEVEL) / 2))


def two_proportions(wrong_a: float, n_a: int, wrong_b: float, n_b: int) -> Comparison:
    """Pooled two-proportion z-test of two error counts: two-sided, no continuity correction.

    It treats the two test sets as independent samples, although they usually are the same
    examples, and each count as one network's. A count may be a mean over seeds and need not be
    whole; the test then still speaks of one network's worth of examples and knows nothing of the
    spread between seeds.

    If all or none of the examples of both cells are wrong, the statistic is 0 and p is 1.

    Args:
        wrong_a: Wrongly classified test examples of cell a, 0 <= wrong_a <= n_a.
        n_a: Test examples of cell a.
        wrong_b: As `wrong_a`, for cell b.
        n_b: As `n_a`, for cell b.

    Returns:
        The comparison, in percentage points. Its effect size is Cohen's h, the difference of
        2 arcsin(sqrt(p)). Its interval is Wald's, with the unpooled standard error, so near the
        level it can disagree with the test.

    Raises:
        ValueError: For a number of examples below 1 or a count outside its range.

    Source: J. Cohen (1988), "Statistical Power Analysis", chapter 6, for h; the z-test is in
    every textbook.

    Example:
        >>> f"z = {two_proportions(2715, 10_000, 1560, 10_000).statistic:.1f}"
        'z = 19.9'
    """
    rate_a, rate_b = _rate(wrong_a, n_a), _rate(wrong_b, n_b)
    pooled = (wrong_a + wrong_b) / (n_a + n_b)
    statistic = ratio(rate_a - rate_b, math.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b)))
    spread = math.sqrt(rate_a * (1 - rate_a) / n_a + rate_b * (1 - rate_b) / n_b)
    difference, half = 100 * (rate_a - rate_b), 100 * _HALF_WIDTH * spread
    return Comparison(
        test="two-proportion z-test",
        statistic=statistic,
        degrees_of_freedom=math.inf,
        p_value=float(2 * stats.norm.sf(abs(statistic))),
        effect_size=2 * math.asin(math.sqrt(rate_a)) - 2 * math.asin(math.sqrt(rate_b)),
        effect_name="Cohen's h",
        difference=difference,
        interval=(difference - half, difference + half),
    )


def two_percentages(error_a: float, error_b: float, n_examples: int = N_EXAMPLES) -> Comparison:
    """`two_proportions` of two errors in percent, each over `n_examples` test examples.

    Args:
        error_a: Test error of cell a in percent, 0 to 100; may be a mean over seeds.
        error_b: Likewise of cell b.
        n_examples: Test examples of each cell.

    Raises:
        ValueError: For an error outside [0, 100] or fewer than one example.

    Example:
        >>> f"p = {two_percentages(1.76, 1.64).p_value:.2f}"
        'p = 0.51'
    """
    for error in (error_a, error_b):
        if not 0 <= error <= 100:
            raise ValueError(f"an error must lie in [0, 100] percent; got {error}.")
    wrong_a, wrong_b = error_a / 100 * n_examples, error_b / 100 * n_examples
    return two_proportions(wrong_a, n_examples, wrong_b, n_examples)


def proportion_interval(
    error: float, n_examples: int = N_EXAMPLES, level: float = INTERVAL_LEVEL
) -> tuple[float, float]:
    """Wilson's interval of one error: what other test examples would have made of it.

    Args:
        error: Test error in percent, 0 to 100.
        n_examples: Test examples.
        level: Confidence, in (0, 1).

    Raises:
        ValueError: For an error outside [0, 100], fewer than one example, or a level outside
            (0, 1).

    Source: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical
    inference", JASA 22.

    Example:
        >>> low, high = proportion_interval(59.47)
        >>> f"[{low:.2f}, {high:.2f}]"
        '[58.50, 60.43]'
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1; got {level}. Use 0.95.")
    if not 0 <= error <= 100:
        raise ValueError(f"an error must lie in [0, 100] percent; got {error}.")
    rate = _rate(error / 100 * n_examples, n_examples)
    z = float(stats.norm.isf((1 - level) / 2))
    shrink = 1 + z * z / n_examples
    centre = (rate + z * z / (2 * n_examples)) / shrink
    half = z / shrink * math.sqrt(rate * (1 - rate) / n_examples + (z / (2 * n_examples)) ** 2)
    return 100 * max(centre - half, 0.0), 100 * min(centre + half, 1.0)


def smallest_significant_difference(
    error: float, n_examples: int = N_EXAMPLES, level: float = LEVEL
) -> float:
    """Difference in percentage points from which `two_percentages` calls two errors different.

    Args:
        error: The pooled error in percent, midway between the two cells.
        n_examples: Test examples of each cell.
        level: Two-sided, uncorrected.

    Raises:
        ValueError: For an error outside [0, 100], fewer than one example, or a level outside
            (0, 1).

    Example:
        >>> f"{smallest_significant_difference(16):.2f} points"
        '1.46 points'
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1; got {level}. Use {LEVEL}.")
    if not 0 <= error <= 100:
        raise ValueError(f"an error must lie in [0, 100] percent; got {error}.")
    rate = _rate(error / 100 * n_examples, n_examples)
    return 100 * float(stats.norm.isf(level / 2)) * math.sqrt(2 * rate * (1 - rate) / n_examples)


def _rate(wrong: float, n_examples: int) -> float:
    """Share of wrong examples, checked."""
    if n_examples < 1:
        raise ValueError(f"a cell needs at least one test example; got {n_examples}.")
    if not 0 <= wrong <= n_examples:
        raise ValueError(
            f"a count of wrong examples must lie in [0, {n_examples}]; got {wrong}. "
            "Pass counts here, and errors in percent to two_percentages."
        )
    return wrong / n_examples
