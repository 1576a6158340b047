"""Replicates that are added until the comparisons of the file are decided."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from glorot_sweep.config.before_groups import OLD_WAY
from glorot_sweep.config.limits import MOST_SEEDS_LOOKED_AT
from glorot_sweep.config.looks import SMALLEST_P, shares_of
from glorot_sweep.config.section import Section

if TYPE_CHECKING:
    from glorot_sweep.config.sweep import SweepConfig


class UntilDecidedConfig(Section):
    """Looks at the comparisons of the file, and further seeds for those that are open.

    After `replicates.seeds` replicates, and again after each `step` more, every comparison that
    the file names is decided, given up as futile, or goes on; a variant of which no comparison
    goes on gets no further seed. `significance.level` is the chance of any false decision, over
    all looks, comparisons and data sets.

    Attributes:
        most: replicates of a winner at the last look.
        step: replicates between two looks; the last one may come earlier.
    """

    most: Annotated[int, Field(ge=3, le=MOST_SEEDS_LOOKED_AT)]
    step: Annotated[int, Field(ge=1, le=MOST_SEEDS_LOOKED_AT)]


def check_until_decided(config: "SweepConfig") -> None:
    """Refuse a design without comparisons, or one that can decide nothing.

    Raises:
        ValueError: it is one.
    """
    if config.replicates.until_decided is None:
        return
    if not config.all_comparisons:
        raise ValueError(
            "replicates.until_decided decides the comparisons of the file, and there is none; "
            "name pairs of variants, as comparisons: [[tanh_n, tanh]], or a base"
        )
    _check_groups(config)
    _check_test(config)


def _check_groups(config: "SweepConfig") -> None:
    search, seeds = config.search, config.replicates.seeds
    if search.is_old_way:
        key, given = OLD_WAY, "one search for all of them"
    elif search.groups != seeds:
        key, given = "groups", f"{search.groups} groups and {seeds} seeds"
    else:
        return
    raise ValueError(
        "replicates.until_decided adds a group of the search with each seed, so there must be as "
        f"many groups as seeds, got {given}; leave search.{key} out"
    )


def _check_test(config: "SweepConfig") -> None:
    chosen, looks = config.significance, config.replicates.looks
    if chosen.test not in SMALLEST_P:
        raise ValueError(
            "replicates.until_decided adds seeds, so significance.test must be one over seeds, "
            f"{' or '.join(SMALLEST_P)}, got {chosen.test}"
        )
    if chosen.equivalence:
        raise ValueError(
            "replicates.until_decided corrects differences for its looks, and no test of "
            "equivalence; leave significance.equivalence out"
        )
    count = len(config.all_comparisons) * len(config.datasets)
    if not shares_of(looks, chosen.test, chosen.level, count)[-1]:
        raise ValueError(
            f"replicates.until_decided: the last look, at {looks[-1]} seeds, could decide none of "
            f"{count} comparison{'s' if count > 1 else ''} at the level {chosen.level}, since the "
            f"smallest exact p beside {chosen.test} is {SMALLEST_P[chosen.test](looks[-1]):.2g}; "
            "raise most"
        )
