"""The specification of what is drawn, in words."""

from collections.abc import Iterable

from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.report.evidence import LookedAtRun
from glorot_sweep.report.labels import label


def described(run: LookedAtRun) -> str:
    """Return the specification of a run in one phrase."""
    words = [
        f"{run.label} on {label(run.dataset)}",
        hidden_layers(run.depth, run.width, run.widths),
        f"learning rate {run.learning_rate!r}",
        f"seed {run.seed}",
        f"{run.updates:,} updates",
    ]
    return ", ".join([*words, "diverged"] if run.diverged else words)


def hidden_layers(depth: int, width: int, widths: tuple[int, ...] = ()) -> str:
    """Return the size of a network; `widths` are those of its layers where they differ.

    Example:
        >>> hidden_layers(5, 1000), hidden_layers(1, 100)
        ('5 hidden layers of 1,000 units', '1 hidden layer of 100 units')
        >>> hidden_layers(2, 100, (60, 140))
        '2 hidden layers of 60 and 140 units'
    """
    units = joined(f"{units:,}" for units in widths or (width,))
    return f"{depth} hidden layer{'s' if depth > 1 else ''} of {units} units"


def top_and_bottom(top: LookedAtRun, bottom: LookedAtRun) -> str:
    """Return the specification of two runs below each other."""
    return f"Top: {described(top)}. Bottom: {described(bottom)}."


def joined(names: Iterable[str]) -> str:
    """Return a list in words.

    Example:
        >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])
        ('a', 'a and b', 'a, b and c')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def variant_labels(variants: Iterable[str]) -> str:
    """Return variants of the package as tables write them."""
    return joined(VARIANTS[variant].label for variant in variants)


def divergence_notes(runs: Iterable[LookedAtRun]) -> tuple[str, ...]:
    """Say which runs end before their last update."""
    return tuple(
        f"run {run.name} diverged: nothing is drawn after update {last_look(run):,}"
        for run in runs
        if run.diverged
    )


def last_look(run: LookedAtRun) -> int:
    """Return the last update at which the run's layers were looked at."""
    return int(run.statistics["update"].max())
