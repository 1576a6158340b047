"""The table of the paper's width, and that the docs have its numbers."""

import json
import re
from pathlib import Path

import pytest
from paper_width_table import RESULTS, departures, differences, final_errors, rows

from glorot_sweep.significance import welch

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run():
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def test_a_final_error_is_the_mean_of_the_last_ten_looks_at_the_chosen_rate(run):
    final = final_errors(run)
    last = [look[4] for look in run["curves"]["tanh_n-0.01-0"][-10:]]
    assert len(last) == 10
    assert final["tanh_n"][0] == pytest.approx(sum(last) / 10)
    assert {name: len(errors) for name, errors in final.items()} == dict.fromkeys(final, 3)
    assert welch(final["tanh"], final["tanh_n"]).p_value == pytest.approx(0.0010, abs=5e-5)


def test_the_published_numbers_are_those_that_it_prints(run):
    results = (ROOT / "docs" / "results" / "README.md").read_text(encoding="utf-8")
    section = re.sub(r"\s+", " ", results.partition("## The paper's width on one GPU")[2])
    for row in rows(run):
        assert re.sub(r"\s+", " ", row) in section
    for line in differences(run):
        points, p = re.search(r"(\S+ points \(.*?\)), (p = [^;]+)", line).groups()
        assert f"{points}, {p}" in section
    for line in departures(run):
        when, end = re.search(r": (.*); (\S+ %)", line).groups()
        assert when in section
        assert end in section
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (tanh, p), (softsign, its_p) = (
        re.search(r": (\S+) points .*?, p = ([^;]+);", one).groups() for one in differences(run)[:2]
    )
    assert f"| **{tanh}** (p = {p}) | {softsign} (p = {its_p}) |" in readme
