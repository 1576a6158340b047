"""Packs in memory, against the same networks trained one by one."""

import itertools

import numpy as np
import pytest
from builders import toy_dataset

import glorot_sweep
from glorot_sweep.data.dataset import N_PROBE
from glorot_sweep.engine.engines import STEPPERS
from glorot_sweep.errors import UserError
from glorot_sweep.interface import fitting
from glorot_sweep.interface.fitting import NETWORKS
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.specs import PackSpec, Pretraining
from glorot_sweep.training.fit import fit_pack as fit_specs

TOY = {"depth": 2, "width": 8, "updates": 20, "evaluations": 2}


@pytest.mark.slow
def test_each_network_is_what_it_is_alone():
    toy = toy_dataset()
    pack = glorot_sweep.fit_pack(toy, ["tanh", "tanh_n"], [0.1, 0.2], [0, 7], **TOY)
    assert [
        tuple(row) for row in pack.networks[["variant", "learning_rate", "seed"]].to_numpy()
    ] == [*itertools.product(["tanh", "tanh_n"], [0.1, 0.2], [0, 7])]
    assert list(pack.networks.columns) == list(NETWORKS)
    for number, spec in enumerate(pack.specs):
        (alone,) = fit_specs(PackSpec((spec,)), toy).trials
        row, curve = pack.networks.loc[number], pack.curves[pack.curves["network"] == number]
        assert (row["validation_error"], row["test_error"]) == (
            alone.validation_error, alone.test_error,
        )  # fmt: skip
        assert curve["update"].tolist() == [10, 20]
        assert curve["train_loss"].tolist() == [one.train_loss for one in alone.curve]
        assert np.array_equal(pack.predictions[number], alone.test_predictions)
        assert all(np.array_equal(pack.weights[number][k], v) for k, v in alone.weights.items())


def test_networks_that_cannot_be_in_lockstep_are_trained_all_the_same():
    toy = toy_dataset()
    variants = ["tanh_quadratic", "tanh", "tanh_n_hessian", "tanh_pretrained"]
    pack = glorot_sweep.fit_pack(
        toy, variants, 0.01, damping=0.1, pretraining=Pretraining(10, 0.01, 0.1), **TOY
    )
    assert pack.networks["variant"].tolist() == variants
    assert pack.networks["damping"].tolist() == [0.0, 0.0, 0.1, 0.0]
    assert pack.networks["pretraining_updates"].tolist() == [0, 0, 0, 10]
    assert set(pack.networks["state"]) == {"complete"}


def test_packs_are_as_large_as_fits_into_half_of_the_memory(monkeypatch):
    toy, made = toy_dataset(), []
    one = glorot_sweep.fit_pack(toy, "tanh", 0.1, **TOY).specs[0]
    takes = STEPPERS[one.engine].trial_bytes(one, toy.n_inputs, toy.n_classes, N_PROBE)

    def counted(pack, *args, **options):
        made.append(len(pack.trials))
        return fit_specs(pack, *args, **options)

    monkeypatch.setattr(fitting, "fit_pack", counted)
    monkeypatch.setattr(fitting, "device_memory", lambda _: 6 * takes + 1)
    glorot_sweep.fit_pack(toy, "tanh", 0.1, list(range(8)), **TOY)
    assert sorted(made) == [2, 3, 3]
    monkeypatch.setattr(fitting, "device_memory", lambda _: takes - 1)
    with pytest.raises(UserError, match="one trial of width 8 and 2 hidden layers on toy takes"):
        glorot_sweep.fit_pack(toy, "tanh", 0.1, **TOY)
    assert len(made) == 3


@pytest.mark.parametrize(("updates", "evaluations"), [(1, 1), (4, 4), (40, 10)])
def test_left_out_there_are_ten_evaluations_or_as_many_as_there_are_updates(updates, evaluations):
    pack = glorot_sweep.fit_pack(toy_dataset(), depth=1, width=4, updates=updates)
    assert len(pack.curves) == evaluations


@pytest.mark.slow
def test_layers_are_looked_at_when_that_is_asked_for():
    toy = toy_dataset()
    assert glorot_sweep.fit_pack(toy, **TOY).layers.empty
    layers = glorot_sweep.fit_pack(toy, look_at=[20, 0], **TOY).layers
    assert layers["update"].unique().tolist() == [0, 20]
    assert {"activation", "jacobian"} <= set(layers["quantity"])
    assert len(layers["spectrum"].dropna()) > 0


