"""What a sweep would train, before anything of it is trained or even loaded."""

from collections import Counter
from pathlib import Path

from rich.console import Console

from glorot_sweep.config.factors import factor_of, factor_text
from glorot_sweep.config.looks import shares_of
from glorot_sweep.config.papers import NO_PAPER
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.sweep.contents.phases import phases
from glorot_sweep.sweep.unused import unused

HEADINGS = ("data set", "phase", "runs", "model-updates")


def planned_runs(config: SweepConfig, *, at_most: bool = True) -> Counter[str]:
    """Return how many runs each phase has, over all data sets, if every winner is at two depths.

    Args:
        config: the sweep.
        at_most: see `phases`.
    """
    counts: Counter[str] = Counter()
    for phase in phases(config, at_most=at_most):
        counts[phase.name] += len(phase.specs)
    return counts


def outline(config: SweepConfig) -> str:
    """Return a sweep in one line: `5 variants on shapeset, 60 trials, up to 50 replicates`."""
    counts, variants = planned_runs(config), len(config.variants)
    has_looks = config.replicates.until_decided is not None
    least = planned_runs(config, at_most=False)["search"] if has_looks else counts["search"]
    further = f"{least} to " if least < counts["search"] else ""
    at = f" at {factor_text(config)}" if factor_of(config) else ""
    parts = [
        f"{variants} variant{'s' if variants > 1 else ''} on {', '.join(config.datasets)}{at}",
        f"{further}{counts['search']} trials",
        f"{'up to ' if has_looks or two_depths(config) else ''}{counts['replicates']} replicates",
    ]
    if counts["monitored"]:
        parts.append(f"{counts['monitored']} monitored runs")
    return ", ".join(parts)


def show_outline(config: SweepConfig, path: Path, console: Console) -> None:
    """Print what the sweep of a file would train, phase by phase."""
    console.print(
        f"{path} keeps every rule of a sweep file: sweep {config.name!r}, {outline(config)}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    variants = f"variants: {', '.join(config.variants)}"
    notes = (f"note: {line}" for line in unused(config))
    for line in (variants, _compared(config), *notes):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    planned = list(phases(config))
    total = sum(phase.model_updates for phase in planned)
    rows = (
        (phase.dataset, phase.name, f"{len(phase.specs):,}", f"{phase.model_updates:,}")
        for phase in planned
    )
    console.print(narrow_table(HEADINGS[:2], HEADINGS[2:], rows))
    console.print(
        f"{total:,} model-updates (SGD steps of one network) if no trial is pruned"
        f"{two_depths(config)}{_until_decided(config)}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


def two_depths(config: SweepConfig) -> str:
    """Return what else is supposed, where the depth is searched."""
    depth = config.search.depth
    is_searched = depth.low < depth.high and not config.replicates.depths
    return " and every winner is at two depths" if is_searched else ""


def _compared(config: SweepConfig) -> str:
    """Return what is named beforehand, before which results can be seen."""
    named = [f"{compared} with {base}" for compared, base in config.all_comparisons]
    if named:
        return f"compares, on each data set: {', '.join(named)}"
    if config.paper == NO_PAPER:
        return (
            "compares: nothing is named beforehand, so every variant with the best of its column; "
            "name pairs by comparisons, or one variant by base"
        )
    return f"compares: what the paper {config.paper} compares, where its variants are here"


def _until_decided(config: SweepConfig) -> str:
    """Return what may come beside the first look at the results, in words."""
    if config.replicates.until_decided is None:
        return ""
    most = sum(phase.model_updates for phase in phases(config, at_most=True))
    looks, chosen = config.replicates.looks, config.significance
    count = len(config.all_comparisons) * len(config.datasets)
    shares = shares_of(looks, chosen.test, chosen.level, count)
    first = next(look for look, share in zip(looks, shares, strict=True) if share)
    return (
        f", with the first {looks[0]} seeds; up to {most:,} if the comparisons need {looks[-1]}. "
        f"At the level {chosen.level:g} nothing can be decided with fewer than {first}"
    )
