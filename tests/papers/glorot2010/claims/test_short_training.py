"""Claims 15 to 25 and 28: each condition alone contradicts them, at either learning rate."""

from dataclasses import replace

import pytest

from .builders import contradicted, finding, whole_world
from .networks import put


def change(name, column, value, **where):
    """Change a column of the statistics of one kind of monitored runs, whatever their seed."""

    def changed(world):
        for run in world.named(f"monitored-{name}-"):
            put(run.statistics, column, value, **where)

    return changed


def late(name, quantity, column, value, layer):
    return change(name, column, value, quantity=quantity, layer=layer, update=20_000)


def course(name, column, value, from_update=0):
    """Change a column of the curves of one kind of monitored runs, whatever their seed."""

    def changed(world):
        for run in world.named(f"monitored-{name}-"):
            run.curve.loc[run.curve["update"] >= from_update, column] = value

    return changed


@pytest.mark.parametrize(
    ("number", "changed", "because"),
    [
        ("C16", change("sigmoid-4-0.05", "mean", 0.16, quantity="activation", layer=4, update=2000),
         "mean(z^4) by 2,000 updates"),
        ("C16", late("sigmoid-4-0.05", "activation", "mean", 0.06, 4),
         "mean(z^4) by 20,000 updates"),
        ("C17", late("sigmoid-4-0.01", "activation", "mean", 0.5, 1), "smallest mean(z^1)"),
        ("C17", change("sigmoid-4-0.05", "mean", 0.56, quantity="activation", layer=3,
                       update=10_000), "smallest rise"),
        ("C18", course("sigmoid-4-0.01", "validation_loss", 2.08, 20_000),
         "distance of validation_loss"),
        ("C18", course("sigmoid-4-0.05", "validation_error", 82.0, 5_000),
         "distance of validation_error"),
        ("C18", change("sigmoid-4-0.05", "loss_from_mean", 2.13, quantity="output", update=5_000),
         "change of the loss"),
        ("C19", late("tanh-5-0.01", "activation", "p98", 0.8, 1), "98th percentile of z^1"),
        ("C19", late("tanh-5-0.05", "activation", "p98", 0.6, 4), "98th percentile above z^1"),
        ("C20", late("softsign-5-0.05", "activation", "p98", 0.4, 2),
         "p98(z^2) / p98(z^1), softsign"),
        ("C20", late("tanh-5-0.01", "activation", "p98", 0.7, 2), "p98(z^2) / p98(z^1), tanh"),
        ("C20", late("softsign-5-0.01", "activation", "saturation", 0.01, 2),
         "softsign's share over tanh's"),
        ("C21", change("tanh-5-0.05", "std", 0.2, quantity="backpropagated_gradient", layer=1,
                       update=0), "at the start"),
        ("C21", late("tanh-5-0.05", "backpropagated_gradient", "std", 0.3, 1), "at the end"),
        ("C22", change("tanh-5-0.01", "std", 1.2, quantity="weight_gradient", layer=1, update=0),
         "at the start"),
        ("C22", late("tanh-5-0.01", "weight_gradient", "std", 2.4, 1), "at the end"),
        ("C23", late("tanh_n-5-0.05", "weight_gradient", "std", 2.3, 1), "tanh N, learning"),
        ("C23", late("tanh-5-0.05", "weight_gradient", "std", 2.2, 1), "tanh's over tanh N's"),
        ("C24", late("tanh_n-5-0.05", "activation", "p98", 0.4, 2), "tanh_n"),
        ("C24", late("softsign-5-0.05", "activation", "p98", 0.4, 2), "softsign"),
        ("C24", late("tanh-5-0.05", "activation", "p98", 0.7, 2), "tanh,"),
        ("C25", course("tanh-5-0.05", "validation_loss", 2.0, 2_000), "tanh's over tanh N's"),
        ("C28", late("sigmoid_pretrained-5-0.05", "activation", "std", 0.01, 5), "std(z^5)"),
        ("C28", course("sigmoid_pretrained-5-0.05", "validation_loss", 2.1, 20_000),
         "validation loss"),
    ],
)  # fmt: skip
def test_one_condition_alone_contradicts(number, changed, because):
    contradicted(number, changed, because)


