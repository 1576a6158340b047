"""What the monitored runs saw in each layer: spread of activations and gradients over updates."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.report.figures.captions import described, divergence_notes
from glorot_sweep.report.figures.figure import Drawing, NotAsked, NotInEvidence
from glorot_sweep.report.figures.runs import layer_rows, monitored_depths, updates_of
from glorot_sweep.report.figures.style import WIDTH, legend_on_top, ordinal_style
from glorot_sweep.report.figures.update_axis import power_of_ten, set_update_axis

QUANTITIES = {"activation": "std of activations", "backpropagated_gradient": "std of gradients"}
"""With what a panel of a quantity says of it; the caption says which gradients."""

DECADES_OF_LOG = (
    20.0  # largest over smallest standard deviation, from which the axis is logarithmic
)


def layers(evidence: Evidence) -> Drawing:
    """Draw a row of panels for each monitored variant: activations, back-propagated gradients.

    Raises:
        NotAsked: the sweep file asks for no monitored runs.
        NotInEvidence: it does, and there is none with statistics.
    """
    sweep = evidence.sweep
    if sweep is None or sweep.config.monitored is None:
        raise NotAsked("the sweep file has no `monitored` section")
    runs = [run for variant in sweep.config.variants for run in _shown(evidence, variant)]
    if not runs:
        raise NotInEvidence("there are no monitored runs with statistics of their layers")
    deepest = max(run.depth for run in runs)
    figure = Figure(figsize=(WIDTH, 1.9 * len(runs) + 0.5), layout="constrained")
    panels = figure.subplots(len(runs), 2, sharex=True, sharey="col", squeeze=False)
    for row, run in zip(panels, runs, strict=True):
        for axes, (quantity, name) in zip(row, QUANTITIES.items(), strict=True):
            _draw(axes, run, quantity, deepest)
            axes.set_ylabel(name)
        row[0].set_title(run.label)
    _name_axes(panels[-1], runs)
    entries = [
        Line2D([], [], label=f"layer {layer}", **ordinal_style(layer, deepest))
        for layer in range(1, deepest + 1)
    ]
    legend_on_top(figure, entries)
    return Drawing(figure, _caption(runs), divergence_notes(runs))


def _shown(evidence: Evidence, variant: str) -> list[LookedAtRun]:
    """Return the monitored run of a variant whose depth is nearest to the table's."""
    try:
        runs = monitored_depths(evidence, variant)
    except NotInEvidence:
        return []
    assert evidence.sweep is not None
    wanted = evidence.sweep.config.search.table_depth
    return [min(runs, key=lambda run: (abs(run.depth - wanted), run.depth))]


def _draw(axes: Axes, run: LookedAtRun, quantity: str, deepest: int) -> None:
    for layer, rows in layer_rows(run.statistics, quantity, run.depth).items():
        style = ordinal_style(layer, deepest)
        axes.plot(rows["update"], rows["std"], markevery=0.2, label=f"layer {layer}", **style)


def _name_axes(last: Sequence[Axes], runs: Sequence[LookedAtRun]) -> None:
    for axes, quantity in zip(last, QUANTITIES, strict=True):
        tables = [layer_rows(run.statistics, quantity, run.depth) for run in runs]
        set_update_axis(axes, updates_of(tables), is_narrow=True)
        spreads = [v for table in tables for rows in table.values() for v in rows["std"]]
        positive = [spread for spread in spreads if spread > 0]
        if positive and max(positive) / min(positive) > DECADES_OF_LOG:
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: power_of_ten(value)))


def _caption(runs: Sequence[LookedAtRun]) -> str:
    specifications = " ".join(f"{described(run)}." for run in runs)
    return (
        "Standard deviation of the activations (left) and of the back-propagated gradients (right) "
        "of each hidden layer, over its units and the probe's examples: an initialization that "
        f"keeps both alike in all layers draws lines that lie together. {specifications}"
    )
