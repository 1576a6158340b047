"""Layers are looked at when it is scheduled, and looking changes nothing."""

from dataclasses import asdict, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, every_kind_of_trial, toy_dataset
from oracles import train_reference

from glorot_sweep.data.dataset import N_PROBE
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.engine.stepper import NetworkState
from glorot_sweep.specs import StatisticsSpec
from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.probing import _with_shares

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset()
LOOKS = StatisticsSpec((0, 7, 20), (0, 20))


def numbers(row) -> dict[str, float]:
    return {k: v for k, v in asdict(row).items() if isinstance(v, float)}


def test_every_scheduled_look_of_every_layer_and_no_other() -> None:
    trial = a_trial(depth=3, statistics=LOOKS)
    rows = fit_pack(a_pack(trial), DATASET).trials[0].statistics
    assert sorted({row.update for row in rows}) == [0, 7, 20]
    for update in LOOKS.updates:
        layers = [r.layer for r in rows if (r.update, r.quantity) == (update, "activation")]
        assert layers == [1, 2, 3]
    detailed = {row.update for row in rows if row.histogram or row.quantity == "jacobian"}
    assert detailed == {0, 20}


@pytest.mark.slow
def test_looking_changes_no_result() -> None:
    trials = every_kind_of_trial()
    blind = fit_pack(a_pack(*trials), DATASET)
    seeing = fit_pack(a_pack(*[replace(t, statistics=LOOKS) for t in trials]), DATASET)
    for one, other in zip(blind.trials, seeing.trials, strict=True):
        assert one.curve == other.curve
        for name, values in (one.weights or {}).items():
            assert np.array_equal(values, (other.weights or {})[name]), (one.key, name)
        assert not one.statistics
        assert other.statistics


def test_what_is_seen_belongs_to_the_trial_and_to_the_update() -> None:
    """Mean and spread of layer 1 against a reference network trained for 0, 7, 20 updates."""
    trials = [t for t in every_kind_of_trial(statistics=LOOKS) if t.depth in (1, 3)]
    results = fit_pack(a_pack(*trials, precision="float64"), DATASET).trials
    x = DATASET.probe.images.double() / 255
    for trial, result in zip(trials[::3], results[::3], strict=True):
        for update in LOOKS.updates:
            shorter = replace(
                trial, updates=update, evaluate_at=(update,), statistics=StatisticsSpec()
            )
            network, _ = train_reference(shorter, DATASET, torch.float64)
            with torch.no_grad():
                z = network.function(network.linears[0](x))
            row = next(
                r for r in result.statistics
                if (r.update, r.layer, r.quantity) == (update, 1, "activation")
            )  # fmt: skip
            # float64 against autograd over 20 updates: rounding, far below 1e-10
            assert row.mean == pytest.approx(float(z.mean()), abs=1e-10)
            assert row.std == pytest.approx(float(z.std(correction=0)), abs=1e-10)


@pytest.mark.slow
def test_statistics_are_the_same_alone_and_in_a_pack() -> None:
    """The forward pass is equal to the bit; only the sums of the statistics round differently."""
    trials = [replace(t, statistics=LOOKS) for t in every_kind_of_trial()]
    packed = {r.key: r.statistics for r in fit_pack(a_pack(*trials), DATASET).trials}
    for trial in trials[::6]:
        alone = fit_pack(a_pack(trial), DATASET).trials[0].statistics
        assert len(alone) == len(packed[trial.key])
        for one, other in zip(alone, packed[trial.key], strict=True):
            assert (one.update, one.quantity, one.layer) == (
                other.update,
                other.quantity,
                other.layer,
            )
            assert numbers(one) == pytest.approx(numbers(other), rel=1e-10, abs=1e-15)


def test_a_diverged_trial_keeps_what_was_seen_before_and_its_neighbour_all() -> None:
    wild = a_trial("wild", learning_rate=1e30, statistics=LOOKS)
    calm = a_trial("calm", statistics=LOOKS)
    result = {r.key: r for r in fit_pack(a_pack(wild, calm), DATASET).trials}
    assert result["wild"].state == "diverged"
    assert {row.update for row in result["wild"].statistics} == {0}
    assert {row.update for row in result["calm"].statistics} == {0, 7, 20}


def test_the_probe_is_the_start_of_the_test_set() -> None:
    large = toy_dataset(n_fixed=N_PROBE + 50)
    assert len(large.probe) == N_PROBE
    assert torch.equal(large.probe.images, large.test.images[:N_PROBE])
    assert torch.equal(large.probe.labels, large.test.labels[:N_PROBE])


def test_nothing_can_be_looked_at_after_the_end() -> None:
    with pytest.raises(ValueError, match="nothing can be looked at after update 20"):
        a_trial(statistics=StatisticsSpec((0, 30)))


@pytest.mark.parametrize("rule", ["tanh_hessian", "tanh_gradient_variance"])
@pytest.mark.parametrize(("damping", "least", "most"), [(1e-15, 0.9, 1.0), (1e6, 0.0, 0.0)])
def test_weights_above_the_damping_of_a_step_rule_are_counted(rule, damping, least, most) -> None:
    """Estimates are some 1e-5 to 1e-2 here; a few weights from dead pixels may have none."""
    trial = a_trial(variant=rule, damping=damping, learning_rate=1e-9, statistics=LOOKS)
    rows = fit_pack(a_pack(trial), DATASET).trials[0].statistics
    weights = [row for row in rows if row.quantity == "weight"]
    assert {row.above_damping for row in weights if row.update == 0} == {None}
    shares = [row.above_damping for row in weights if row.update]
    assert len(shares) == 2 * (trial.depth + 1)
    assert all(share is not None and least <= share <= most for share in shares)
    assert all(row.above_damping is None for row in rows if row.quantity != "weight")


def test_the_share_is_of_the_weights_of_the_row_s_own_layer() -> None:
    trial = a_trial(variant="tanh_hessian", damping=0.5, depth=1)
    bias = np.full(1, 9.0)  # biases do not count
    curvature = ((np.array([[0.4], [0.6]]), bias), (np.array([[0.6]]), bias))
    stepper = SimpleNamespace(
        trials=[trial], state_of=lambda _: NetworkState(curvature, {"curvature": curvature})
    )
    rows = [LayerStatistics(1, "weight", layer, 1) for layer in (1, 2)]
    assert [row.above_damping for row in _with_shares(rows, stepper, 0)] == [0.5, 1.0]
