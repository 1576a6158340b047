"""Claims 26, 27, 29, 30, 37 and 39."""

import numpy as np
import pytest

from .builders import LATE, SELECTED, contradicted, finding, whole_world
from .networks import full_curve, put, set_histograms

FULL = 5_000_000


def each(prefix, change):
    def changed(world):
        for run in world.named(prefix):
            change(run)

    return changed


def never_leaves(run):
    put(run.statistics, "mean", 0.03, quantity="activation", layer=4, update=FULL // 2)
    put(run.statistics, "mean", 0.04, quantity="activation", layer=4, update=FULL)


def leaves_early(run):
    """Within 100,000 updates, and the error with it."""
    run.statistics.loc[run.statistics["update"] > 0, "update"] //= 25
    run.curve["validation_error"] = 50.0


def stays_narrow(run):
    put(run.statistics, "std", 0.05, quantity="activation", layer=1, update=FULL // 2)
    put(run.statistics, "std", 0.05, quantity="activation", layer=1, update=FULL)


def never_learns(run):
    run.curve["validation_error"] = 80.1
    run.curve["test_error"] = 80.1


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (never_leaves, "update of the escape"),
        (never_learns, "update of the escape"),
        (leaves_early, "update of the escape"),
        (stays_narrow, "rise of std(z^1)"),
    ],
)
def test_the_sigmoids_escape(change, because):
    contradicted("C26", each("sigmoid/4", change), because)


def test_the_escape_is_where_both_have_left():
    """The layer's mean is 0.11 above its minimum at 2.5 M; the error falls below 75 % later."""
    world = whole_world()
    for run in world.named("sigmoid/4"):
        late = run.curve["update"] <= 3_000_000
        run.curve["validation_error"] = np.where(late, 83.0, 67.0)
    numbers = finding("C26", world).numbers
    escapes = [x for name, x in numbers.items() if "escape" in name]
    assert escapes == pytest.approx([3_250_000.0] * 3)  # halfway to the evaluation at 3.5 M


def test_only_runs_at_the_selected_rate_are_asked():
    world = whole_world()
    for run in world.named("sigmoid/4"):
        world.set_run(run.name, learning_rate=0.3)
    found = finding("C26", world)
    assert found.verdict == "INCONCLUSIVE"
    assert f"selected learning rate {SELECTED}" in found.reason


def test_the_deep_sigmoid():
    contradicted("C27", lambda world: never_learns_below(world, 79.0), "lowest validation error")


def never_learns_below(world, error):
    run = world.runs["sigmoid/5/1"]
    run.curve.loc[3, "validation_error"] = error


@pytest.mark.parametrize("other", ["tanh", "softsign"])
def test_the_sigmoid_must_end_worse_than_both(other):
    contradicted("C29", lambda world: world.set_errors(38.6, other), f"sigmoid minus {other}")


@pytest.mark.parametrize("number", ["C29", "C37"])
def test_a_sigmoid_of_another_best_depth(number):
    world = whole_world()
    errors, _ = world.cells["best_depth", "shapeset", "sigmoid"]
    world.cells["best_depth", "shapeset", "sigmoid"] = (errors, 3)
    found = finding(number, world)
    assert found.verdict == "INCONCLUSIVE"
    assert "the search's best depth is 3" in found.reason


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (each("tanh/5", lambda run: set_histograms(run.statistics, (1, 2, 3), 0.9)),
         "share of |z| > 0.95 in layers 1 to 3, tanh"),
        (each("softsign/5", lambda run: set_histograms(run.statistics, (2, 3), 0.405)),
         "layers of softsign at their knees"),
        (each("softsign/5", lambda run: set_histograms(run.statistics, (2, 3), 0.915)),
         "layers of softsign at their knees"),
    ],
)  # fmt: skip
def test_the_end_of_learning(change, because):
    contradicted("C30", change, because)


def test_the_longest_run_and_of_several_the_best_is_asked():
    world = whole_world()
    best = min(world.named("tanh/5"), key=lambda run: run.curve["validation_error"].iloc[-1])
    found = finding("C30", world)
    assert best.run_id in found.run_ids
    world.set_run("tanh/5/2", updates=2 * FULL)
    assert "tanh/5/2" in finding("C30", world).run_ids


