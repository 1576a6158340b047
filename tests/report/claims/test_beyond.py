"""Claims 40 to 43 and 45."""

import pytest

from .builders import contradicted, finding, full_curve, whole_world

FULL = 5_000_000


def errors(dataset="shapeset", **values):
    def changed(world):
        for variant, value in values.items():
            world.set_errors(value, variant, dataset)

    return changed


@pytest.mark.parametrize(
    ("number", "changed", "because"),
    [
        ("C40", errors("shapeset_finite", svm=62.5), "SVM, percent"),
        ("C40", errors("shapeset_finite", tanh_n=47.4), "tanh N, percent"),
        ("C40", errors("shapeset_finite", svm=56.5, tanh_n=53.0), "SVM minus tanh N"),
        ("C41", errors(tanh_pretrained=3.0), "part of the gap"),
        ("C43", errors(tanh_n_hessian=15.7), "gain of the hessian"),
        ("C43", errors(tanh_n_gradient_variance=15.7), "gain of the gradient_variance"),
        ("C45", errors("shapeset_single", tanh_n=7.9), "one object alone"),
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
        ("C40", "svm", "shapeset_finite"),
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
