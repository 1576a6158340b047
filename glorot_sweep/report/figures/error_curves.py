"""Test error while the winners' replicates learn, worst to best."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glorot_sweep.config.datasets import DATASETS
from glorot_sweep.config.window import evaluated_at
from glorot_sweep.report.collect import Collected
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.report.figures.captions import hidden_layers
from glorot_sweep.report.figures.error_axis import set_error_axis
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence, Reference
from glorot_sweep.report.figures.style import KEY_ROW, WIDTH, Style, band, legend_above
from glorot_sweep.report.figures.update_axis import set_update_axis
from glorot_sweep.report.figures.variant_styles import variant_styles
from glorot_sweep.report.final_value import final_value
from glorot_sweep.report.labels import label
from glorot_sweep.report.winners import GroupWinner, from_to, rates_text
from glorot_sweep.significance.groups import independent_values
from glorot_sweep.tracking.schema.names import Kind, Metric, Role

ROLE = Role.TABLE_DEPTH
PANEL = 2.9  # inches, of a panel without its legend


@dataclass(frozen=True)
class ErrorCurve:
    """Test errors of a variant's replicates on one data set.

    Attributes:
        runs: the replicates, seeds rising.
        updates: when they were tested [t], rising.
        errors: percent [t, seeds]; the last are the final errors of the tables.
        groups: of the search; each weighs as much as the others, as in the tables.
    """

    runs: tuple[LookedAtRun, ...]
    updates: NDArray[np.int64]
    errors: NDArray[np.float64]
    groups: int

    @property
    def is_pretrained(self) -> bool:
        """Whether each of its hidden layers was trained before."""
        return self.runs[0].pretraining_updates > 0

    @property
    def final(self) -> float:
        """Mean final test error, percent."""
        return float(self.means[-1])

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean test errors, percent [t]."""
        numbers = [run.seed for run in self.runs]
        values = independent_values(self.errors.T, self.groups, numbers)
        return np.asarray(values.mean(axis=0))

    @property
    def rates(self) -> str:
        """The learning rates of all of its networks."""
        return rates_text([GroupWinner(run.depth, run.learning_rate) for run in self.runs])

    @property
    def size(self) -> str:
        """The size of each of its networks."""
        run = self.runs[0]
        return hidden_layers(run.depth, run.width, run.widths)

    @property
    def seeds(self) -> str:
        """The seeds of its replicates."""
        return f"seeds {', '.join(str(run.seed) for run in self.runs)}"