def test_runs_of_another_depth_are_not_asked_how_learning_ends():
    """The search's best depth need not be five."""
    world = whole_world()
    for run in world.named("tanh/5"):
        shallow = f"{run.name} at its best depth"
        world.runs[shallow] = world.runs[run.name]
        world.set_run(shallow, depth=3, updates=2 * FULL, run_id=shallow)
    found = finding("C30", world)
    assert found.verdict == "CONFIRMED"
    assert not any("best depth" in run_id for run_id in found.run_ids)


def test_no_run_was_looked_into():
    world = whole_world()
    for name, run in world.runs.items():
        world.set_run(name, statistics=run.statistics.iloc[:0])
    assert "no run of tanh with 5 hidden layers on shapeset with" in finding("C30", world).reason


def again(variant, final, late):
    """Give a variant's replicates another course."""

    def changed(world):
        depth = 4 if variant == "sigmoid" else 5
        for run in world.named(f"{variant}/{depth}"):
            world.set_run(run.name, curve=full_curve(final, FULL, late))

    return changed


@pytest.mark.parametrize("slow", ["sigmoid", "tanh"])
@pytest.mark.parametrize("fast", ["tanh_n", "softsign"])
def test_updates_to_30_percent(slow, fast):
    contradicted("C37", again(slow, 15.0, 0.05), f"updates to 30 %, {slow} over {fast}")


def test_updates_to_the_own_final_error():
    """Tanh comes late to 30 %, but at 29 % it is long within 1.2 times its final error."""

    def changed(world):
        again("tanh", 29.0, 0.2)(world)
        for variant in ("tanh_n", "softsign"):
            again(variant, 10.0, 0.3)(world)
        for run in world.named("tanh/5"):
            run.curve["test_error"] = [*[31.0] * 13, 29.0]

    contradicted("C37", changed, "updates to 1.2 times the final error, tanh over tanh_n")


def test_a_sigmoid_that_learned_nothing_is_slow():
    """83 % is within 1.2 times 83 % from the start; only the way to 30 % is compared."""
    world = whole_world()
    again("sigmoid", 83.0, 0.1)(world)
    found = finding("C37", world)
    assert found.verdict == "CONFIRMED"
    assert not any("final error, sigmoid" in name for name in found.numbers)


def test_runs_that_are_too_short_to_tell_the_speed():
    world = whole_world()
    for variant in ("tanh_n", "softsign"):
        again(variant, 29.0, 2.0)(world)
    again("tanh", 40.0, LATE["tanh"])(world)
    found = finding("C37", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "longer runs or earlier evaluations" in found.reason


def test_a_fast_run_that_never_comes_down_may_be_slower_than_it_seems():
    """Its last evaluation is the earliest that it can get there, so the ratio has no bound."""
    world = whole_world()
    for variant in ("tanh", "sigmoid"):
        again(variant, 40.0, LATE[variant])(world)
    assert finding("C37", world).verdict == "CONFIRMED"
    for variant in ("tanh_n", "softsign"):
        world.set_run(f"{variant}/5/1", curve=full_curve(40.0, FULL, 0.1))
    found = finding("C37", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "longer runs or earlier evaluations for the updates to 30 %" in found.reason


@pytest.mark.parametrize("variant", ["softsign", "softsign_n", "tanh", "tanh_n"])
def test_five_layers_must_be_near_the_best(variant):
    """The standard error of 20 % of 10,000 examples is 0.4 points."""

    def behind(points):
        def changed(world):
            world.trials[variant, 3] = 20.0
            world.trials[variant, 5] = 20.0 + points

        return changed

    contradicted("C39", behind(0.41), f"{variant}: 5 layers behind it")
    world = whole_world()
    behind(0.39)(world)
    assert finding("C39", world).verdict == "CONFIRMED"


def test_the_sigmoids_best_depth():
    def changed(world):
        world.trials["sigmoid", 5] = 50.0

    contradicted("C39", changed, "sigmoid: 5 minus 4 layers")


def test_a_depth_that_was_not_searched():
    world = whole_world()
    del world.trials["tanh", 2]
    assert "no complete trial of tanh with 2 hidden layers" in finding("C39", world).reason
