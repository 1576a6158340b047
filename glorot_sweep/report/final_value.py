"""What an error of the tables is, in words: the mean of the last evaluations, or the last alone.

Tests across test examples need the answers to each of them, which are kept of the last evaluation
alone; where the tables show means of several, they test something else and say so.
"""

from typing import Final

from glorot_sweep.config.sweep import SweepConfig

ACROSS_EXAMPLES: Final = frozenset({"paired", "two_proportions"})
"""Tests of the answers to test examples; all others are of the errors that the tables show."""

AT_LAST: Final = "at the last evaluation"


def final_value(config: SweepConfig) -> str:
    """Return what the final error of a run is: `mean of the last 10 evaluations`."""
    window = config.replicates.window
    return "last evaluation" if window == 1 else f"mean of the last {window} evaluations"


def shown_error(config: SweepConfig) -> str:
    """Return how a caption names what a table shows."""
    of = "" if config.replicates.window == 1 else f", {final_value(config)}"
    return f"Test error in percent{of}"


def is_at_last(config: SweepConfig, test: str) -> bool:
    """Return whether a test is of other errors than the tables show: of the last evaluation's."""
    return config.replicates.window > 1 and test in ACROSS_EXAMPLES


def tested_value(config: SweepConfig, test: str) -> str:
    """Return what a test compares."""
    return "last evaluation" if is_at_last(config, test) else final_value(config)