def error_curves(
    evidence: Evidence,
    datasets: Sequence[str] = (),
    rows: Collection[str] = (),
    table: str = "the table",
    reference: Reference | None = None,
) -> Drawing:
    """Draw a panel for each of some data sets that the sweep has, and one for what is beyond.

    Args:
        evidence: where the replicates are.
        datasets: empty: all of the sweep's.
        rows: variants of the table; others have a panel of their own beneath. Empty: all.
        table: what it is called.
        reference: of a paper: its final errors stand in the legend beside those of the rows.

    Raises:
        NotInEvidence: the sweep has no replicates on them.
    """
    sweep = evidence.sweep
    if sweep is None:
        raise NotInEvidence("it is drawn from a sweep's replicates; report a sweep by its name")
    wanted = datasets or sweep.config.datasets
    shown = {name: curves_of(evidence, sweep, name) for name in wanted}
    shown = {name: curves for name, curves in shown.items() if curves}
    if not shown:
        raise NotInEvidence(_no_replicates(wanted, table))
    parts = [part for name, curves in shown.items() for part in _parts(name, curves, rows, table)]
    height = sum(PANEL + KEY_ROW * -(-len(curves) // 2) for _, curves in parts)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    panels = figure.subplots(len(parts), 1, squeeze=False)[:, 0]
    styles = variant_styles(sweep.config.variants)
    for axes, (title, curves) in zip(panels, parts, strict=True):
        _draw_panel(axes, title, curves, styles, reference)
    panels[-1].set_xlabel("updates")
    return Drawing(figure, _caption(sweep, shown, table), _notes(sweep, shown))


def curves_of(evidence: Evidence, sweep: Collected, dataset: str) -> list[ErrorCurve]:
    """Return a curve for each variant with replicates, worst final error first."""
    found = []
    for variant in sweep.config.variants:
        runs = [
            run
            for run in evidence.runs
            if run.kind == Kind.REPLICATE
            and ROLE in run.role.split("+")
            and (run.dataset, run.variant) == (dataset, variant)
        ]
        if runs:
            found.append(_curve(sweep, sorted(runs, key=lambda run: run.seed)))
    return sorted(found, key=lambda curve: -curve.final)


def _curve(sweep: Collected, runs: list[LookedAtRun]) -> ErrorCurve:
    """Align the replicates; from its divergence on a run counts as it does in the tables.

    The evaluations of a final error are one point, their mean, at the end of the run: drawn one by
    one they would hide in their noise where the curve ends.
    """
    end = runs[0].updates
    begin = evaluated_at((), end, sweep.config.replicates.window)[0]
    measured = (one for one in sweep.replicates if one.state.is_measured)
    finals = {one.run_id: one.needs(Metric.TEST_ERROR) for one in measured}
    series = [run.curve.set_index("update")["test_error"].dropna() for run in runs]
    table = pd.concat(series, axis=1, keys=range(len(runs))).sort_index()
    for seed, run in enumerate(runs):
        table.loc[run.updates, seed] = finals[run.run_id]
        if run.diverged:
            table[seed] = table[seed].fillna(finals[run.run_id])
    table = table[(table.index < begin) | (table.index >= end)].dropna().sort_index()
    updates = table.index.to_numpy(dtype=np.int64)
    groups = sweep.reached.groups(sweep.config, runs[0].dataset, runs[0].variant)
    return ErrorCurve(tuple(runs), updates, table.to_numpy(dtype=np.float64), groups)


def _parts(
    dataset: str, curves: list[ErrorCurve], rows: Collection[str], table: str
) -> list[tuple[str, list[ErrorCurve]]]:
    """Titles and curves of a data set's panels: those of the table, and the others.

    Where there are rows of the table, a pre-trained network is their reference.
    """
    are_rows = [not rows or curve.runs[0].variant in rows for curve in curves]
    inside: list[ErrorCurve] = []
    beyond: list[ErrorCurve] = []
    for curve, is_row in zip(curves, are_rows, strict=True):
        (inside if is_row or (any(are_rows) and curve.is_pretrained) else beyond).append(curve)
    both = [(label(dataset), inside), (f"{label(dataset)}, beyond {table}", beyond)]
    return [(title, part) for title, part in both if part]


def _draw_panel(
    axes: Axes,
    title: str,
    curves: list[ErrorCurve],
    styles: Mapping[str, Style],
    reference: Reference | None,
) -> None:
    updates = sorted({int(update) for curve in curves for update in curve.updates})
    set_update_axis(axes, updates)
    axes.set_xlabel("")
    axes.set_ylabel("test error (%)")
    for curve in curves:
        name, style = curve.runs[0].label, styles[curve.runs[0].variant]
        band(axes, curve.updates, curve.errors.min(1), curve.errors.max(1), name, style)
        axes.plot(curve.updates, curve.means, label=name, **style)
    set_error_axis(axes, np.concatenate([curve.errors.ravel() for curve in curves]))
    theirs = [_reference(curve, reference) for curve in curves]
    heading = f"{title}: final error, %" + (" (the paper's)" if any(theirs) else "")
    names = [f"{c.runs[0].label} {c.final:.2f}{t}" for c, t in zip(curves, theirs, strict=True)]
    legend_above(axes, heading, names)


def _reference(curve: ErrorCurve, reference: Reference | None) -> str:
    run = curve.runs[0]
    error = None if reference is None else reference(run.variant, run.dataset)
    return "" if error is None else f" ({error:.2f})"


def _no_replicates(datasets: Sequence[str], table: str) -> str:
    names = " or ".join(label(name) for name in datasets)
    offered = " or ".join(name for name in datasets if name in DATASETS)
    return (
        f"the sweep has no replicates on {names} at the depth of {table}; add {offered} "
        "to `datasets` of the sweep file and run the sweep"
    )


def _caption(sweep: Collected, shown: dict[str, list[ErrorCurve]], table: str) -> str:
    sentences = [
        f"Test error of the replicates of each variant's winners at the depth of {table}. Lines: "
        "means as in the tables; bands: smallest to largest; last point and legend: "
        f"{final_value(sweep.config)}, from worst to best."
    ]
    for dataset, curves in shown.items():
        sizes = _told(curves, [curve.size for curve in curves])
        seeds = _told(curves, [curve.seeds for curve in curves])
        rates = "; ".join(f"{c.runs[0].label} {c.rates}" for c in curves)
        sentences.append(
            f"{label(dataset)}: {sizes}, {curves[0].runs[0].updates:,} updates, "
            f"{seeds}; learning rates: {rates}."
        )
        sentences += [_pretraining(curve) for curve in curves if curve.is_pretrained]
    return " ".join(sentences)


def _told(curves: list[ErrorCurve], texts: list[str]) -> str:
    """Say what is said of each curve once; where that differs, with the variants it is said of."""
    told: dict[str, list[str]] = {}
    for curve, text in zip(curves, texts, strict=True):
        told.setdefault(text, []).append(curve.runs[0].label)
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{one} ({', '.join(names)})" for one, names in told.items())


def _pretraining(curve: ErrorCurve) -> str:
    """Say what the axis leaves out; the winners of groups may have learned for unlike long."""
    updates = from_to((run.pretraining_updates for run in curve.runs), "{:,}")
    return (
        f"{curve.runs[0].label}, the reference: before update 0 each hidden layer was "
        f"trained for {updates} updates as a denoising autoencoder, which are not on the axis."
    )


def _notes(sweep: Collected, shown: dict[str, list[ErrorCurve]]) -> tuple[str, ...]:
    notes = [
        f"run {run.name} diverged: it counts at {curve.errors[-1, seed]:.4g} % from then on"
        for curves in shown.values()
        for curve in curves
        for seed, run in enumerate(curve.runs)
        if run.diverged
    ]
    for dataset in shown:
        for variant in sweep.config.variants:
            cell = sweep.cells.get((ROLE, dataset, variant))  # None where no replicate has ended
            if cell is not None and cell.failed:
                notes.append(
                    f"replicates of {cell.label} on {label(dataset)} that failed: {cell.failed}"
                )
    return tuple(notes)