@pytest.mark.parametrize(
    ("number", "changed"),
    [
        ("C17", change("sigmoid-4-0.01", "mean", 0.4, quantity="activation", layer=1,
                       update=5_000)),
        ("C18", course("sigmoid-4-0.01", "validation_loss", 2.2, -1)),
        ("C19", change("tanh-5-0.01", "p98", 0.99, quantity="activation", layer=5, update=10_000)),
    ],
)  # fmt: skip
def test_what_happens_before_the_window_does_not_count(number, changed):
    world = whole_world()
    changed(world)
    if number == "C18":
        course("sigmoid-4-0.01", "validation_loss", 2.11, 5_000)(world)
    assert finding(number, world).verdict == "CONFIRMED"


@pytest.mark.parametrize("number", ["C16", "C28"])
def test_claims_at_one_learning_rate_say_so(number):
    world = whole_world()
    world.runs = {name: run for name, run in world.runs.items() if run.learning_rate != 0.05}
    found = finding(number, world)
    assert found.verdict == "INCONCLUSIVE"
    assert "learning rate 0.01, and the claim needs one of 0.05" in found.reason


@pytest.mark.parametrize("number", ["C17", "C18", "C19", "C20", "C21", "C22", "C23", "C24", "C25"])
def test_other_learning_rates_decide_nothing(number):
    world = whole_world()
    world.runs = {name: replace(run, learning_rate=0.2) for name, run in world.runs.items()}
    found = finding(number, world)
    assert found.verdict == "INCONCLUSIVE"
    assert "learning rate 0.2" in found.reason


@pytest.mark.parametrize("missing", ["softsign", "tanh", "tanh_n"])
def test_a_missing_variant_is_named(missing):
    world = whole_world()
    world.runs = {n: r for n, r in world.runs.items() if not n.startswith(f"monitored-{missing}-")}
    found = finding("C24", world)
    assert found.verdict == "INCONCLUSIVE"
    assert f"no monitored run of {missing} with 5 hidden layers" in found.reason


