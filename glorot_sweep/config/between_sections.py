"""Rules of a sweep file that look at several of its sections; each raises a ValueError."""

from typing import TYPE_CHECKING

from glorot_sweep.config.engine_and_device import check_native, check_products
from glorot_sweep.config.factors import at_value, factor_of, values_of
from glorot_sweep.config.limits import MOST_EXAMPLES, MOST_RUNS
from glorot_sweep.config.own_variants import check_own_variants
from glorot_sweep.config.significance import check_base, check_comparisons
from glorot_sweep.config.until_decided import check_until_decided
from glorot_sweep.config.window import largest_window
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.variants import Variant

if TYPE_CHECKING:
    from glorot_sweep.config.sweep import SweepConfig


def check_named(config: "SweepConfig") -> None:
    """Refuse comparisons of what the sweep does not have."""
    check_comparisons(config.comparisons, config.variants)
    check_base(config.base, config.variants)


def check_profiles(config: "SweepConfig") -> None:
    """Refuse widths that change from layer to layer in a table of one layer."""
    shaped = [name for name, row in config.rows.items() if row.profile != "equal"]
    if shaped and config.search.table_depth < 2:
        key = "each of replicates.depths" if config.replicates.depths else "search.table_depth"
        raise ValueError(
            f"the variant {shaped[0]!r} has widths that change from layer to layer, so "
            f"{key} must be 2 or more, got {config.search.table_depth}"
        )
    depths = config.monitored.depths if config.monitored else {}
    if flat := [name for name in shaped if 1 in depths.get(name, ())]:
        raise ValueError(
            f"the variant {flat[0]!r} has widths that change from layer to layer, so each of "
            f"monitored.depths.{flat[0]} must be 2 or more, got {list(depths[flat[0]])}"
        )


def check_groups(config: "SweepConfig") -> None:
    """Refuse groups of which no replicate trains the winner again."""
    groups, seeds = config.search.groups, config.replicates.seeds
    if groups > seeds:
        raise ValueError(
            "search.groups must be at most replicates.seeds, since a replicate trains the "
            f"winner of each group again, got {groups} groups and {seeds} seeds"
        )


def check_space(config: "SweepConfig") -> None:
    """Refuse a search space that a variant lacks, or that no variant has."""
    variants = list(config.rows.values())
    search = config.search
    for key, space, needed in (
        *(
            (f"step_rules.{rule}", search.step_rule(rule), _named(variants, "step_rule", rule))
            for rule, row in STEP_RULES.items()
            if row.has_damping
        ),
        ("pretraining", search.pretraining, _named(variants, "pretrained", True)),
    ):
        given = space is not None
        if needed and not given:
            raise ValueError(f"the variant {needed[0]!r} needs search.{key}")
        if given and not needed:
            raise ValueError(
                f"search.{key} is given, but no variant of this sweep uses it: "
                f"{', '.join(config.variants)}"
            )


def check_streams(config: "SweepConfig") -> None:
    """Refuse runs that are longer than a stream of training examples."""
    search, batch = config.search, config.network.batch_size
    monitored = config.monitored.depths if config.monitored else {}
    deepest = max((d for depths in monitored.values() for d in depths), default=0)
    longest = {
        "search.updates": search.updates,
        "replicates.updates": config.replicates.updates,
        "monitored.updates": config.monitored.updates if config.monitored else 0,
        "search.pretraining.updates of all layers": max(search.depth.high, deepest)
        * max(search.pretraining.updates if search.pretraining else (0,)),
    }
    for key, updates in longest.items():
        if updates * batch > MOST_EXAMPLES:
            raise ValueError(
                f"{key} times network.batch_size must be at most {MOST_EXAMPLES}, the examples "
                f"of a training stream, got {updates} times {batch}"
            )


def check_window(config: "SweepConfig") -> None:
    """Refuse a final value that is the mean of more evaluations than can be made."""
    window = config.replicates.window
    of_trials, of_replicates = config.search.updates, config.replicates.updates
    for key, updates in (("replicates.updates", of_replicates), ("search.updates", of_trials)):
        if window > (largest := largest_window(updates)):
            raise ValueError(
                f"replicates.window must be at most {largest}, since so many evaluations fit into "
                f"the last tenth of {key} {updates}, got {window}; window: 1 takes the last "
                "evaluation alone"
            )


def check_runs(config: "SweepConfig") -> None:
    """Refuse more runs than a sweep may have."""
    studies = len(config.datasets) * len(config.variants) * len(values_of(config))
    most = config.at_look(-1)
    trials = most.search.groups * config.search.group_trials
    n_runs = studies * (trials + 2 * most.replicates.seeds) + _n_monitored(config)
    if n_runs > MOST_RUNS:
        raise ValueError(
            f"a sweep may have at most {MOST_RUNS:,} runs, got up to {n_runs:,}: "
            f"{studies:,} studies of {trials:,} trials (search.trials, search.groups), 2 x "
            f"{most.replicates.seeds:,} replicates of each, and {_n_monitored(config):,} "
            "monitored runs; ask for fewer, or make several sweeps"
        )


def _n_monitored(config: "SweepConfig") -> int:
    """Return how many monitored runs there may be at the most."""
    if config.monitored is None:
        return 0
    depths = config.monitored.depths
    n_networks = sum(map(len, depths.values())) if depths else 2 * len(config.variants)
    return n_networks * len(config.monitored.learning_rates) * config.monitored.seeds


def _named(variants: list[Variant], attribute: str, value: object) -> list[str]:
    return [variant.name for variant in variants if getattr(variant, attribute) == value]


CHECKS = (
    check_groups, check_named, check_products, check_native, check_own_variants, check_profiles,
    check_space, check_streams, check_window, check_until_decided, check_runs,
)  # fmt: skip


def check_sections(config: "SweepConfig") -> None:
    """Refuse a sweep whose sections do not fit together, at any value of its factor.

    Raises:
        ValueError: they do not.
    """
    each = [at_value(config, value) for value in values_of(config)] if factor_of(config) else []
    for one in (config, *each):
        for check in CHECKS:
            check(one)
