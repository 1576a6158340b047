"""Changes of a world: for each claim one that makes it false, and one that leaves it open.

Where a claim asks for an interval, the world that leaves it open lies exactly at the bound: there
no rule may often decide either way. Elsewhere half of the runs, or none, support the claim.
"""

import numpy as np
import pandas as pd

from .builders import FINITE, World
from .init_rows import put
from .run_rows import curve, later, set_histograms

FULL = 5_000_000
TANH_ENDS = 25.0  # percent, of curves that fall in a line


def errors(dataset="shapeset", role="table_depth", **means):
    """Set mean errors of cells."""

    def changed(world: World):
        for variant, value in means.items():
            world.set_errors(value, variant, dataset, role)

    return changed


def of_seeds(runs, every):
    return [run for run in runs if run.seed % every == 0]


def layers(prefix, column, value, every=1, **where):
    """Set a statistic of runs of a name, of every so-manieth seed; a function gets the old ones."""

    def changed(world: World):
        for run in of_seeds(world.named(prefix), every):
            put(run.statistics, column, value, **where)

    return changed


def times(factor):
    return lambda old: old * factor


def activation(prefix, column, value, layer, every=1, **where):
    return layers(prefix, column, value, every, quantity="activation", layer=layer, **where)


def course(prefix, column, value, first=0):
    """Set a curve from an update on."""

    def changed(world: World):
        for run in world.named(prefix):
            run.curve.loc[run.curve["update"] >= first, column] = value

    return changed


def both(*changes):
    def changed(world: World):
        for change in changes:
            change(world)

    return changed


def initial(column, value, dataset="shapeset", **where):
    return lambda world: put(world.init_studies[dataset].statistics, column, value, **where)


def no_studies(world: World):
    world.init_studies.clear()


def same_plateaus(world: World):
    surfaces = world.init_studies["shapeset"].surfaces
    swapped = {"quadratic_plateau": surfaces.log_likelihood_plateau}
    study = world.init_studies["shapeset"]
    new = type(surfaces)(**vars(surfaces) | swapped)
    world.init_studies["shapeset"] = type(study)(**vars(study) | {"surfaces": new})


def costs_end(quadratic):
    """Let both costs' errors fall in a line, the log-likelihood's to 60 %."""

    def changed(world: World):
        for name, end in (("tanh-5", 60.0), ("tanh_quadratic-5", quadratic)):
            for run in world.named(f"monitored-{name}"):
                progress = run.curve["update"] / 20_000
                run.curve["validation_error"] = 83.4 + (end - 83.4) * progress

    return changed


def top_first(prefix, every=1):
    """Let the top layer saturate instead of the first one."""
    return both(
        activation(prefix, "p98", 0.3, 1, every),
        activation(prefix, "p98", 0.95, 5, every, update=20_000),
    )


def as_long_as_the_papers(prefix, factor):
    """Train runs in full, with so much of the lowest layer's back-propagated gradient."""

    def changed(world: World):
        for run in world.named(prefix):
            rows = pd.concat([run.statistics, later(run.statistics, FULL)], ignore_index=True)
            put(rows, "std", times(factor), quantity="backpropagated_gradient", layer=1)
            world.set_run(run.name, statistics=rows, updates=FULL)

    return changed


def alike(prefix, every=1):
    """Let the lowest layer's weight gradients be as large as the highest one's."""

    def changed(world: World):
        for run in of_seeds(world.named(prefix), every):
            rows = run.statistics
            top = rows.loc[(rows["quantity"] == "weight_gradient") & (rows["layer"] == 5), "std"]
            put(rows, "std", top.to_numpy(), quantity="weight_gradient", layer=1)

    return changed


def learns(tanh, tanh_n):
    """Let the validation losses come to 2.05 nats after so many updates."""

    def changed(world: World):
        for name, update in (("tanh-5", tanh), ("tanh_n-5", tanh_n)):
            for run in world.named(f"monitored-{name}-0.01"):
                run.curve["validation_loss"] = 2.25 - 0.2 * run.curve["update"] / update

    return changed


def never_leaves(every=1):
    return activation("sigmoid/4", "mean", lambda old: old.clip(upper=0.03), 4, every)


