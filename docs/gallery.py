"""`PYTHONPATH=. python docs/gallery.py` draws the pictures of docs/results/README.md.

Each shows the cells of one folder's tables with their intervals, from its CSV files alone;
docs/publish.py draws that of a folder which it publishes.
"""

import re
from io import StringIO
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

from glorot_sweep.report.figures.error_axis import LOGARITHMIC_FROM
from glorot_sweep.report.figures.inline import smaller
from glorot_sweep.report.figures.style import RC_PARAMS, WIDTH, whiskers
from glorot_sweep.report.figures.variant_styles import variant_styles
from glorot_sweep.report.labels import label

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures" / "results"
TABLES = ("table1.csv", "beyond_table1.csv")
ROW, AROUND = 0.24, 0.75  # inches: of a variant, and of a panel's title and axis


def picture(folder: Path) -> str:
    """Return the picture of a published folder, as SVG: a panel for each data set."""
    tables = [pd.read_csv(folder / name) for name in TABLES if (folder / name).exists()]
    cells = pd.concat(tables).dropna(subset="test_error_percent")
    styles = variant_styles(cells["variant"].unique())
    panels = list(cells.groupby("dataset", sort=False))
    height = sum(ROW * len(rows) + AROUND for _, rows in panels)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC_PARAMS)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        ratios = [len(rows) + AROUND / ROW for _, rows in panels]
        found = figure.subplots(len(panels), 1, squeeze=False, height_ratios=ratios)[:, 0]
        for axes, (dataset, rows) in zip(found, panels, strict=True):
            _draw(axes, rows, styles)
            axes.set_title(f"{label(str(dataset))}: test error (%)")
        text = StringIO()
        FigureCanvasSVG(figure).print_svg(text, metadata={"Date": None})
    return re.sub('<g id="[^"]*"', "<g", smaller(text.getvalue())).replace("DejaVuSans-", "g")


def _draw(axes: Axes, rows: pd.DataFrame, styles: dict[str, dict[str, object]]) -> None:
    for place, row in enumerate(rows.itertuples()):
        style, ends = styles[row.variant], ([row.interval_low], [row.interval_high])
        whiskers(axes, ends, ([place], [place]), row.label, style)
        axes.plot([row.test_error_percent], [place], **style)
    axes.set_yticks(range(len(rows)), rows["label"])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    errors = rows["test_error_percent"]
    if errors.max() > LOGARITHMIC_FROM * errors.min():
        axes.set_xscale("log")
        axes.set_xticks([2, 5, 10, 20, 50])
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6))


def write(folder: Path) -> None:
    """Write the picture of a published folder."""
    (PICTURES / f"{folder.name}.svg").write_text(picture(folder), encoding="utf-8")


if __name__ == "__main__":
    for table in sorted((DOCS / "results").glob("*/table1.csv")):
        write(table.parent)
