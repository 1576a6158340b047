"""What a sweep was stored with is checked before it is believed."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_builders import NOTE, config

from glorot_sweep.config.sweep import hash_of
from glorot_sweep.tracking.stored_identity import why_unreadable

SETTINGS = config()
STORED = {"config": SETTINGS.identity(), "digests": {"shapeset": NOTE.digest}}
WHOLE = {
    **STORED,
    "variants": {"tanh": {}, "tanh_n": {}},
    "engines": {name: {"engine": "torch"} for name in SETTINGS.variants},
    "made_with": {"code": "c0de", "libraries": {"torch": "2"}, "device_type": "cpu"},
    "accepted": [],
}


@pytest.mark.parametrize("stored", [STORED, WHOLE, {"config": SETTINGS.identity()}])
def test_that_of_this_version_and_of_earlier_ones_is_believed(stored):
    assert why_unreadable(stored, SETTINGS.hash()) == ""
    assert why_unreadable(stored, None) == ""


def changed(**parts):
    return {**copy.deepcopy(WHOLE), **parts}


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (None, "valid dictionary"),
        ([], "valid dictionary"),
        ({}, "config: Field required"),
        (changed(digests={"9" * 5000: 5}), "9 .. 9"),
        (changed(config="x"), "config: Input should be"),
        (changed(digests={"shapeset": 5}), "digests.shapeset: Input should be"),
        (changed(engines={"tanh": {"engine": "torch"}}), "which engine each variant has"),
        (changed(engines={"tanh": {"engine": "abacus"}}), "engines.tanh.engine: Input should be"),
        (changed(variants=None), "but not of which variants"),
        (changed(made_with={"code": "c"}), "made_with.libraries: Field required"),
    ],
)
def test_what_is_none_says_why(stored, said):
    assert said in why_unreadable(stored, None)
    assert len(why_unreadable(stored, None)) < 250


def test_a_changed_configuration_is_found_by_its_hash():
    stored = changed(config={**SETTINGS.identity(), "seed": 4})
    said = why_unreadable(stored, SETTINGS.hash())
    assert said.startswith("its configuration was changed after it was stored")
    assert SETTINGS.hash() in said
    assert why_unreadable(stored, hash_of(stored["config"])) == ""


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=30)
@given(NESTED, st.sampled_from([*WHOLE, None]))
def test_whatever_stands_there_is_believed_or_says_why(value, part):
    stored = value if part is None else changed(**{part: value})
    assert isinstance(why_unreadable(stored, SETTINGS.hash()), str)