def falls(names, slower, floor):
    """Let test errors fall in a line, to 25 % when the last tenth begins, or 1/slower of that."""

    def changed(world: World):
        updates = np.linspace(FULL / 1000, FULL, 1000)
        line = 85 - (85 - TANH_ENDS) * updates * slower / (0.9 * FULL)
        values = np.maximum(line, floor)
        for name in names:
            for run in world.named(name):
                own = curve(updates.astype(int), validation_error=values, test_error=values)
                world.set_run(run.name, curve=own)

    return changed


def histograms(prefix, layers_, place, every=1):
    def changed(world: World):
        for run in of_seeds(world.named(prefix), every):
            set_histograms(run.statistics, layers_, place)

    return changed


def svm_error(value):
    return lambda world: world.set_svm(FINITE, test_error=value, low=value - 1, high=value + 1)


def trials(variant, depth, best, behind):
    def changed(world: World):
        world.trials[variant, 3] = best
        world.trials[variant, depth] = best + behind

    return changed


WEIGHTS = {"quantity": "weight"}
TANH = {"activation": "tanh", "initialization": "standard", "shape": "equal"}
LINEAR = {"activation": "identity"}
GRADIENT = "backpropagated_gradient"
SOFTSIGN, TANH_N = "monitored-softsign-5", "monitored-tanh_n-5"
SIGMOID, PLAIN = "monitored-sigmoid-4", "monitored-tanh-5"
FAST = ("tanh_n/5", "softsign/5")
LARGEST_OF_FOUR = 1.0103  # times the others, in the mean, where a layer has a spread of 1 %

