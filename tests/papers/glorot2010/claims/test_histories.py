"""Each claim is confirmed where it is true, contradicted where false, and left open between."""

import os

import pytest
from scipy.stats import binom

from glorot_sweep.papers.glorot2010.claims import CLAIMS
from glorot_sweep.papers.glorot2010.claims.arithmetic import asymptotes_of
from glorot_sweep.parts.activations import ACTIVATIONS

from .changes import HISTORIES
from .histories import verdicts

FEW = ["C4", "C16", "C29", "C44", "C55"]  # of each kind one
DRAWS = int(os.environ.get("GLOROT_SWEEP_HISTORIES", "20"))  # of each history that is open


def test_every_claim_has_its_histories_but_the_one_that_needs_no_run():
    assert set(HISTORIES) == {claim.number for claim in CLAIMS} - {"C13"}


def test_the_claim_that_needs_no_run_can_fail():
    """Nothing can leave it open: it looks at two functions."""
    tanh = ACTIVATIONS["tanh"].function
    assert not asymptotes_of(tanh, tanh).holds


@pytest.mark.slow
@pytest.mark.parametrize("number", FEW)
def test_a_few_draws_of_what_is_not_true(number):
    """That true ones are confirmed, `test_catalog` says of the world without chance."""
    assert verdicts(number, "false", 1) == {"CONTRADICTED": 1}
    assert verdicts(number, "open", 3)["INCONCLUSIVE"] >= 2


@pytest.mark.slow
@pytest.mark.parametrize("number", sorted(HISTORIES, key=lambda number: int(number[1:])))
def test_rates_over_many_draws(number):
    """At a bound either verdict has a chance of at most 2.5 %, and both together twice that.

    There are three such counts of each of 56 claims, so each may be so high that chance gives
    more to one in ten thousand: of 20 draws 5 and 6, of 200 draws 15 and 23. What is clear needs
    fewer.
    """
    of_one, of_both = binom.ppf(0.9999, DRAWS, 0.025), binom.ppf(0.9999, DRAWS, 0.05)
    few = DRAWS // 4
    true, false = verdicts(number, "true", few), verdicts(number, "false", few)
    between = verdicts(number, "open", DRAWS)
    assert true["CONFIRMED"] >= 0.95 * few, true
    assert true["CONTRADICTED"] == 0, true
    assert false["CONTRADICTED"] >= 0.95 * few, false
    assert false["CONFIRMED"] == 0, false
    assert between["INCONCLUSIVE"] >= DRAWS - of_both, between
    assert between["CONFIRMED"] <= of_one, between
    assert between["CONTRADICTED"] <= of_one, between
