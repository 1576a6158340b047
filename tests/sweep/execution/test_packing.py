"""Which trials share a pack."""

from dataclasses import replace

import pytest
from builders import a_trial
from hypothesis import given
from hypothesis import strategies as st
from sweep_builders import spec

from glorot_sweep.specs import PackSpec
from glorot_sweep.sweep.execution.packing import make_packs


@given(count=st.integers(0, 60), size=st.integers(1, 25))
def test_packs_are_few_and_nearly_equal_and_keep_the_order(count, size):
    trials = [spec(f"t{i}") for i in range(count)]
    packs = make_packs(trials, size)
    lengths = [len(pack.trials) for pack in packs]
    assert [trial for pack in packs for trial in pack.trials] == trials
    assert len(packs) == -(-count // size)
    assert not lengths or (max(lengths) <= size and max(lengths) - min(lengths) <= 1)


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "mnist"},
        {"width": 32},
        {"batch_size": 20},
        {"evaluate_at": (30,)},
        {"updates": 40, "evaluate_at": (40,)},
        {"purpose": "replicate"},
        {"engine": "native"},
    ],
)
def test_trials_of_another_pace_never_share_a_pack(change):
    mixed = [spec("a"), spec("b", **change), spec("c"), spec("d", **change)]
    packs = make_packs(mixed, 10)
    assert [[t.key for t in pack.trials] for pack in packs] == [["a", "c"], ["b", "d"]]
    with pytest.raises(ValueError, match="must share"):
        PackSpec(tuple(mixed))


def test_depth_variant_rate_and_seeds_may_differ_within_a_pack():
    mixed = [
        spec("a"),
        spec("b", depth=5, variant="sigmoid", learning_rate=0.3, weight_seed=9, data_seed=8),
    ]
    assert len(make_packs(mixed, 10)) == 1


def test_a_pack_refuses_equal_keys_and_no_trials():
    with pytest.raises(ValueError, match="different keys"):
        PackSpec((spec("a"), spec("a")))
    with pytest.raises(ValueError, match="at least one"):
        PackSpec(())


@pytest.mark.parametrize("window", [0, 3])
def test_a_window_has_as_many_evaluations(window):
    with pytest.raises(ValueError, match=f"a mean over {window} evaluations needs as many"):
        spec(evaluate_at=(20, 30), window=window)


def test_a_window_of_one_has_the_fingerprint_that_it_had_before_there_were_others():
    assert spec(window=1).fingerprint == spec().fingerprint
    assert spec(window=2).fingerprint != spec().fingerprint


def test_a_trial_must_be_measured_at_its_end():
    with pytest.raises(ValueError, match="last evaluation"):
        spec(evaluate_at=(10, 20))


@given(count=st.integers(1, 60), size=st.integers(1, 25), places=st.integers(-2, 9))
def test_no_place_stays_empty_while_there_are_trials(count, size, places):
    trials = [spec(f"t{i}") for i in range(count)]
    packs = make_packs(trials, size, places)
    assert [trial for pack in packs for trial in pack.trials] == trials
    assert len(packs) == max(-(-count // size), min(places, count))
    lengths = [len(pack.trials) for pack in packs]
    assert max(lengths) - min(lengths) <= 1


def test_what_torch_trains_has_the_fingerprint_that_it_had_before_there_was_another_engine():
    """Checkpoints of earlier versions are found by it."""
    trial = a_trial()
    assert trial.engine == "torch"
    assert trial.fingerprint == "959d00c8513423d2"
    assert replace(trial, engine="native").fingerprint != trial.fingerprint
    for changes in ({"schedule": "cosine"}, {"weight_decay": 0.01}):
        other = replace(trial, variant=replace(trial.variant, **changes))
        assert other.fingerprint != trial.fingerprint