# Claim: what makes it false, what leaves it open.
HISTORIES = {
    "C1": (initial("std", times(1.02), **WEIGHTS), no_studies),
    "C2": (initial("std", times(1.02), **WEIGHTS), no_studies),
    "C3": (initial("std", times(1.3), quantity="activation", layer=3, **LINEAR), no_studies),
    "C4": (initial("std", times(1.3), quantity=GRADIENT, layer=3, **LINEAR), no_studies),
    "C5": (initial("per_example_std", times(1.5), quantity="weight_gradient", layer=3, **LINEAR),
           no_studies),
    "C6": (initial("std", 1.0, quantity=GRADIENT, **LINEAR), no_studies),
    "C7": (initial("std", 1.0, quantity="activation", **TANH), no_studies),
    "C8": (initial("std", 1.0, quantity=GRADIENT, **TANH), no_studies),
    "C9": (initial("per_example_std", times(2), quantity="weight_gradient", layer=3, **TANH),
           no_studies),
    "C10": (initial("mean", times(1.3), quantity="jacobian", **TANH), no_studies),
    "C11": (initial("mean", times(1.3), quantity="jacobian", **TANH), no_studies),
    "C12": (initial("mean", times(1.3), "mnist", quantity="jacobian", **TANH), no_studies),
    "C14": (same_plateaus, no_studies),
    "C15": (costs_end(60.0), costs_end(61.3813)),
    "C16": (activation(SIGMOID, "mean", 0.3, 4, update=2_000),
            activation(f"{SIGMOID}-0.05", "mean", 0.15, 4, update=2_000)),
    "C17": (activation(SIGMOID, "mean", 0.45, 1), activation(SIGMOID, "mean", 0.5, 1)),
    "C18": (course(SIGMOID, "validation_error", 80.0, 5_000),
            course(f"{SIGMOID}-0.01", "validation_error", 82.33, 5_000)),
    "C19": (top_first(PLAIN), top_first(PLAIN, 2)),
    "C20": (activation(SOFTSIGN, "p98", times(0.5), 2), activation(SOFTSIGN, "p98", times(0.8), 2)),
    "C21": (as_long_as_the_papers(PLAIN, 0.5), as_long_as_the_papers(PLAIN, 1 / 1.3)),
    "C22": (alike(PLAIN), alike(PLAIN, 2)),
    "C23": (layers(TANH_N, "std", times(2), quantity="weight_gradient", layer=1),
            layers(TANH_N, "std", times(2.2 / 1.55), quantity="weight_gradient", layer=1)),
    "C24": (activation(TANH_N, "p98", times(0.5), 2), activation(TANH_N, "p98", times(0.8), 2)),
    "C25": (learns(2_500, 2_500), learns(5_000, 2_500)),
    "C26": (never_leaves(), never_leaves(2)),
    "C27": (course("sigmoid/5", "validation_error", 70.0, FULL), "shorter"),
    "C28": (course("monitored-sigmoid_pretrained-5-0.05", "validation_loss", 2.2, 20_000),
            course("monitored-sigmoid_pretrained-5-0.05", "validation_loss", 2.0, 20_000)),
    "C29": (errors(role="best_depth", sigmoid=20.0), errors(role="best_depth", sigmoid=27.15)),
    "C30": (histograms("tanh/5", (1, 2, 3), 0.9), histograms("tanh/5", (1, 2, 3), 0.9, 2)),
    "C31": (errors(tanh=15.0), errors(softsign=17.06, softsign_n=16.3)),
    "C32": (errors("mnist", sigmoid=1.2), errors("mnist", sigmoid=1.76)),
    "C33": (errors("cifar10", tanh=51.0), errors("cifar10", tanh=53.8)),
    "C34": (errors("small_imagenet", softsign=66.0), errors("small_imagenet", softsign=68.13)),
    "C35": (errors("cifar10", tanh_n=57.0), errors("cifar10", tanh_n=55.9)),
    "C36": (errors(softsign_n=30.0), errors(softsign_n=27.82)),
    "C37": (falls(("tanh/5", *FAST), 1.0, TANH_ENDS),
            both(falls(("tanh/5",), 1.0, TANH_ENDS), falls(FAST, 1.3, TANH_ENDS + 2))),
    "C38": (errors("mnist", tanh_n=0.5), errors("mnist", tanh_n=1.3856)),
    "C39": (trials("tanh", 5, 20.0, 2.0), trials("tanh", 5, 20.0, 0.8)),
    "C40": (svm_error(40.0), svm_error(50.47)),
    "C41": (errors(tanh_n=25.0, softsign=25.0, softsign_n=25.0),
            errors(tanh_n=19.575, softsign=22.0, softsign_n=22.0)),
    "C42": (errors(tanh_hessian=29.0), errors(tanh_hessian=27.15)),
    "C43": (errors(tanh_n_hessian=17.0), errors(tanh_n_hessian=15.6)),
    "C44": (errors(tanh_growing=14.0), errors(tanh_growing=16.0)),
    "C45": (errors("shapeset_single", tanh_n=12.0), errors("shapeset_single", tanh_n=7.8)),
    "C46": (errors(tanh=33.0), errors(tanh=30.15)),
    "C47": (errors("mnist", tanh=2.6), errors("mnist", tanh=2.26)),
    "C48": (errors("cifar10", tanh=61.0), errors("cifar10", tanh=58.9)),
    "C49": (errors("small_imagenet", tanh=77.0), errors("small_imagenet", tanh=75.58)),
    "C50": (errors(FINITE, tanh_n=55.0), errors(FINITE, tanh_n=53.47)),
    "C51": (activation("elsewhere-mnist-sigmoid", "mean", 0.3, 4, update=2_000),
            activation("elsewhere-mnist-sigmoid", "mean", 0.15, 4, update=2_000)),
    "C52": (top_first("elsewhere-mnist-tanh"), top_first("elsewhere-mnist-tanh", 2)),
    "C53": (activation(PLAIN, "saturation", 0.2, 5), activation(PLAIN, "saturation", 0.05, 5)),
    "C54": (activation(SOFTSIGN, "p98", times(0.3), 5),
            activation(SOFTSIGN, "p98", times(0.5 * LARGEST_OF_FOUR), 5)),
    "C55": (falls(("tanh/5", "tanh_n/5"), 1.0, TANH_ENDS),
            both(falls(("tanh/5",), 1.0, TANH_ENDS), falls(("tanh_n/5",), 1.3, 0.0))),
    "C56": (errors(tanh_pretrained=18.0), errors(tanh_pretrained=15.6)),
    "C57": (errors("cifar10", tanh_n=58.0), errors("cifar10", tanh_n=55.78)),
}  # fmt: skip
