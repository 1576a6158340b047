"""What the search is worth: expected validation error of the best of k trials."""

from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from glorot_sweep.config.own_variants import Rows
from glorot_sweep.report.collect import Collected
from glorot_sweep.report.coverage import groups_text
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.captions import joined
from glorot_sweep.report.figures.figure import Drawing, NotAsked, NotInEvidence
from glorot_sweep.report.figures.style import KEY_ROW, WIDTH, band, legend_above
from glorot_sweep.report.figures.variant_styles import variant_styles
from glorot_sweep.report.final_value import final_value
from glorot_sweep.report.labels import label
from glorot_sweep.significance import BestOf, best_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.trained import TrialRun

PANEL = 2.6  # inches, of a panel without its legend
MEASURED = (State.COMPLETE, State.PRUNED, State.DIVERGED)


def best_of_trials(evidence: Evidence) -> Drawing:
    """Draw a panel for each data set, a line for each variant."""
    sweep = evidence.sweep
    if sweep is None:
        raise NotInEvidence("it is drawn from a sweep's trials; report a sweep by its name")
    search = sweep.config.search
    if search.sampler != "random":
        raise NotAsked(
            f"the trials of sampler {search.sampler} are not drawn independently of each other, "
            "and what the best of fewer would be cannot be told from them; set search.sampler: "
            "random"
        )
    found = {
        dataset: {
            variant: curve
            for variant in sweep.config.variants
            if (curve := _curve(sweep, dataset, variant)) is not None
        }
        for dataset in sweep.config.datasets
    }
    shown = {dataset: curves for dataset, curves in found.items() if curves}
    if not shown:
        raise NotInEvidence(
            f"the sweep {sweep.config.name} has no two trials at depth {search.table_depth} in "
            "any group; ask for more in search.trials"
        )
    return Drawing(_figure(sweep, shown), _caption(sweep, shown))


def _curve(sweep: Collected, dataset: str, variant: str) -> BestOf | None:
    """Return the curve of a study; None with fewer than two trials in a group."""
    trials = sorted(
        (run for run in sweep.trials if _counts(run, sweep, dataset, variant)),
        key=lambda run: (run.group or 0, run.trial or 0),
    )
    groups = [[_error(run) for run in own] for _, own in groupby(trials, lambda r: r.group or 0)]
    most = min(map(len, groups), default=0)
    if most < 2:
        return None
    return best_of(groups, most)


def _counts(run: TrialRun, sweep: Collected, dataset: str, variant: str) -> bool:
    """Whether a trial is of the study, at the table's depth, drawn at random, and measured."""
    search = sweep.config.search
    return (
        (run.dataset, run.variant, run.depth) == (dataset, variant, search.table_depth)
        and run.state in MEASURED
        and search.has_given_range(run.trial or 0)
        and search.may_win_at_table_depth(run.trial or 0)
        and (run.objective is not None or run.best_validation_error is not None)
    )


def _error(run: TrialRun) -> float:
    """Return a trial's final validation error; of a pruned one the best that was seen."""
    error = run.best_validation_error if run.objective is None else run.objective
    assert error is not None
    return error


def _figure(sweep: Collected, shown: dict[str, dict[str, BestOf]]) -> Figure:
    height = sum(PANEL + KEY_ROW * -(-len(curves) // 2) for curves in shown.values())
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    for axes, (dataset, curves) in zip(
        np.atleast_1d(figure.subplots(len(shown), 1)), shown.items(), strict=True
    ):
        _draw(axes, sweep.config.rows, curves)
        legend_above(axes, label(dataset))
    return figure


def _draw(axes: Axes, rows: Rows, curves: dict[str, BestOf]) -> None:
    styles = variant_styles(rows)
    for variant, curve in curves.items():
        name, counts = rows[variant].label, np.arange(1, len(curve.mean) + 1)
        if curve.low is not None and curve.high is not None:
            band(axes, counts, curve.low, curve.high, name, styles[variant])
        axes.plot(counts, curve.mean, label=name, **styles[variant])
    axes.set_xlabel("number of trials")
    axes.set_ylabel("best validation error (%)")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _caption(sweep: Collected, shown: dict[str, dict[str, BestOf]]) -> str:
    config = sweep.config
    search = config.search
    several, groups = search.groups > 1, groups_text(config)
    is_part = not search.has_given_range(search.group_trials - 1)
    trials = search.stages[0].trials if is_part else search.trials
    many = f"{groups} groups of {trials} trials" if several else "one group of trials"
    part = (
        " Of each group its first trials alone: the range of learning rates of later ones follows "
        "from earlier results (search.extend)."
        if is_part
        else ""
    )
    bands = (
        f"bands: 95 % intervals of the mean over the {groups} groups, at each k by itself "
        "(Student's, a little narrow where groups are few and skewed)"
        if several
        else "no bands, since one group does not tell how much another would differ"
    )
    return (
        f"Expected validation error ({final_value(config)}) of the best of k random trials of a "
        f"group at depth {search.table_depth}, from {many} on "
        f"{joined(label(dataset) for dataset in shown)}; {bands}.{part} Pruned trials "
        "count with the best error that was seen. A line that still falls "
        f"at its end belongs to a variant that more trials would help. Seed {config.seed}."
    )
