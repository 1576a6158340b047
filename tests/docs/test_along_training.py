"""The course of a difference on the results' page is what the folder's evaluations say."""

from pathlib import Path

import pytest
from along_training import along_training

RESULTS = Path(__file__).parents[2] / "docs" / "results"
UPDATES = (1_000, 4_000, 10_000, 20_000, 40_000, 60_000, 80_000, 100_000)


@pytest.mark.parametrize("variant", ["tanh", "softsign"])
def test_the_page_has_what_the_evaluations_say(variant):
    said = along_training(RESULTS / "w300_early", variant, f"{variant}_n")
    row = " | ".join(said[update] for update in UPDATES)
    page = (RESULTS / "README.md").read_text(encoding="utf-8")
    assert f"| {variant.capitalize()} | {row} |\n" in page


def test_a_variant_that_the_folder_lacks():
    with pytest.raises(SystemExit, match="w300_early has no replicates of relu"):
        along_training(RESULTS / "w300_early", "tanh", "relu")
