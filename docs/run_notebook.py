"""Runs a notebook's code from top to bottom and stores what it shows: needs no Jupyter.

`python docs/run_notebook.py docs/guide/from_question_to_model.ipynb` writes outputs into the file.
All cells share one namespace, in the current folder; what they make is made there.
"""

import ast
import base64
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

DOTS_PER_INCH = 80


def run_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook with the outputs of its code.

    Raises:
        Exception: whatever a cell raises.
    """
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, start=1):
        cell["execution_count"] = number
        cell["outputs"] = _run("".join(cell["source"]), namespace, number)
    return notebook


def _run(source: str, namespace: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Run a cell; return what it prints, what it draws, and the value of its last line."""
    *body, last = ast.parse(source).body
    value, name, printed = None, f"cell {number}", io.StringIO()
    with contextlib.redirect_stdout(printed):
        if not isinstance(last, ast.Expr):
            body.append(last)
        exec(compile(ast.Module(body, []), name, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
    shown = [_drawn(plt.figure(one)) for one in plt.get_fignums()]
    plt.close("all")
    if printed.getvalue():
        shown.insert(0, {"output_type": "stream", "name": "stdout", "text": printed.getvalue()})
    if isinstance(value, Figure):
        shown.append(_drawn(value))
    elif value is not None:
        shown.append(_result(value, number))
    return shown


def _drawn(figure: Figure) -> dict[str, Any]:
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    content = {"image/png": base64.b64encode(png.getvalue()).decode(), "text/plain": "<Figure>"}
    return {"output_type": "display_data", "metadata": {}, "data": content}


def _result(value: Any, number: int) -> dict[str, Any]:
    content = {"text/plain": repr(value)}
    if hasattr(value, "_repr_html_"):
        content["text/html"] = value._repr_html_()
    return {"output_type": "execute_result", "execution_count": number, "metadata": {},
            "data": content}  # fmt: skip


if __name__ == "__main__":
    file = Path(sys.argv[1])
    done = run_notebook(file)
    file.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
