"""Figure 5: both costs over two weights of a small network, and their plateaus seed by seed."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from glorot_sweep.report.evidence import CostSurfaces, Evidence, InitStudy
from glorot_sweep.report.figures.figure import Drawing, NotInEvidence
from glorot_sweep.report.figures.style import UNNAMED, WIDTH

MESH = 29  # lines of a surface's mesh each way
BLACK, RED = "0.1", "#C8201C"


def cost_surfaces(evidence: Evidence) -> Drawing:
    """Draw both surfaces of the first seed, and the share of plateau of every seed beneath them."""
    init_study, surfaces = _found(evidence)
    figure = Figure(figsize=(WIDTH, 5.8))
    space: Any = figure.add_subplot(  # matplotlib has no types for 3-D axes
        2, 1, 1, projection="3d", position=(0.05, 0.37, 0.86, 0.58)
    )
    _draw_surfaces(space, surfaces)
    _draw_plateaus(figure.add_axes((0.2, 0.07, 0.6, 0.23)), surfaces)
    _legend(figure)
    return Drawing(figure, _caption(init_study, len(surfaces.quadratic)))


def _found(evidence: Evidence) -> tuple[InitStudy, CostSurfaces]:
    """Return the first one with surfaces; they do not depend on its data set."""
    for init_study in (evidence.first_init_study, *evidence.init_studies.values()):
        if init_study is not None and init_study.surfaces is not None:
            return init_study, init_study.surfaces
    raise NotInEvidence(
        "there is no initialization study with cost surfaces; run `glorot-sweep init-study`"
    )


def _caption(init_study: InitStudy, seeds: int) -> str:
    return (
        "Negative log-likelihood (black, above) and quadratic cost (red, below) of a small "
        "untrained tanh network on random inputs and targets, over one weight of its first layer "
        f"and one of its output layer, for the first of {seeds} seeds. Below: for every seed, the "
        "share of that plane where the gradient is below a tenth of its largest value there. From "
        f"the initialization study {init_study.name}."
    )


def _draw_surfaces(axes: Any, surfaces: CostSurfaces) -> None:
    kept = np.linspace(0, len(surfaces.axis) - 1, min(MESH, len(surfaces.axis))).round().astype(int)
    first, second = np.meshgrid(surfaces.axis[kept], surfaces.axis[kept], indexing="ij")
    for cost, colour, face in (
        (surfaces.quadratic, RED, "#FBE3DC"),
        (surfaces.log_likelihood, BLACK, "#EDEDED"),
    ):
        axes.plot_surface(
            first, second, cost[0][np.ix_(kept, kept)], rcount=MESH, ccount=MESH, color=face,
            edgecolor=colour, linewidth=0.4, shade=False, rasterized=True,
        )  # fmt: skip
    axes.set_xlabel("first-layer weight")
    axes.set_ylabel("output weight")
    axes.set_zlabel("cost")
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_major_locator(MaxNLocator(4))
    axes.view_init(elev=18, azim=-58)
    axes.set_box_aspect(None, zoom=1.05)


def _draw_plateaus(axes: Axes, surfaces: CostSurfaces) -> None:
    """Draw a line for each seed, from its black share to its red one."""
    shares = np.stack([surfaces.log_likelihood_plateau, surfaces.quadratic_plateau])
    for pair in shares.T:
        axes.plot([0, 1], pair, color="0.75", linewidth=1.0, zorder=1, gid=UNNAMED)
    for place, (share, colour) in enumerate(zip(shares, (BLACK, RED), strict=True)):
        _draw_strip(axes, place, share, colour)
    axes.set_xticks([0, 1], ["log-likelihood", "quadratic"])
    axes.set_xlim(-0.4, 1.4)
    axes.set_ylim(0, 1.15 * max(0.1, float(shares.max())))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_title("Share on plateaus")
    axes.grid(visible=False, axis="x")


def _draw_strip(axes: Axes, place: int, share: NDArray[np.float64], colour: str) -> None:
    axes.plot(
        np.full(len(share), place), share, linestyle="none", marker="o", color=colour, alpha=0.8,
        gid=UNNAMED,
    )  # fmt: skip


def _legend(figure: Figure) -> None:
    entries = [
        Line2D([], [], color=BLACK, label="negative log-likelihood"),
        Line2D([], [], color=RED, label="quadratic cost"),
    ]
    figure.legend(handles=entries, loc="upper left", bbox_to_anchor=(0.02, 1.0), ncols=2)
