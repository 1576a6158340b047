"""`python docs/along_training.py FOLDER VARIANT OTHER` says how a difference goes on in training.

Prints Markdown: for each evaluation of a published folder's replicates at the table's depth by how
many points of test error OTHER is below VARIANT, with a 95 % interval by Welch's t-test over seeds,
from `runs.csv` and `evaluations.csv` alone. Of several data sets, depths or widths one is named.
"""

import argparse
from pathlib import Path

import pandas as pd
from scipy.stats import ttest_ind

TABLE_DEPTH = "table_depth"  # the role of a replicate of the table, beside others
CHOSEN = {"dataset": str, "depth": int, "width": int}  # column: what its values are


def along_training(folder: Path, variant: str, other: str, **chosen: str | int) -> dict[int, str]:
    """Return, by update, the difference in points with its interval.

    Args:
        folder: as it is published.
        variant: what is compared with.
        other: what is compared.
        chosen: the data set, depth or width, where the folder has several.
    """
    runs = pd.read_csv(folder / "runs.csv")
    runs = runs[(runs["kind"] == "replicate") & runs["role"].str.contains(TABLE_DEPTH, na=False)]
    for column, value in chosen.items():
        runs = runs[runs[column] == value]
    runs = runs[runs["variant"].isin([variant, other])]
    if missing := {variant, other} - {*runs["variant"]}:
        raise SystemExit(f"{folder} has no replicates of {', '.join(sorted(missing))}")
    for column in CHOSEN:
        if len(values := sorted({*runs[column]})) > 1:
            raise SystemExit(f"{folder} has several: name one by --{column}, of {values}")
    found = pd.read_csv(folder / "evaluations.csv").merge(runs[["run_id", "variant"]], on="run_id")
    said = {}
    for update, rows in found.groupby("update"):
        errors = rows.groupby("variant")["test_error"]
        test = ttest_ind(errors.get_group(variant), errors.get_group(other), equal_var=False)
        difference = errors.mean()[variant] - errors.mean()[other]
        low, high = test.confidence_interval(0.95)
        said[int(str(update))] = f"{difference:.1f} [{low:.1f}, {high:.1f}]"
    return said


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("variant")
    parser.add_argument("other")
    for column, kind in CHOSEN.items():
        parser.add_argument(f"--{column}", type=kind)
    named = parser.parse_args()
    chosen = {column: value for column in CHOSEN if (value := getattr(named, column)) is not None}
    said = along_training(named.folder, named.variant, named.other, **chosen)
    for update, text in said.items():
        print(f"| {update:,} | {text} |")


if __name__ == "__main__":
    main()
