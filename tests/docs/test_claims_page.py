"""The page of rules is what the claims say."""

from make_claims import PAGE, page

from glorot_sweep.papers.glorot2010 import PAPER


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python docs/make_claims.py"


def test_every_claim_is_there_once():
    lines = page().splitlines()
    for claim in PAPER.claims:
        assert sum(line.startswith(f"| {claim.number} |") for line in lines) == 1


def test_marks_of_a_rule_are_shown_as_they_are():
    row = next(line for line in page().splitlines() if line.startswith("| C20 |"))
    assert r"\|z\| > 0.9" in row
    assert row.endswith("| 5 hidden layers, 1,000 units, 20,000 updates, 3 seeds |")
