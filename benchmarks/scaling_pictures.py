"""Draws what `scaling.py` has measured; the limit is in every picture."""

from pathlib import Path
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator, StrMethodFormatter

from glorot_sweep.report.figures.style import RC_PARAMS, WIDTH, Style, ordinal_style

Measured = dict[str, Any]
LIMIT: Style = {
    "color": "0.35", "linestyle": (0, (4, 1.6)), "label": "floor of an update (limit)",
}  # fmt: skip
SWEEP_TRIALS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
LARGEST_PACK = 20

CAPTIONS = {
    "pack_size": "Throughput against the number of trials in a pack, 1024-100x5-9.",
    "width": "Throughput against the width, packs of 8 trials, five hidden layers.",
    "depth": "Throughput against the depth, packs of 20 trials of width 100.",
    "threads": "Throughput against threads: 20 trials of width 100 (left), "
    "4 of width 1000 (right).",
    "memory": "Memory of a pack of the paper's networks against its trials.",
    "sweep": "Time of a search against its trials, 1024-100x5-9, computed from the measured rates; "
    "crosses: a real sweep, with evaluation and logging.",
}


def draw(found: Measured) -> dict[str, Figure]:
    """Return every picture by name."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC_PARAMS)
        series = found["series"]
        return {
            "pack_size": _one(series["pack_size"], "trials in a pack"),
            "width": _width(series["width"]),
            "depth": _one(series["depth"], "hidden layers", "linear"),
            "threads": _threads(series["threads"], series["threads_wide"]),
            "memory": _memory(found["memory"]),
            "sweep": _sweep(found),
        }


def write_pictures(found: Measured, folder: Path) -> None:
    """Write every picture as SVG and PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in draw(found).items():
        with matplotlib.rc_context(RC_PARAMS):
            for kind in ("svg", "png"):
                nothing = {"Date": None} if kind == "svg" else {"Software": None}
                figure.savefig(folder / f"{name}.{kind}", metadata=nothing)


def sweep_seconds(found: Measured, trials: int, largest_pack: int) -> float:
    """Return the time of a search with as many updates as the real one, from the measured rates.

    Trials are trained in packs of up to `largest_pack`; a smaller pack has the rate of the next
    smaller size that was measured.
    """
    rates = {point["x"]: point["rate"]["median"] for point in found["series"]["pack_size"]}
    updates, seconds, left = found["sweep"]["updates"], 0.0, trials
    while left:
        pack = min(left, largest_pack)
        measured = max(size for size in rates if size <= pack)
        seconds += pack * updates / rates[measured]
        left -= pack
    return seconds


def _figure(panels: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    return figure, list(figure.subplots(1, panels, squeeze=False)[0])


def _one(points: list[Measured], label: str, scale: Literal["linear", "log"] = "log") -> Figure:
    figure, (axes,) = _figure()
    axes.set_xscale(scale)
    _throughput(axes, points, label)
    axes.legend()
    return figure


def _width(points: list[Measured]) -> Figure:
    """Draw on two logarithmic axes: the work grows with the square of the width."""
    figure = _one(points, "units of a hidden layer")
    figure.axes[0].set_yscale("log")
    figure.axes[0].autoscale(axis="y")
    _label_rates(figure.axes[0])  # a new scale brings its own
    return figure


def _throughput(axes: Axes, points: list[Measured], label: str) -> None:
    """Draw measured rates with their spread, and the rates that the floor allows."""
    places = [point["x"] for point in points]
    middle = [point["rate"]["median"] for point in points]
    low = [point["rate"]["median"] - point["rate"]["min"] for point in points]
    high = [point["rate"]["max"] - point["rate"]["median"] for point in points]
    axes.errorbar(places, middle, [low, high], label="measured", **ordinal_style(1, 3))
    axes.plot(places, [point["floor"]["median"] for point in points], **LIMIT)
    _axes(axes, places, label, "model-updates/s")
    axes.set_ylim(bottom=0)


def _threads(small: list[Measured], wide: list[Measured]) -> Figure:
    figure, panels = _figure(2)
    for axes, points, title in zip(panels, (small, wide), ("width 100", "width 1000"), strict=True):
        _throughput(axes, points, "threads")
        first = points[0]
        ideal = [first["rate"]["median"] * point["x"] / first["x"] for point in points]
        axes.plot(
            [point["x"] for point in points], ideal, color="0.6", linestyle=":",
            label="so many times one thread",
        )  # fmt: skip
        axes.set_title(title)
    panels[1].set_ylabel("")
    panels[0].legend(fontsize=8)
    return figure


def _memory(memory: Measured) -> Figure:
    figure, (axes,) = _figure()
    points = memory["points"]
    places = [point["x"] for point in points]
    taken = [point["bytes"] / 1e6 for point in points]
    weights = [point["weights_bytes"] / 1e6 for point in points]
    axes.plot(places, taken, label="measured", **ordinal_style(1, 3))
    axes.plot(places, weights, **{**LIMIT, "label": "the weights alone (limit)"})
    axes.set_xscale("log")
    axes.set_yscale("log")
    _axes(axes, places, "trials in a pack", "MB")
    axes.legend()
    return figure


def _sweep(found: Measured) -> Figure:
    figure, (axes,) = _figure()
    limit = max(point["floor"]["median"] for point in found["series"]["pack_size"])
    bare, real = found["bare_loop"]["median"], found["sweep"]
    curves = {
        f"packs of up to {LARGEST_PACK}": [
            sweep_seconds(found, n, LARGEST_PACK) for n in SWEEP_TRIALS
        ],
        "packs of one": [sweep_seconds(found, n, 1) for n in SWEEP_TRIALS],
        "bare loop, one by one": [n * real["updates"] / bare for n in SWEEP_TRIALS],
    }
    for number, (name, seconds) in enumerate(curves.items(), start=1):
        axes.plot(SWEEP_TRIALS, seconds, label=name, **ordinal_style(number, len(curves)))
    axes.plot(SWEEP_TRIALS, [n * real["updates"] / limit for n in SWEEP_TRIALS], **LIMIT)
    both = [real["packed_seconds"], real["one_by_one_seconds"]]
    axes.plot([real["trials"]] * 2, both, "kx", markersize=8, label="real sweep", zorder=5)
    axes.set_xscale("log")
    axes.set_yscale("log")
    _axes(
        axes, list(SWEEP_TRIALS), "trials of a search", f"seconds, {real['updates']:,} updates each"
    )
    axes.legend(fontsize=8)
    return figure


def _axes(axes: Axes, places: list[int], label: str, vertical: str) -> None:
    """Label the axes, with a tick at each point."""
    axes.set_xlabel(label)
    axes.set_ylabel(vertical)
    axes.xaxis.set_major_locator(FixedLocator(places))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    _label_rates(axes)


def _label_rates(axes: Axes) -> None:
    """Label the vertical axis by plain numbers."""
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
