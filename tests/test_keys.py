"""Keys: no two tuples of words have one text, or one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.keys import key_text, key_words, run_name
from glorot_sweep.sweep.contents.monitored import monitored_key
from glorot_sweep.sweep.contents.replicates import replicate_key
from glorot_sweep.sweep.contents.trials import study_key, trial_key

WORDS = st.lists(st.text("ab-/_%~é ", max_size=4), min_size=1, max_size=4).map(tuple)


@given(WORDS)
def test_the_text_is_taken_apart_into_the_same_words(words: tuple[str, ...]) -> None:
    assert key_words(key_text(*words)) == words


@given(WORDS, WORDS)
def test_different_words_have_different_texts_and_names(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert (key_text(*one) == key_text(*other)) == (one == other)
    assert (run_name(key_text(*one)) == run_name(key_text(*other))) == (one == other)


def keys_of(dataset: str, variant: str) -> list[str]:
    """Every key of one data set and variant."""
    return [
        study_key(dataset, variant),
        *(trial_key(dataset, variant, number) for number in (0, 1, 12, 1234)),
        *(
            replicate_key(dataset, variant, seed, at_table_depth=at_depth)
            for seed in (0, 1, 12)
            for at_depth in (True, False)
        ),
        *(monitored_key(dataset, variant, 1, rate, 0) for rate in (0.1, 0.10000001, 1e-05)),
    ]


@pytest.mark.parametrize(
    "cells",
    [
        [("mine", "tanh"), ("mine-seed1", "tanh"), ("mine-best", "tanh"), ("mine-t000", "tanh")],
        [("mine-best", "tanh"), ("mine-best-seed1", "tanh"), ("best", "tanh"), ("seed1", "tanh")],
        [("c", "a-b"), ("b-c", "a"), ("a", "b-c"), ("a-b", "c")],
        [("d1-lr0.1-seed0", "tanh"), ("tanh", "monitored"), ("mine", "monitored")],
    ],
)
def test_no_names_make_two_runs_one(cells: list[tuple[str, str]]) -> None:
    keys = [key for cell in cells for key in keys_of(*cell)]
    assert len(set(keys)) == len(set(map(run_name, keys))) == len(keys)
