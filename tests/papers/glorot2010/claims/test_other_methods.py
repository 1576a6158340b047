"""Claims 40 to 43 and 45."""

from dataclasses import replace

import pytest

from .builders import FINITE, contradicted, finding, svm, whole_world


def errors(dataset="shapeset", **values):
    def changed(world):
        for variant, value in values.items():
            world.set_errors(value, variant, dataset)

    return changed


def svm_of(error):
    return lambda world: world.set_svm(FINITE, test_error=error, low=error - 1, high=error + 1)


@pytest.mark.parametrize(
    ("number", "changed", "because"),
    [
        ("C40", svm_of(46.0), "SVM minus tanh N"),
        ("C50", svm_of(62.5), "SVM, percent is 62.5"),
        ("C50", errors(FINITE, tanh_n=54.0), "tanh N, percent"),
        ("C41", errors(tanh_pretrained=1.0), "less half of the gap"),
        ("C42", errors(tanh_hessian=28.0), "tanh minus tanh_hessian"),
        ("C42", errors(tanh_gradient_variance=14.0), "tanh_gradient_variance minus tanh_n"),
        ("C43", errors(tanh_n_hessian=16.7), "gain of the hessian"),
        ("C43", errors(tanh_n_gradient_variance=16.7), "gain of the gradient_variance"),
        ("C45", errors("shapeset_single", tanh_n=8.9), "one object alone"),
        ("C45", errors(tanh_n=8.9), "one object alone"),
    ],
)
def test_one_condition_alone_contradicts(number, changed, because):
    contradicted(number, changed, because)


def test_without_a_gap_nothing_can_be_removed():
    world = whole_world()
    errors(tanh_pretrained=28.0)(world)
    found = finding("C41", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "pre-training shows no gain" in found.reason


def test_a_lower_error_than_the_papers_is_no_failure():
    world = whole_world()
    svm_of(30.0)(world)
    errors(FINITE, tanh_n=20.0)(world)
    assert finding("C50", world).verdict == "CONFIRMED"


@pytest.mark.parametrize("number", ["C41", "C42", "C43", "C45", "C56"])
def test_a_single_seed_has_no_interval(number):
    found = finding(number, whole_world(seeds=1))
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "OPEN")


def test_the_svms_own_test_examples_widen_the_interval():
    """9 points over seeds alone are far from 0; over a hundred test examples they are not."""
    world = whole_world()
    assert finding("C40", world).verdict == "CONFIRMED"
    world.set_svm(FINITE, low=49.0, high=69.0)
    assert finding("C40", world).here == "OPEN"


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


@pytest.mark.parametrize(
    ("network", "here"), [(60.0, "HOLDS"), (67.9, "OPEN"), (72.0, "DOES NOT HOLD")]
)
def test_with_fewer_examples_the_difference_is_looked_at_and_nothing_decided(network, here):
    world = whole_world()
    with_fewer(world, 68.0, network)
    found = finding("C40", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "10,000 of 100,000 examples" in found.reason
    assert found.here == here
    assert found.numbers["SVM minus tanh N, points"] == pytest.approx(68.0 - network)


def test_a_narrow_network_decides_nothing_either():
    found = finding("C40", whole_world(width=100))
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "HOLDS")
    assert "100 of 1,000 units" in found.reason


def test_of_several_sizes_the_largest_of_both_counts():
    world = whole_world()
    small = "shapeset_finite_500"
    world.svms[small] = svm(80.0, 500)
    world.cells["table_depth", small, "tanh_n"] = world.cells["table_depth", FINITE, "tanh_n"]
    assert finding("C40", world).verdict == "CONFIRMED"
    del world.svms[FINITE]
    assert "500 of 100,000 examples" in finding("C40", world).reason


def test_levels_that_more_examples_reach_are_not_those_of_a_hundred_thousand():
    world, larger = whole_world(), "shapeset_finite_200000"
    world.svms = {**world.svms, larger: replace(svm(59.47), dataset=larger, examples=200_000)}
    world.cells["table_depth", larger, "tanh_n"] = world.cells["table_depth", FINITE, "tanh_n"]
    found = finding("C50", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "100,000 examples; these are 200,000" in found.reason


def test_one_on_a_part_of_a_larger_set_does_not_hide_that_on_the_whole_of_a_smaller_one():
    world = whole_world()
    with_fewer(world)
    for number in ("C40", "C50"):
        alone = finding(number, world).numbers
        part = {FINITE: replace(svm(59.47), examples=10_000)}
        world.svms = {**world.svms, **part}
        assert finding(number, world).numbers == alone != {}


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
    assert (found.verdict, found.here) == ("INCONCLUSIVE", "OPEN")
    assert "run `glorot-sweep svm --examples 100000`" in found.reason


def test_the_runs_behind_it_are_named():
    found = finding("C40", whole_world())
    assert found.run_ids[-1] == "svm-100000"
    assert set(found.run_ids[:-1]) == {f"tanh_n-{FINITE}-5-{seed}" for seed in range(3)}
