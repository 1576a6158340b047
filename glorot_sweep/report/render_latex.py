"""The table in LaTeX."""

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.labels import label
from glorot_sweep.report.names import in_latex
from glorot_sweep.report.paper import Paper
from glorot_sweep.report.render import HEADS, caption, datasets_of, rows_of, texts_beside
from glorot_sweep.report.tables import Entry


def table_latex(shown: list[Entry], config: SweepConfig, paper: Paper) -> str:
    """Return the table in LaTeX."""
    what = paper.beside(config)
    datasets, heads = datasets_of(shown), HEADS[what]
    columns = "l" + "r" * (1 + len(heads)) * len(datasets)
    head = " & ".join(["Type", *(text for d in datasets for text in (in_latex(label(d)), *heads))])
    lines = []
    for cells in rows_of(shown):
        row = [_begun(in_latex(cells[0].cell.label))]
        for entry in cells:
            mark = r"$^\dagger$" if entry.cell.doubts else ""
            value = entry.cell.instead if entry.mean is None else f"{entry.mean:.2f}{mark}"
            row.append(rf"\textbf{{{value}}}" if entry.bold else value)
            row += [text.replace("–", "--") for text in texts_beside(entry, what)]
        lines.append(" & ".join(row) + r" \\")
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{in_latex(caption(config, paper))}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\hline",
            head + r" \\",
            r"\hline",
            *lines,
            r"\hline",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _begun(cell: str) -> str:
    r"""Return the first cell of a row: what it begins with is not for the `\\` of the row above."""
    return f"{{}}{cell}" if cell.startswith(("[", "*")) else cell
