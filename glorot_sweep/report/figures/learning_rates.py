"""What the search saw: validation error of every trial against its learning rate."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from glorot_sweep.report.collect import Collected
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.captions import joined
from glorot_sweep.report.figures.error_axis import set_error_axis
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence
from glorot_sweep.report.figures.style import (
    KEY_ROW,
    WIDTH,
    Style,
    in_lines,
    legend_on_top,
    ordinal_style,
)
from glorot_sweep.report.figures.trials import Trial, measured_trials
from glorot_sweep.report.final_value import final_value
from glorot_sweep.report.labels import label
from glorot_sweep.tracking.life import State

COLUMNS = 2
SHAPES: dict[State, Style] = {
    State.COMPLETE: {"zorder": 2.5},
    State.PRUNED: {"markerfacecolor": "none", "markeredgewidth": 1.1, "zorder": 2.4},
    State.DIVERGED: {"marker": "x", "markeredgewidth": 1.6},
}


def learning_rates(evidence: Evidence) -> Drawing:
    """Draw a panel for each variant, data set below data set."""
    sweep = evidence.sweep
    if sweep is None:
        raise NotInEvidence("it is drawn from a sweep's trials; report a sweep by its name")
    trials, notes = measured_trials(sweep.trials)
    if not trials:
        raise NotInEvidence(
            f"the sweep {sweep.config.name} has no trials with a validation error; continue it "
            "with the command that started it"
        )
    return Drawing(_figure(sweep, trials), _caption(sweep, trials), notes)


def _figure(sweep: Collected, trials: list[Trial]) -> Figure:
    variants = sweep.config.variants
    datasets = [d for d in sweep.config.datasets if any(t.dataset == d for t in trials)]
    rows = -(-len(variants) // COLUMNS)
    names = {
        (dataset, variant): _title(sweep.config.rows[variant].label, dataset, datasets)
        for dataset in datasets
        for variant in variants
    }
    lines = 1 + max(name.count("\n") for name in names.values())
    height = (1.6 + KEY_ROW * (lines - 1)) * rows * len(datasets) + 0.9
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    grid = figure.add_gridspec(rows * len(datasets), min(COLUMNS, len(variants)))
    deepest = max(trial.depth for trial in trials)
    for block, dataset in enumerate(datasets):
        panels = _panels(figure, grid, block * rows, len(variants))
        of_dataset = [trial for trial in trials if trial.dataset == dataset]
        for axes, variant in zip(panels, variants, strict=True):
            _draw_trials(axes, [t for t in of_dataset if t.variant == variant], deepest)
            axes.set_title(names[dataset, variant], pad=9)  # above the crosses
        set_error_axis(panels[0], [t.error for t in of_dataset if t.state is not State.DIVERGED])
    _set_rate_axis(figure.axes[0], trials)
    figure.supxlabel("learning rate", fontsize="medium")
    figure.supylabel("validation error (%)", fontsize="medium")
    legend_on_top(figure, _legend(trials, deepest), columns=4)
    return figure


def _panels(figure: Figure, grid: GridSpec, first_row: int, count: int) -> list[Axes]:
    """Add the panels of a data set; the whole figure shares the rate, they share the error."""
    panels: list[Axes] = []
    for place in range(count):
        axes = figure.add_subplot(
            grid[first_row + place // COLUMNS, place % COLUMNS],
            sharex=figure.axes[0] if figure.axes else None,
            sharey=panels[0] if panels else None,
        )
        axes.margins(y=0.12)  # errors stay clear of the crosses
        # The last row may be short: the panel above its gap needs labels as well.
        axes.tick_params(labelleft=place % COLUMNS == 0, labelbottom=place + COLUMNS >= count)
        panels.append(axes)
    return panels


def _title(name: str, dataset: str, datasets: list[str]) -> str:
    return in_lines(name if len(datasets) == 1 else f"{name}, {label(dataset)}")


def _draw_trials(axes: Axes, trials: list[Trial], deepest: int) -> None:
    """Draw the trials of one depth and state at once; complete ones lie above pruned ones."""
    for depth, state in sorted({(trial.depth, trial.state) for trial in trials}):
        alike = [trial for trial in trials if (trial.depth, trial.state) == (depth, state)]
        rates = [trial.learning_rate for trial in alike]
        style = _style(depth, state, deepest)
        name = f"depth {depth}, {state.word}"
        if state is State.DIVERGED:
            heights, edge = [1.0] * len(alike), axes.get_xaxis_transform()
            axes.plot(rates, heights, transform=edge, label=name, clip_on=False, **style)
        else:
            axes.plot(rates, [trial.error for trial in alike], label=name, **style)


def _style(depth: int, state: State, deepest: int) -> Style:
    """Return the depth's colour; the shape is filled, hollow or a cross."""
    return {**ordinal_style(depth, deepest), "linestyle": "none", **SHAPES[state]}


def _set_rate_axis(axes: Axes, trials: list[Trial]) -> None:
    """Scale the horizontal axis; a short range needs labels between the powers of ten."""
    axes.set_xscale("log")
    rates = [trial.learning_rate for trial in trials]
    subs = (1.0, 3.0) if max(rates) / min(rates) <= 60 else (1.0,)
    axes.xaxis.set_major_locator(LogLocator(subs=subs))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.xaxis.set_minor_locator(NullLocator())


def _legend(trials: list[Trial], deepest: int) -> list[Line2D]:
    grey: Style = {"color": "0.3", "marker": "o", "linestyle": "none"}
    depths = sorted({trial.depth for trial in trials})
    states = {trial.state for trial in trials}
    if states == {State.COMPLETE}:  # nothing to tell it from
        states = set()
    return [
        *(
            Line2D([], [], label=f"depth {n}", linestyle="none", **ordinal_style(n, deepest))
            for n in depths
        ),
        *(
            Line2D([], [], label=state.word, **{**grey, **shape})
            for state, shape in SHAPES.items()
            if state in states
        ),
    ]


def _caption(sweep: Collected, trials: list[Trial]) -> str:
    config, search = sweep.config, sweep.config.search
    rates = [trial.learning_rate for trial in trials]
    depths = joined(str(depth) for depth in sorted({trial.depth for trial in trials}))
    return (
        f"Validation error of {len(trials)} trials: {final_value(config)} of complete ones "
        "(filled), the best one of pruned ones (hollow); diverged ones stand as crosses at the top "
        "edge. "
        f"{joined(row.label for row in config.rows.values())} on "
        f"{joined(label(d) for d in config.datasets)}; depths {depths}, {config.network.units} "
        f"a layer, learning rates {min(rates):.3g} to {max(rates):.3g}, "
        f"{search.updates:,} updates unless pruned; seed {config.seed} of the sweep."
    )
