"""Claims 40 to 43 and 45."""

from dataclasses import replace

import pytest

from .builders import FINITE, contradicted, finding, svm, whole_world
from .networks import full_curve

FULL = 5_000_000


def errors(dataset="shapeset", **values):
    def changed(world):
        for variant, value in values.items():
            world.set_errors(value, variant, dataset)

    return changed


def svm_of(error):
    return lambda world: world.set_svm(FINITE, test_error=error)


def both(*changes):
    def changed(world):
        for change in changes:
            change(world)

    return changed


@pytest.mark.parametrize(
    ("number", "changed", "because"),
    [
        ("C40", svm_of(62.5), "SVM, percent is 62.5"),
        ("C40", svm_of(56.4), "SVM, percent is 56.4"),
        ("C40", errors(FINITE, tanh_n=47.4), "tanh N, percent"),
        ("C40", both(svm_of(56.5), errors(FINITE, tanh_n=53.0)), "SVM minus tanh N"),
        ("C41", errors(tanh_pretrained=3.0), "part of the gap"),
        ("C43", errors(tanh_n_hessian=15.7), "gain of the hessian"),
        ("C43", errors(tanh_n_gradient_variance=15.7), "gain of the gradient_variance"),
        ("C45", errors("shapeset_single", tanh_n=7.9), "one object alone"),
        ("C45", errors(tanh_n=9.9), "one object alone"),
    ],
)
def test_one_condition_alone_contradicts(number, changed, because):
    contradicted(number, changed, because)


def test_without_a_gap_nothing_can_be_removed():
    world = whole_world()
    errors(tanh_pretrained=28.0)(world)
    found = finding("C41", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "pretraining shows no gain" in found.reason


def second_order(estimate, error, *, in_order):
    """Bring the final error near tanh's or tanh N's; the course stays between both or does not."""

    def changed(world):
        world.set_errors(error, f"tanh_{estimate}")
        for run in world.named(f"tanh_{estimate}/5"):
            late = 0.15 if in_order else 3.0
            world.set_run(run.name, curve=full_curve(error, FULL, late))

    return changed


@pytest.mark.parametrize("estimate", ["hessian", "gradient_variance"])
@pytest.mark.parametrize("error", [26.0, 16.5])
def test_second_order_between_tanh_and_tanh_n(estimate, error):
    """Near one of both at the end it must have been between them all along."""
    changed = second_order(estimate, error, in_order=False)
    contradicted("C42", changed, f"share of evaluations in order, {estimate}")
    world = whole_world()
    second_order(estimate, error, in_order=True)(world)
    assert finding("C42", world).verdict == "CONFIRMED"


def test_large_gaps_at_the_end_are_enough():
    world = whole_world()
    second_order("hessian", 22.0, in_order=False)(world)
    assert finding("C42", world).verdict == "CONFIRMED"


def test_curves_that_share_no_evaluation():
    world = whole_world()
    for run in world.named("tanh_hessian/5"):
        run.curve["update"] += 1
    assert "share no evaluation" in finding("C42", world).reason


@pytest.mark.parametrize(
    ("number", "variant", "dataset"),
    [
        ("C40", "tanh_n", FINITE),
        ("C41", "tanh_pretrained", "shapeset"),
        ("C42", "tanh_hessian", "shapeset"),
        ("C43", "tanh_n_gradient_variance", "shapeset"),
        ("C45", "tanh_n", "shapeset_single"),
    ],
)
def test_the_missing_run_is_named(number, variant, dataset):
    world = whole_world()
    del world.cells["table_depth", dataset, variant]
    found = finding(number, world)
    assert found.verdict == "INCONCLUSIVE"
    assert f"no replicates of {variant} on {dataset}" in found.reason


def with_fewer(world, error=68.0, network=60.0, examples=10_000):
    """Instead of 100,000 examples so many, of both."""
    name = f"shapeset_finite_{examples}"
    world.svms = {name: svm(error, examples)}
    key = ("table_depth", FINITE, "tanh_n")
    world.cells["table_depth", name, "tanh_n"] = world.cells.pop(key)
    world.set_errors(network, "tanh_n", name)


@pytest.mark.parametrize(("network", "so_far"), [(60.0, True), (64.0, False), (70.0, False)])
def test_with_fewer_examples_the_difference_is_looked_at_and_nothing_decided(network, so_far):
    world = whole_world()
    with_fewer(world, 68.0, network)
    found = finding("C40", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "10,000 of 100,000 examples" in found.reason
    assert found.holds_so_far is so_far
    assert found.numbers["SVM minus tanh N, points"] == pytest.approx(68.0 - network)


def test_a_narrow_network_decides_nothing_either():
    found = finding("C40", whole_world(width=100))
    assert (found.verdict, found.holds_so_far) == ("INCONCLUSIVE", True)
    assert "100 of 1,000 units" in found.reason


def test_of_several_sizes_the_largest_of_both_counts():
    world = whole_world()
    small = "shapeset_finite_500"
    world.svms[small] = svm(80.0, 500)
    world.cells["table_depth", small, "tanh_n"] = world.cells["table_depth", FINITE, "tanh_n"]
    assert finding("C40", world).verdict == "CONFIRMED"
    del world.svms[FINITE]
    assert "500 of 100,000 examples" in finding("C40", world).reason


@pytest.mark.parametrize(
    "svms",
    [
        {},
        {"shapeset_finite_500": svm(59.47, 500)},
        {FINITE: replace(svm(59.47), examples=10_000)},
        {"mnist": replace(svm(59.47), dataset="mnist")},
    ],
    ids=["none", "of another size", "of a part", "of other images"],
)
def test_a_support_vector_machine_on_other_examples_says_nothing(svms):
    world = whole_world()
    world.svms = svms
    found = finding("C40", world)
    assert (found.verdict, found.holds_so_far) == ("INCONCLUSIVE", None)
    assert "run `glorot-sweep svm --examples 100000`" in found.reason


def test_the_runs_behind_it_are_named():
    found = finding("C40", whole_world())
    assert found.run_ids[-1] == "svm-100000"
    assert set(found.run_ids[:-1]) == {f"tanh_n-{FINITE}-5-{seed}" for seed in range(3)}
