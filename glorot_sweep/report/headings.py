"""What parts of a report are called, in a heading and wherever they are spoken of."""

from typing import Final

from glorot_sweep.config.sweep import SweepConfig

UNNAMED: Final = "Which variant has the lowest error?"
TAKES: Final = "What would decide it"
NOTHING_NAMED: Final = (
    "Nothing was named beforehand in the sweep file (keys comparisons and base), so each variant "
    "is compared with the best of its column."
)


def title(config: SweepConfig, question: str) -> str:
    """Return what a sweep asks, from what its file names.

    Args:
        config: the sweep.
        question: what is asked where the file names nothing; where it names several comparisons
            there is no shorter question than which variant is the best.
    """
    named = config.all_comparisons
    if config.base:
        return f"What beats {config.rows[config.base].label}?"
    if len(named) == 1:
        compared, base = named[0]
        return f"{config.rows[compared].label} or {config.rows[base].label}?"
    return UNNAMED if named else question


def best_heading(config: SweepConfig) -> str:
    """Return how the table of the winners is called: where one depth was searched, by the rate."""
    several = config.search.depth.low < config.search.depth.high
    return "At each variant's best depth" if several else "The winners' learning rates"


def against_heading(config: SweepConfig) -> str:
    """Return how the table of a base is called."""
    return f"Every variant against {config.rows[config.base].label}" if config.base else ""
