"""The course of a difference on the results' page is what the folder's evaluations say."""

from pathlib import Path

import pandas as pd
import pytest
from along_training import along_training

RESULTS = Path(__file__).parents[2] / "docs" / "results"
UPDATES = (1_000, 4_000, 10_000, 20_000, 40_000, 60_000, 80_000, 100_000)


@pytest.mark.parametrize("variant", ["tanh", "softsign"])
def test_the_page_has_what_the_evaluations_say(variant):
    said = along_training(RESULTS / "w300_early", variant, f"{variant}_n")
    row = " | ".join(said[update] for update in UPDATES)
    page = (RESULTS / "w300_early" / "README.md").read_text(encoding="utf-8")
    assert f"| {variant.capitalize()} | {row} |\n" in page


def ends(folder, **chosen):
    """By how many points the second of two variants is below the first, at the last evaluation."""
    runs = pd.read_csv(folder / "runs.csv", index_col="run_id").query("kind == 'replicate'")
    kept = [run for run, row in runs.iterrows() if "table_depth" in row["role"]]
    kept = [run for run in kept if all(runs.loc[run, one] == is_ for one, is_ in chosen.items())]
    errors = pd.read_csv(folder / "evaluations.csv", index_col="run_id").loc[kept]
    last = errors[errors["update"] == errors["update"].max()]["test_error"]
    means = last.groupby(runs["variant"]).mean()
    return lambda first, second: f"{means[first] - means[second]:.1f}"


@pytest.mark.parametrize(
    ("name", "column", "value"), [("single", "dataset", "shapeset"), ("depth", "depth", 5)]
)
def test_of_several_data_sets_or_depths_one_is_named(name, column, value):
    with pytest.raises(SystemExit, match=f"has several: name one by --{column}, of"):
        along_training(RESULTS / name, "tanh", "tanh_n")
    chosen = {column: value}
    said = [*along_training(RESULTS / name, "tanh", "tanh_n", **chosen).values()]
    assert said[-1].split()[0] == ends(RESULTS / name, **chosen)("tanh", "tanh_n")


def test_replicates_at_a_best_depth_are_those_of_another_table():
    said = [*along_training(RESULTS / "figure11", "softsign", "softsign_n").values()]
    assert said[-1].split()[0] == ends(RESULTS / "figure11")("softsign", "softsign_n")


def test_a_variant_that_the_folder_lacks():
    with pytest.raises(SystemExit, match="w300_early has no replicates of relu"):
        along_training(RESULTS / "w300_early", "tanh", "relu")
