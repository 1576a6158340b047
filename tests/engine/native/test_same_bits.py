"""Every form of this CPU gives the scalar one's bits, on any number of threads, in any pack."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from builders import torch_threads

from glorot_sweep.engine.native.networks import RULES
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.torch import step_rules
from native.cases import (
    BATCHES,
    Case,
    Digests,
    case_of,
    digests_of,
    packs_of,
    pretrained_case,
)
from native.functions import EACH_FORM, EACH_FORM_OF_VECTORS

OLDEST = RULES[:3]
"""In front of every change; the others, whose code is the same but for the step, less often."""

EACH_RULE = pytest.mark.parametrize("rule", RULES)
EACH_RULE_NOW_AND_THEN = pytest.mark.parametrize(
    "rule", [*OLDEST, *(pytest.param(rule, marks=pytest.mark.slow) for rule in RULES[3:])]
)
EACH_BATCH = pytest.mark.parametrize("batch", BATCHES)

in_form = cache(digests_of)  # on one thread


def in_scalar(case: Case) -> Digests:
    return in_form(case, "scalar")


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Some diagonals, of a number of examples that is no multiple of ten; much forgetting."""
    rule = replace(STEP_RULES["hessian"], curvature_every=3, curvature_examples=24)
    monkeypatch.setitem(STEP_RULES, "hessian", rule)
    monkeypatch.setattr(step_rules, "DECAY", 0.8)
    with torch_threads(1):
        yield


def assert_same(found: Digests, expected: Digests) -> None:
    differing = {
        key: [name for name in own if own[name] != expected[key][name]]
        for key, own in found.items()
        if own != expected[key]
    }
    assert not differing


def _is_slow(rule: str, batch: int) -> bool:
    """With a schedule and decay, and without: batches of 1 and of 10."""
    return batch in {16, 32} or (rule not in OLDEST and batch not in {1, 10})


@EACH_FORM_OF_VECTORS
@pytest.mark.parametrize(
    ("rule", "batch"),
    [
        pytest.param(rule, batch, marks=pytest.mark.slow if _is_slow(rule, batch) else ())
        for rule in RULES
        for batch in BATCHES
    ],
)
def test_every_form(rule, batch, form):
    """A seventh of all combinations for each rule and batch size, other ones for the next."""
    first = BATCHES.index(batch) + RULES.index(rule)
    chosen = slice(first % 23, None, 23) if batch == 1_000 else slice(first % 7, None, 7)
    case = case_of(rule, batch, 2 if batch == 1_000 else 5, chosen)
    assert_same(digests_of(case, form), in_scalar(case))


@pytest.mark.slow
@EACH_FORM_OF_VECTORS
@pytest.mark.parametrize("batch", [10, 7, 32])
def test_every_form_in_pretraining(batch, form):
    case = pretrained_case(batch, 4, updates=3, chosen=slice(batch % 2, None, 2))
    assert_same(digests_of(case, form), in_scalar(case))


@pytest.mark.slow
@EACH_FORM
@EACH_RULE_NOW_AND_THEN
def test_any_number_of_threads(rule, form):
    """More than there are networks, too; answers come in three pieces."""
    case = replace(case_of(rule, 10, 5, slice(1, None, 23)), answered=2_100)
    for threads in (2, 3, 11):
        with torch_threads(threads):
            assert_same(digests_of(case, form), in_form(case, form))


@pytest.mark.slow
@EACH_FORM
def test_any_number_of_threads_in_pretraining(form):
    case = pretrained_case(10, 4, updates=3, chosen=slice(0, None, 2))
    with torch_threads(3):
        assert_same(digests_of(case, form), in_form(case, form))


@pytest.mark.slow
@EACH_FORM
@EACH_RULE_NOW_AND_THEN
def test_any_pack(rule, form):
    """Whose neighbours are of other depths and activations, or none."""
    case = case_of(rule, 10, 5, slice((3, 1)[RULES.index(rule) % 2], None, 8))
    packs = [pack for pack in packs_of(case) if len(pack.trials) > 3]
    assert packs
    for pack in packs:
        together = digests_of(pack, form)
        for trial in pack.trials:
            assert_same(digests_of(replace(pack, trials=(trial,)), form), together)


@EACH_FORM
def test_any_pack_in_pretraining(form):
    case = pretrained_case(7, 4, updates=3, chosen=slice(1, None, 2))
    together = digests_of(case, form)
    for trial in case.trials[::3]:
        assert_same(digests_of(replace(case, trials=(trial,)), form), together)


def test_that_the_comparison_can_fail():
    """Of one weight that differs in its last bit, after some updates."""
    pack = case_of("sgd", 10, 5, slice(1, 2))
    (trial,) = pack.trials
    other = replace(trial, learning_rate=float(np.nextafter(np.float32(0.05), np.float32(1))))
    with pytest.raises(AssertionError, match="weights"):
        assert_same(digests_of(replace(pack, trials=(other,)), "scalar"), in_scalar(pack))


@pytest.mark.slow
@EACH_FORM_OF_VECTORS
@EACH_BATCH
@EACH_RULE
def test_every_form_over_60_updates(rule, batch, form):
    """A quarter of all combinations, the next one for the next rule or batch size."""
    quarter = slice((BATCHES.index(batch) + RULES.index(rule)) % 4, None, 4)
    case = case_of(rule, batch, 2 if batch == 1_000 else 60, quarter)
    assert_same(digests_of(case, form), in_scalar(case))


@pytest.mark.slow
@EACH_FORM_OF_VECTORS
@pytest.mark.parametrize("rule", [*OLDEST, "adam"])
def test_every_form_over_2000_updates(rule, form, monkeypatch):
    """Beyond some hundred updates a bit that differs has spread to all others."""
    seldom = replace(STEP_RULES["hessian"], curvature_every=450)
    monkeypatch.setitem(STEP_RULES, "hessian", seldom)
    chosen = slice(RULES.index(rule), None, 9 if rule in OLDEST else 40)
    case = case_of(rule, 10, 2_000, chosen)
    found = digests_of(case, form)
    states = [own["state"] for own in found.values()]
    assert states.count("finite") > 0.8 * len(states)  # most go on to have bits that can differ
    assert_same(found, in_scalar(case))


@pytest.mark.slow
@EACH_FORM_OF_VECTORS
def test_every_form_over_2000_updates_of_pretraining(form):
    case = pretrained_case(10, 2_000, updates=20, chosen=slice(1, None, 5))
    assert_same(digests_of(case, form), in_scalar(case))
