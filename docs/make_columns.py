"""`python docs/make_columns.py` writes the columns of a `Sweep`'s frames: docs/guide/columns.md."""

from pathlib import Path

from glorot_sweep.interface.columns import DTYPES, FRAMES

FILE = Path(__file__).parent / "guide" / "columns.md"

HEAD = """\
<!-- Written by `python docs/make_columns.py` from `glorot_sweep/interface/columns.py`. -->
# Columns of the frames

What a [`Sweep`](python.md#read) has in its frames. Errors are in percent, losses in nats,
differences in points of error. A frame has the same columns and types if it is empty. Categories
of data sets and variants are in the order of the question.

Quantities in `layers` are the activation z, the back-propagated gradient dCost/ds, the weight
gradient dCost/dW, the weight W, the Jacobian dz/dz of neighbouring hidden layers, and the output;
each has some of the columns, the others are empty.
"""

SAYS = {
    "trials": "Every trial of the search, a row each.",
    "replicates": "Every replicate of the winners, a row each.",
    "monitored": "Every monitored run, a row each.",
    "curves": "Every evaluation of every run.",
    "layers": "Every look into the hidden layers of replicates and monitored runs.",
    "table": "Every cell: replicates of one variant on one data set, and what they give.",
    "comparisons": "Every test of a finished sweep.",
}


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(section(name) for name in FRAMES)])


def section(name: str) -> str:
    """Return the part of one frame."""
    rows = [
        f"| `{column}` | {DTYPES[spec.kind]} | {spec.meaning} |"
        for column, spec in FRAMES[name].items()
    ]
    return "\n".join(
        [
            f"## `{name}`\n",
            f"{SAYS[name]}\n",
            "| column | type | what |",
            "|:--|:--|:--|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
