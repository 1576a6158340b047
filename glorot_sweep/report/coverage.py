"""What the intervals and tests of a sweep cover, in words."""

from glorot_sweep.config.sweep import SweepConfig

FIXED = "the fixed validation and test sets"


def winner(config: SweepConfig) -> str:
    """Say what a winner at the table's depth is: among how many trials, and of what length."""
    search, replicates = config.search, config.replicates
    length = f" of {search.updates:,} updates" if search.updates != replicates.updates else ""
    numbers = range(search.group_trials)
    trials = sum(map(search.is_at_table_depth, numbers))
    may_win = sum(map(search.may_win_at_table_depth, numbers))
    if may_win > trials and search.depth.low < search.depth.high:
        # In the old way trials that search the depth count too if they come upon the table's.
        return f"the best of {trials} or more trials{length}"
    return f"the best of {may_win} trial{'s' if may_win != 1 else ''}{length}"


def coverage(config: SweepConfig) -> str:
    """Say which chance the intervals hold, and which they leave out.

    A caption has this sentence, so that nobody takes an interval for more than it is.
    """
    seeds, groups = config.replicates.seeds, config.search.groups
    best = winner(config)
    if groups == 1:
        return (
            f"All seeds repeat one winner, {best}: the interval covers initial weights and order "
            f"of examples; it leaves out the search, and {FIXED}."
        )
    if groups == seeds:
        return (
            f"Each seed repeats the winner of a search of its own, {best}: the interval covers "
            f"search, initial weights and order of examples, but not {FIXED}."
        )
    return (
        f"The seeds repeat the winners of {groups} searches, each {best}; the mean of a search's "
        f"seeds is one observation: the interval covers search, initial weights and order of "
        f"examples, but not {FIXED}."
    )


def seeds_text(config: SweepConfig) -> str:
    """Return how many seeds a cell has, in words."""
    looks = config.replicates.looks
    return f"{looks[0]} seeds" if len(looks) == 1 else f"{looks[0]} to {looks[-1]} seeds"


def groups_text(config: SweepConfig) -> str:
    """Return how many groups of trials a cell has, as a number or two."""
    first, last = config.search.groups, config.at_look(-1).search.groups
    return f"{first}" if first == last else f"{first} to {last}"


def looks_note(config: SweepConfig) -> str:
    """Return what no caption may leave out where seeds were added until it was decided."""
    if config.replicates.until_decided is None:
        return ""
    paired = (
        " Two cells are paired over the seeds that both have; one that is lower there than the "
        "best of its column is bold whatever its p."
    )
    return (
        " Seeds were added as long as a named comparison was open; bold marks, intervals and "
        "other tests are not corrected for that."
        f"{paired if config.significance.test == 'paired_seeds' else ''}"
    )


def correction_text(config: SweepConfig, correction: str) -> str:
    """Return a correction by its name, and that it is not over looks where there were several."""
    return f"{correction}, not over looks" if config.replicates.until_decided else correction


def mean_over(config: SweepConfig) -> str:
    """Return what a mean of the tables is over; of fewer groups than seeds each counts alike."""
    seeds, groups = config.replicates.seeds, config.search.groups
    if config.replicates.until_decided is not None:
        return f"mean over the seeds of each cell, as many as were needed ({seeds_text(config)})"
    if groups in (1, seeds):
        return f"mean over {seeds_text(config)}"
    return f"mean over the means of {groups} searches, {seeds} seeds in all"


def observations(config: SweepConfig) -> str:
    """Return how many errors a test over seeds has of each cell, and of what."""
    seeds, groups = config.replicates.seeds, config.search.groups
    return seeds_text(config) if groups in (1, seeds) else f"{groups} searches"
