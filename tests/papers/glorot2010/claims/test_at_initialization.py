"""Claims 1 to 12 and 44: each condition alone is enough to contradict them."""

import numpy as np
import pytest

from .builders import contradicted, finding, whole_world
from .init_rows import put

LINEAR = {"activation": "identity", "width": 1000}


def change(column, value, dataset="shapeset", **where):
    """Change a column of a study in the rows that have these values."""
    where = {"activation": "tanh", "width": 1000, "shape": "equal", **where}
    return lambda world: put(world.init_studies[dataset].statistics, column, value, **where)


def times(factor):
    return lambda old: old * factor


def weight(column, value, **where):
    return change(column, value, quantity="weight", seed=3, **where)


@pytest.mark.parametrize(("number", "initialization"), [("C1", "standard"), ("C2", "normalized")])
@pytest.mark.parametrize(
    ("column", "value", "layer", "because"),
    [
        ("std", times(1.003), 2, "deviation of Var[W], hidden"),
        ("std", times(0.997), 1, "deviation of Var[W], hidden"),
        ("std", times(1.03), 6, "deviation of Var[W], output"),
        ("minimum", times(1.002), 4, "entry over its bound"),
        ("maximum", times(1.002), 6, "entry over its bound"),
        ("largest_bias", 1e-9, 3, "largest bias"),
    ],
)
def test_initial_weights(number, initialization, column, value, layer, because):
    contradicted(number, weight(column, value, initialization=initialization, layer=layer), because)


@pytest.mark.parametrize("factor", [0.997, 1.003])
def test_equal_widths(factor):
    changed = weight("std", times(factor), initialization="normalized", layer=3)
    contradicted("C2", changed, "n Var[W] at equal widths")


@pytest.mark.parametrize(
    ("number", "changed", "because"),
    [
        # Each step of one network is 4 % too large: its mean is, and no single one is.
        ("C3", change("std", lambda old: old * 1.04 ** np.tile(np.arange(5), 5), **LINEAR,
                      initialization="standard", quantity="activation"),
         "deviation of the mean of std(z^(k+1)) / std(z^k), standard"),
        ("C3", change("std", times(1.07), **LINEAR, initialization="normalized", layer=5, seed=1,
                      quantity="activation"),
         "largest deviation of std(z^(k+1)) / std(z^k), normalized"),
        ("C3", change("predicted_std", times(1.07), **LINEAR, initialization="normalized",
                      layer=1, seed=1, quantity="activation"),
         "largest deviation of std(z^1), normalized"),
        ("C4", change("std", times(1.04), **LINEAR, initialization="standard", layer=3, seed=1,
                      quantity="backpropagated_gradient"),
         "std(delta^i) / std(delta^(i+1)), standard"),
        ("C4", change("std", lambda old: old * 1.02 ** np.tile(np.arange(5), 5), **LINEAR,
                      initialization="normalized", quantity="backpropagated_gradient"),
         "std(delta^0) / std(delta^4), normalized"),
        ("C5", change("per_example_std", times(1.11), **LINEAR, initialization="standard",
                      layer=1, seed=1, quantity="weight_gradient"),
         "largest over smallest std of dCost/dW, standard"),
        ("C5", change("per_example_std", times(1.2), **LINEAR, initialization="normalized",
                      layer=6, seed=1, quantity="weight_gradient"),
         "output matrix's factor, normalized"),
        ("C6", change("std", lambda old: old * 1.06 ** np.arange(20), activation="identity",
                      width=300, initialization="normalized", gain=3.0, depth=20,
                      quantity="backpropagated_gradient"),
         "20 layers, n Var[W] = 3"),
    ],
)  # fmt: skip
def test_linear_regime(number, changed, because):
    contradicted(number, changed, because)