def test_arrays_of_numpy_are_taken_for_lists():
    pack = glorot_sweep.fit_pack(
        toy_dataset(), **{**TOY, "seeds": list(np.arange(2)), "learning_rates": np.float32(0.25)}
    )
    assert pack.networks["seed"].tolist() == [0, 1]
    assert pack.networks["learning_rate"].tolist() == [0.25, 0.25]


@pytest.mark.slow
def test_numbers_of_numpy_are_taken_for_those_of_python():
    toy, whole = toy_dataset(), {**TOY, "variants": ["tanh_hessian", "tanh_pretrained"]}
    of_python = {"damping": 0.25, "pretraining": Pretraining(2, 0.5, 0.25)}
    of_numpy = {
        **{name: np.int64(number) for name, number in TOY.items()}, "damping": np.float32(0.25),
        "pretraining": Pretraining(np.int64(2), np.float32(0.5), np.float64(0.25)),
    }  # fmt: skip
    found, expected = (
        glorot_sweep.fit_pack(toy, **{**whole, **given}).specs for given in (of_numpy, of_python)
    )
    assert found == expected
    assert [repr(spec) for spec in found] == [repr(spec) for spec in expected]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"variants": "tahn"}, "unknown variant 'tahn'; did you mean 'tanh'"),
        ({"dataset": "mnits"}, "unknown data set 'mnits'; did you mean 'mnist'"),
        ({"engine": "ntive"}, "unknown engine 'ntive'"),
        ({"learning_rates": [0.1, -1.0]}, "must be a positive number, got -1.0"),
        ({"learning_rates": [1e9]}, r"at most 1e\+06, got 1000000000"),
        ({"learning_rates": float("nan")}, "got nan"),
        ({"learning_rates": "0.1"}, "a learning rate must be a number, got '0.1'"),
        ({"learning_rates": [0.1, None]}, "a learning rate must be a number, got None"),
        ({"learning_rates": True}, "a learning rate must be a number, got True"),
        ({"learning_rates": []}, "1 to 10,000 networks, got 0"),
        ({"seeds": [-1]}, "seeds must be a whole number from 0"),
        ({"updates": 0}, "updates must be a whole number from 1"),
        ({"updates": 1.5}, "updates must be a whole number from 1"),
        ({"evaluations": 21}, "evaluations must be a whole number from 1 to 20, got 21"),
        ({"depth": True}, "depth must be a whole number from 1 to 100, got True"),
        ({"width": "8"}, "width must be a whole number from 1 to 16384, got '8'"),
        ({"look_at": 21}, "look_at must be a whole number from 0 to 20, got 21"),
        ({"damping": 0.1}, "none of tanh_n has a damping, got 0.1; leave it out"),
        ({"pretraining": Pretraining(1, 0.1, 0.1)}, "none of tanh_n is pre-trained, got Pre"),
        ({"variants": "tanh_hessian"}, "damping, which must be a positive number"),
        (
            {"variants": VARIANTS["tanh"]},
            "a variant is given by its name, as 'tanh_n', got V",
        ),
        ({"engine": None}, "engine must be one of auto, native, torch, got None"),
        ({"pretraining": (1, 2)}, r"pretraining must be a Pretraining, got \(1, 2\)"),
        (
            {"pretraining": Pretraining(2.5, 0.1, 0.1)},
            "updates of pretraining must be a whole numb",
        ),
        ({"pretraining": Pretraining(10**9, 0.1, 0.1)}, "from 1 to 100000000, got 1000000000"),
        (
            {"pretraining": Pretraining(2, "x", 0.1)},
            "rate of pretraining must be a number, got 'x'",
        ),
        (
            {"pretraining": Pretraining(2, 0.1, None)},
            "noise of pretraining must be a number, got N",
        ),
        ({"damping": "x"}, "damping must be a number, got 'x'"),
        (
            {"dataset": np.zeros((4, 4))},
            "the data set must be a name or an ImageDataset, got ndarray",
        ),
        ({"dataset": toy_dataset(n_fixed=9)}, "there must be 10 test images or more"),
        ({"variants": "tanh_pretrained"}, "is pre-trained; say for how many updates"),
    ],
)
def test_a_mistake_is_told_before_anything_is_trained(changes, part):
    with pytest.raises(UserError, match=part):
        glorot_sweep.fit_pack(**{"dataset": toy_dataset(), **TOY, **changes})
