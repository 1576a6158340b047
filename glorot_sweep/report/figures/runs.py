"""Which runs a figure is drawn from, and their rows of the statistics table."""

from collections.abc import Iterable

import pandas as pd

from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.report.figures.captions import variant_labels
from glorot_sweep.report.figures.figure import NotInEvidence


def monitored_together(evidence: Evidence, *variants: str) -> list[LookedAtRun]:
    """Return one monitored run of each variant; they differ in nothing else.

    Runs that did not diverge come first, then the table's depth (else the nearest), then the
    lowest seed, then the learning rate that was trained first: the sweep file names it first.

    Raises:
        NotInEvidence: there are no such runs.
    """
    found: dict[tuple[object, ...], dict[str, LookedAtRun]] = {}
    for run in _monitored(evidence, variants):
        shared = (run.dataset, run.depth, run.width, run.learning_rate, run.updates, run.seed)
        found.setdefault(shared, {})[run.variant] = run
    complete = [runs for runs in found.values() if len(runs) == len(variants)]
    if not complete:
        raise NotInEvidence(_no_monitored(variants))
    best = min(complete, key=lambda runs: _preference(evidence, list(runs.values())))
    return [best[variant] for variant in variants]


def monitored_depths(evidence: Evidence, variant: str) -> list[LookedAtRun]:
    """Return a monitored run of a variant at each depth, depths rising.

    Runs that did not diverge come first, then the lowest seed.

    Raises:
        NotInEvidence: it has none.
    """
    runs = sorted(
        _monitored(evidence, [variant]), key=lambda run: (run.depth, run.diverged, run.seed)
    )
    if not runs:
        raise NotInEvidence(_no_monitored([variant]))
    first: dict[int, LookedAtRun] = {}
    for run in runs:
        first.setdefault(run.depth, run)
    return list(first.values())


def layer_rows(statistics: pd.DataFrame, quantity: str, depth: int) -> dict[int, pd.DataFrame]:
    """Return a quantity's rows by hidden layer 1..`depth`, updates rising; the output is left out.

    Raises:
        NotInEvidence: a layer has none.
    """
    of_quantity = statistics[statistics["quantity"] == quantity].sort_values("update")
    rows = {k: of_quantity[of_quantity["layer"] == k] for k in range(1, depth + 1)}
    empty = [str(k) for k, of_layer in rows.items() if of_layer.empty]
    if empty:
        words = quantity.replace("_", " ")
        raise NotInEvidence(
            f"there are no statistics of the {words} of layer {', '.join(empty)}; run the sweep "
            "again with `statistics: economy` or `full`"
        )
    return rows


def updates_of(rows: Iterable[dict[int, pd.DataFrame]]) -> list[int]:
    """Return all updates of these tables, rising."""
    return sorted(
        {int(update) for layers in rows for layer in layers.values() for update in layer["update"]}
    )


def _monitored(evidence: Evidence, variants: Iterable[str]) -> list[LookedAtRun]:
    return [
        run
        for run in evidence.runs
        if run.kind == "monitored" and run.variant in variants and not run.statistics.empty
    ]


def _preference(evidence: Evidence, runs: list[LookedAtRun]) -> tuple[bool, int, int]:
    """Return a key by which the runs that a figure should show come first."""
    sweep, depth = evidence.sweep, runs[0].depth
    away = 0 if sweep is None else abs(depth - sweep.config.search.table_depth)
    return any(run.diverged for run in runs), away, runs[0].seed


def _no_monitored(variants: Iterable[str]) -> str:
    names = ", ".join(variants)
    alike = "" if len(list(variants)) == 1 else " alike in all but the variant,"
    return (
        f"there are no monitored runs of {variant_labels(variants)},{alike} with statistics of "
        f"their layers; give the sweep file a `monitored` section and have {names} among its "
        "`variants`, then run the sweep"
    )