def test_another_bound_of_saturation_is_refused():
    world = whole_world()
    world.changes["statistics"] = {"cost": "economy", "saturation_bound": 0.8}
    found = finding("C20", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "beyond 0.8" in found.reason


def full_length(world, passing, seeds=(0, 1, 2)):
    """Let tanh's runs of some seeds last 5,000,000 updates; layer k passes 0.9 at passing[k]."""
    for run in [run for run in world.named("monitored-tanh-5") if run.seed in seeds]:
        late_looks = run.statistics[run.statistics["update"] > 0].copy()
        late_looks["update"] *= 250
        for layer, look in enumerate(passing, start=1):
            for index, update in enumerate((500_000, 1_250_000, 2_500_000, 5_000_000)):
                value = 0.95 if index >= look else 0.5
                put(late_looks, "p98", value, quantity="activation", layer=layer, update=update)
        statistics = type(late_looks)([*run.statistics.to_dict("records"),
                                       *late_looks.to_dict("records")])  # fmt: skip
        world.set_run(run.name, updates=5_000_000, statistics=statistics)


def test_the_order_of_saturation_in_full_training():
    """Layer 1 has passed 0.9 within 20,000 updates; a layer that never passes comes last."""
    world = whole_world()
    full_length(world, (0, 1, 0, 3, 9))  # layer 3 before 2: one inversion
    found = finding("C19", world)
    assert found.verdict == "CONFIRMED"
    assert [x for name, x in found.numbers.items() if "inversions" in name] == [1.0, 1.0]
    contradicted("C19", lambda w: full_length(w, (0, 1, 0, 3, 2)), "inversions of the order")


@pytest.mark.parametrize(("order", "verdict"), [((0, 1, 2, 3, 9), "CONFIRMED"),
                                                ((0, 2, 1, 3, 9), "CONTRADICTED")])  # fmt: skip
def test_inversions_are_averaged_over_seeds(order, verdict):
    """Three of one seed are one in the mean if the others have none, 5 / 3 if they have one."""
    world = whole_world()
    full_length(world, (3, 2, 1, 0, 9), seeds=[1])
    full_length(world, order, seeds=(0, 2))
    assert finding("C19", world).verdict == verdict


def test_inversions_are_counted_if_every_seed_is_trained_to_the_end():
    world = whole_world()
    full_length(world, (3, 2, 1, 0, 9), seeds=(0, 1))
    found = finding("C19", world)
    assert found.verdict == "CONFIRMED"
    assert not any("inversions" in name for name in found.numbers)


def final_errors(likelihood, quadratic):
    def changed(world):
        for rate in (0.01, 0.05):
            for name, error in (("tanh", likelihood), ("tanh_quadratic", quadratic)):
                for run in world.named(f"monitored-{name}-5-{rate}-"):
                    progress = run.curve["update"] / 20_000
                    run.curve["validation_error"] = 83.4 + (error - 83.4) * progress

    return changed


def test_the_costs_at_equal_updates():
    contradicted("C15", final_errors(75.0, 75.0), "difference in standard errors")
    contradicted("C15", final_errors(75.0, 60.0), "difference in standard errors")


def test_neither_cost_has_learned():
    """An error as high as at the first evaluation is no proof of speed."""
    contradicted("C15", final_errors(83.4, 83.4), "difference in standard errors")


def test_many_more_updates_to_an_error_that_is_hardly_lower():
    """1 point of 75 % is 1.6 standard errors; the quadratic cost was there at 0.42 of the run."""
    world = whole_world()
    final_errors(74.0, 75.0)(world)
    assert finding("C15", world).verdict == "CONTRADICTED"
    course("tanh-5", "validation_error", 74.0, 5_000)(world)
    assert finding("C15", world).verdict == "CONFIRMED"


def test_the_best_learning_rate_of_each_cost_counts():
    world = whole_world()
    world.set_run("monitored-tanh-5-0.01-0", diverged=True)
    course("tanh_quadratic-5-0.05", "validation_error", 83.4)(world)
    found = finding("C15", world)
    assert found.verdict == "CONFIRMED"
    assert "log-likelihood, learning rate 0.05" in found.measured
    assert "quadratic, learning rate 0.01" in found.measured
    for rate in (0.01, 0.05):
        world.set_run(f"monitored-tanh-5-{rate}-0", diverged=True)
    assert "of tanh on shapeset diverged" in finding("C15", world).reason


def reaches(world, rate, tanh, tanh_n):
    """Let the validation losses come to 2.05 at these updates."""
    for variant, update in (("tanh", tanh), ("tanh_n", tanh_n)):
        for run in world.named(f"monitored-{variant}-5-{rate}-"):
            run.curve["validation_loss"] = 2.25 - 0.2 * run.curve["update"] / update


@pytest.mark.parametrize(
    ("rate", "tanh", "verdict"),
    [(0.01, 10_100, "CONFIRMED"), (0.01, 9_900, "CONTRADICTED"), (0.05, 7_600, "CONFIRMED"),
     (0.05, 7_400, "CONTRADICTED"), (0.01, 1e9, "CONFIRMED")],
)  # fmt: skip
def test_how_much_faster_tanh_n_must_be(rate, tanh, verdict):
    world = whole_world()
    reaches(world, rate, tanh, 5_000)
    assert finding("C25", world).verdict == verdict


@pytest.mark.parametrize(("tanh", "tanh_n"), [(1e9, 15_000), (1e9, 1e9), (700, 1)])
def test_a_lower_bound_on_the_speed_decides_nothing_if_it_is_too_low(tanh, tanh_n):
    """Tanh does not come that far, neither does, or tanh N was there at the first evaluation."""
    world = whole_world()
    reaches(world, 0.01, tanh, tanh_n)
    if tanh == 700:
        for run in world.named("monitored-tanh"):
            world.set_run(run.name, curve=run.curve.iloc[1:])
    found = finding("C25", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "a longer run or earlier evaluations (learning rate 0.01" in found.reason


def test_a_tanh_n_that_never_learns_contradicts():
    def changed(world):
        reaches(world, 0.01, 5_000, 1e9)

    contradicted("C25", changed, "tanh's over tanh N's, learning rate 0.01")
