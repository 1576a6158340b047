"""`python docs/along_training.py FOLDER VARIANT OTHER` says how a difference goes on in training.

Prints Markdown: for each evaluation of a published folder's replicates by how many points of test
error OTHER is below VARIANT, with a 95 % interval by Welch's t-test over seeds, from `runs.csv` and
`evaluations.csv` alone.
"""

import argparse
from pathlib import Path

import pandas as pd
from scipy.stats import ttest_ind


def along_training(folder: Path, variant: str, other: str) -> dict[int, str]:
    """Return, by update, the difference in points with its interval."""
    runs = pd.read_csv(folder / "runs.csv")[["run_id", "kind", "variant"]]
    found = pd.read_csv(folder / "evaluations.csv").merge(runs, on="run_id")
    found = found[found["kind"] == "replicate"]
    if missing := {variant, other} - {*found["variant"]}:
        raise SystemExit(f"{folder} has no replicates of {', '.join(sorted(missing))}")
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
    named = parser.parse_args()
    for update, text in along_training(named.folder, named.variant, named.other).items():
        print(f"| {update:,} | {text} |")


if __name__ == "__main__":
    main()
