"""What reduced precision of matrix products does to Table 1: the same sweep with each of them.

Run from the repository: `python benchmarks/reduced_precision.py`. On a GPU (`--device cuda`) the
sweep file's key `network.matmul_precision` chooses the precision. A CPU has float32 products only;
there what enters every product of the training core is rounded to TF32 (10 bits of mantissa, for
`high`) or bfloat16 (7 bits, for `medium`) before a product in float32, as such units do.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import yaml
from scipy.stats import ttest_ind_from_stats
from torch import Tensor
from workload import surroundings

from glorot_sweep.cli.app import main as command_line

PRECISIONS = ("highest", "high", "medium")
TF32_DROPS = 13  # of float32's 23 bits of mantissa
LEVEL = 0.05  # of all comparisons together
CELL = ("variant", "dataset", "test_error_percent", "standard_deviation", "seeds", "depth")


def tf32(values: Tensor) -> Tensor:
    """Round to 10 bits of mantissa, ties to even."""
    bits = values.view(torch.int32)
    half = (1 << (TF32_DROPS - 1)) - 1
    rounded = bits + half + (bits >> TF32_DROPS & 1)
    return (rounded & -(1 << TF32_DROPS)).view(torch.float32)


def bfloat16(values: Tensor) -> Tensor:
    """Round to 7 bits of mantissa, ties to even."""
    return values.bfloat16().float()


ROUNDINGS: dict[str, Callable[[Tensor], Tensor]] = {"high": tf32, "medium": bfloat16}


def round_products(rounding: Callable[[Tensor], Tensor]) -> None:
    """Round both factors of every batched product from now on."""
    bmm, baddbmm, in_place = torch.bmm, torch.baddbmm, Tensor.baddbmm_

    def rounded_bmm(a: Tensor, b: Tensor, **options: Any) -> Tensor:
        return bmm(rounding(a), rounding(b), **options)

    def rounded_baddbmm(c: Tensor, a: Tensor, b: Tensor, **options: Any) -> Tensor:
        return baddbmm(c, rounding(a), rounding(b), **options)

    def rounded_in_place(c: Tensor, a: Tensor, b: Tensor, **options: Any) -> Tensor:
        return in_place(c, rounding(a), rounding(b), **options)

    torch.bmm = rounded_bmm  # type: ignore[assignment]
    torch.baddbmm = rounded_baddbmm  # type: ignore[assignment]
    Tensor.baddbmm_ = rounded_in_place  # type: ignore[method-assign, assignment]


def table(file: Path, precision: str, device: str, folder: Path) -> list[dict[str, str]]:
    """Run the sweep with one precision, in a process of its own; return the cells of Table 1."""
    content = yaml.safe_load(file.read_text())
    content.setdefault("execution", {})["device"] = device
    if device == "cuda":
        content.setdefault("network", {})["matmul_precision"] = precision
    own = folder / "sweep.yaml"
    own.write_text(yaml.safe_dump(content))
    store = ("--tracking-uri", f"sqlite:///{folder}/mlflow.db")
    rounding = () if device == "cuda" else ("--rounding", precision)
    swept = ("sweep", str(own), "--storage", f"sqlite:///{folder}/optuna.db", *store)
    reported = ("report", content["name"], "--output", f"{folder}/report", "--figures", "-", *store)
    for command in ((*rounding, *swept), reported):
        subprocess.run([sys.executable, __file__, "--inside", *command], check=True)
    with (folder / "report" / "table1.csv").open() as lines:
        return [{name: row[name] for name in CELL} for row in csv.DictReader(lines)]


def compare(exact: dict[str, str], reduced: dict[str, str]) -> dict[str, Any]:
    """Return the difference of two cells in points, and Welch's p."""
    numbers = [
        (float(c["test_error_percent"]), float(c["standard_deviation"]), int(c["seeds"]))
        for c in (exact, reduced)
    ]
    p = ttest_ind_from_stats(*numbers[0], *numbers[1], equal_var=False).pvalue
    points = numbers[1][0] - numbers[0][0]
    return {
        "variant": exact["variant"],
        "dataset": exact["dataset"],
        "points": points,
        "p": float(p),
    }


def main() -> None:
    """Run all three sweeps, compare, print, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--file", type=Path, default=Path(__file__).with_suffix(".yaml"))
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    tables: dict[str, list[dict[str, str]]] = {}
    for precision in PRECISIONS:
        with tempfile.TemporaryDirectory() as folder:
            tables[precision] = table(arguments.file, precision, arguments.device, Path(folder))
    differences = [
        {"precision": precision, **compare(*pair)}
        for precision in PRECISIONS[1:]
        for pair in zip(tables["highest"], tables[precision], strict=True)
    ]
    for row in differences:
        name = f"{row['precision']:8} {row['variant']:12} {row['dataset']:12}"
        print(f"{name} {row['points']:+.2f} points, p {row['p']:.2g}")
    if arguments.json:
        found = {**surroundings(), "file": arguments.file.name, "device": arguments.device}
        found |= {"level": LEVEL, "tables": tables, "differences": differences}
        arguments.json.write_text(json.dumps(found, indent=1) + "\n")


def inside(words: list[str]) -> None:
    """Be the command line, with rounded products if that is asked for."""
    if words[:1] == ["--rounding"]:
        if words[1] in ROUNDINGS:
            round_products(ROUNDINGS[words[1]])
        words = words[2:]
    sys.argv[1:] = words
    command_line()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2:])
    else:
        main()