def test_claim_6_names_the_networks_that_are_missing():
    world = whole_world()
    frame = world.init_studies["shapeset"].statistics
    frame.drop(frame.index[frame["depth"] == 10], inplace=True)
    found = finding("C6", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "no linear networks of 10 layers, n Var[W] = 0.333" in found.reason


def flat_shares(world):
    """Layer 3 gets layer 2's histogram."""
    for study in world.init_studies.values():
        frame = study.statistics
        for quantity in ("activation", "backpropagated_gradient"):
            rows = (
                (frame["quantity"] == quantity) & (frame["initialization"] == "standard")
                & (frame["activation"] == "tanh") & (frame["shape"] == "equal")
                & (frame["seed"] == 0)
            )  # fmt: skip
            second = frame.index[rows & (frame["layer"] == 2)][0]
            third = frame.index[rows & (frame["layer"] == 3)][0]
            frame.at[third, "histogram"] = frame.at[second, "histogram"]


def tanh(quantity, column, value, initialization, **where):
    return change(column, value, quantity=quantity, initialization=initialization, **where)


FIGURES = [
    ("C7", tanh("activation", "std", times(1.5), "standard", layer=5, seed=1),
     "largest std(z^5) / std(z^1), standard"),
    ("C7", tanh("activation", "std", times(0.8), "normalized", layer=5, seed=1),
     "smallest std(z^5) / std(z^1), normalized"),
    ("C7", flat_shares, "smallest rise of that share"),
    ("C8", tanh("backpropagated_gradient", "std", times(1.5), "standard", layer=1, seed=1),
     "largest std(delta^0) / std(delta^4), standard"),
    ("C8", tanh("backpropagated_gradient", "std", times(0.8), "normalized", layer=1, seed=1),
     "smallest std(delta^0) / std(delta^4), normalized"),
    ("C8", tanh("backpropagated_gradient", "std", times(2), "standard", layer=3, seed=1),
     "smallest std(delta^(i+1)) / std(delta^i), standard"),
    ("C8", flat_shares, "smallest fall of delta's share near 0"),
    ("C9", tanh("weight_gradient", "std", times(1.2), "standard", layer=5),
     "per batch, standard"),
    ("C9", tanh("weight_gradient", "per_example_std", times(1.2), "normalized", layer=5),
     "per example, normalized"),
    ("C10", tanh("jacobian", "mean", 0.44, "standard", layer=2),
     "lowest mean singular value, standard"),
    ("C10", tanh("jacobian", "mean", 0.53, "standard", layer=2),
     "highest mean singular value, standard"),
    ("C10", tanh("jacobian", "mean", 0.69, "normalized", layer=4),
     "lowest mean singular value, normalized"),
    ("C10", tanh("jacobian", "mean", 0.86, "normalized", layer=4),
     "highest mean singular value, normalized"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "changed", "because"), FIGURES)
def test_figures_6_to_8_and_jacobians(number, changed, because):
    contradicted(
        number, changed, f"{because}, on shapeset" if changed is not flat_shares else because
    )


def test_claim_9_pools_the_draws_and_notes_the_widest_one():
    world = whole_world()
    rows = world.init_studies["shapeset"].statistics
    chosen = (rows["quantity"] == "weight_gradient") & (rows["activation"] == "tanh")
    chosen &= (rows["shape"] == "equal") & (rows["initialization"] == "standard")
    rows.loc[chosen, "std"] = 1.0
    rows.loc[chosen & (rows["layer"] == 5) & (rows["seed"] == 1), "std"] = 1.2
    found = finding("C9", world)
    assert found.verdict == "CONFIRMED"
    name = "largest over smallest std of dCost/dW per batch, standard"
    draws = rows.loc[chosen, "seed"].nunique()
    pooled = ((draws - 1 + 1.2**2) / draws) ** 0.5
    assert found.numbers[f"{name}, on shapeset"] == pytest.approx(pooled)
    assert found.numbers[f"{name}, largest of a single draw, on shapeset"] == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        (tanh("jacobian", "mean", times(1.02), "standard", layer=2),
         "deviation of the mean, standard"),
        (tanh("jacobian", "rms", times(0.98), "normalized", layer=2),
         "deviation of the root mean square, normalized"),
        (tanh("jacobian", "geometric_mean", times(1.03), "standard", layer=2,
              activation="identity"), "deviation of the geometric mean, standard"),
    ],
)  # fmt: skip
def test_laws_of_the_singular_values(changed, because):
    contradicted("C11", changed, because)


def test_too_few_examples_of_a_jacobian():
    world = whole_world()
    tanh("jacobian", "count", 2000, "standard")(world)
    found = finding("C10", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "Jacobians of 2 of 3 examples" in found.reason


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["mnist", "cifar10", "small_imagenet"])
@pytest.mark.parametrize(
    ("quantity", "column", "factor", "layer", "because"),
    [
        ("activation", "std", 1.5, 5, "std(z^5) / std(z^1)"),
        ("backpropagated_gradient", "std", 1.5, 1, "std(delta^0) / std(delta^4)"),
        ("weight_gradient", "std", 1.36, 5, "per batch"),
        ("jacobian", "mean", 1.2, 2, "mean singular value"),
    ],
)
def test_one_other_data_set_contradicts_the_same_picture(
    dataset, quantity, column, factor, layer, because
):
    changed = tanh(quantity, column, times(factor), "standard", layer=layer, dataset=dataset)
    contradicted("C12", changed, because)

    def without_the_others(world):
        changed(world)
        world.init_studies = {dataset: world.init_studies[dataset]}

    contradicted("C12", without_the_others, f"on {dataset}")


def test_cifar10_may_have_a_larger_factor():
    world = whole_world()
    for dataset in ("cifar10", "mnist"):
        tanh("weight_gradient", "std", times(1.25), "normalized", layer=5, dataset=dataset)(world)
    reason = finding("C12", world).reason
    assert "on mnist" in reason
    assert "cifar10" not in reason


def test_missing_data_sets_leave_claim_12_open():
    world = whole_world()
    del world.init_studies["cifar10"], world.init_studies["small_imagenet"]
    found = finding("C12", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "no initialization study on cifar10, small_imagenet" in found.reason
    assert found.here == "OPEN"


@pytest.mark.parametrize("shape", ["growing", "shrinking"])
def test_varied_widths(shape):
    changed = tanh("backpropagated_gradient", "std", times(3), "standard", layer=1, shape=shape)
    contradicted("C44", changed, f"normalized over standard, {shape}")


@pytest.mark.parametrize("shape", ["growing", "shrinking"])
def test_varied_widths_after_full_training(shape):
    def changed(world):
        world.set_errors(20.0, f"tanh_{shape}")
        world.set_errors(21.0, f"tanh_n_{shape}")

    contradicted("C44", changed, f"tanh minus tanh N, {shape}, points is -1 ")


def test_no_gain_is_none_however_the_widths_start():
    """Without training, or with a gain of 0, the start alone confirms nothing."""
    world = whole_world()
    world.set_errors(20.0, "tanh_growing")
    world.set_errors(20.0, "tanh_n_growing")
    assert finding("C44", world).here == "OPEN"
    del world.cells["table_depth", "shapeset", "tanh_growing"]
    found = finding("C44", world)
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "OPEN")
    assert "no replicates of tanh_growing on shapeset" in found.reason


def test_varied_widths_after_short_training_decide_nothing_about_the_paper():
    found = finding("C44", whole_world(full=40_000))
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "HOLDS")
    assert "40,000 of 5,000,000 updates" in found.reason
