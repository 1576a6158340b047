"""The whole procedure of a sweep, drawn again and again from a measured grid of errors.

A sweep that is repeated ten thousand times would say how often its tests err; no machine can do
that. What a search and its replicates do with a grid of errors, at each rate on many streams, can
be drawn instead: an error is the mean at its rate, what its stream does to all networks alike, and
what is left, which stands for its own initial weights. What is left is drawn from all rates, each
in units of its standard deviation there, so that the few streams of one rate do not repeat.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
MANY = 400_000  # draws of a winner behind an expected error


@dataclass(frozen=True)
class Errors:
    """Errors of a variant on one of the fixed sets.

    Attributes:
        means: at each rate [rates].
        deviations: standard deviation of what is left, at each rate [rates].
        shapes: what is left of every network, in units of its rate's deviation [rates * streams].
    """

    means: Floats
    deviations: Floats
    shapes: Floats

    def draw(
        self, rates: NDArray[np.int64], rng: np.random.Generator, noise: float = 1.0
    ) -> Floats:
        """Return an error at each of these rates, without what its stream does to it."""
        left = noise * self.shapes[rng.integers(self.shapes.size, size=rates.shape)]
        return np.asarray(self.means[rates] + self.deviations[rates] * left)


@dataclass(frozen=True)
class Variant:
    """What trials and replicates of a variant are drawn from, all in percent.

    Attributes:
        validation, test: what is drawn for trials, and for replicates.
    """

    validation: Errors
    test: Errors


@dataclass(frozen=True)
class World:
    """Variants by name, and what each stream does to the test errors of all [streams]."""

    variants: dict[str, Variant]
    streams: Floats


@dataclass(frozen=True)
class Side:
    """One of two variants that are compared.

    Attributes:
        variant: what is drawn from.
        trials: of each group, at random rates.
        expected: test error of its replicates on average; see `expected_error`.
        center: is moved there.
        spread: factor of all that lies around `expected`, what streams do excepted.
        noise: factor of what is each network's own.
    """

    variant: Variant
    trials: int
    expected: float
    center: float
    spread: float = 1.0
    noise: float = 1.0


@dataclass(frozen=True)
class Design:
    """How many replicates repeat the winners of how many groups."""

    replicates: int
    groups: int


def read_errors(path: Path, length: int, window: int) -> dict[str, tuple[Floats, Floats]]:
    """Return validation and test errors [rates, streams] of each variant.

    Args:
        path: written by `error_grid.py`.
        length: updates after which networks are compared.
        window: the error is the mean of so many evaluations, the last one at `length`.
    """
    first, *rows = path.read_text(encoding="utf-8").splitlines()
    head, networks = json.loads(first), [json.loads(row) for row in rows]
    end = head["evaluations"].index(length) + 1
    names = list(dict.fromkeys(network["variant"] for network in networks))
    streams = sorted({network["stream"] for network in networks})
    found = {name: np.full((2, len(head["rates"]), len(streams)), np.nan) for name in names}
    for network in networks:
        place = head["rates"].index(network["rate"]), streams.index(network["stream"])
        for part, kind in enumerate(("validation", "test")):
            found[network["variant"]][part][place] = np.mean(network[kind][end - window : end])
    return {name: (errors[0], errors[1]) for name, errors in found.items()}


def decompose(errors: dict[str, tuple[Floats, Floats]]) -> World:
    """Take errors apart: means at the rates, what streams do to all networks, and what is left.

    Both kinds of deviations are scaled so that their variances are unbiased.
    """
    tables = np.array([np.stack(pair) for pair in errors.values()])  # [variants, 2, rates, streams]
    n_variants, _, n_rates, n_streams = tables.shape
    means = tables.mean(axis=-1)
    around = tables - means[..., None]
    of_streams = around.mean(axis=(0, 2))  # [2, streams]
    cells = n_variants * n_rates
    unbiased = np.sqrt(n_streams / (n_streams - 1))
    left = (around - of_streams[None, :, None, :]) * unbiased * np.sqrt(cells / (cells - 1))
    # The mean of so many networks still has a share of what is each network's own.
    seen = (of_streams[1] * unbiased).var()
    own = max(seen - left[:, 1].var() / cells, 0.0)
    streams = of_streams[1] * unbiased * (np.sqrt(own / seen) if seen > 0 else 0.0)
    variants = {
        name: Variant(*(_errors(means[number, part], left[number, part]) for part in (0, 1)))
        for number, name in enumerate(errors)
    }
    return World(variants, streams)


def _errors(means: Floats, left: Floats) -> Errors:
    deviations = left.std(axis=-1)
    scale = np.where(deviations > 0, deviations, 1.0)  # of a rate at which nothing is left: zeros
    return Errors(means, deviations, (left / scale[:, None]).ravel())


def side(variant: Variant, trials: int, spread: float = 1.0, noise: float = 1.0) -> Side:
    """Return a variant under a search, with the test error that this search leads to."""
    expected = expected_error(variant, trials)
    return Side(variant, trials, expected, expected, spread, noise)


def moved(one: Side, to: float) -> Side:
    """Return the same with another expected test error."""
    return replace(one, center=to)


def expected_error(variant: Variant, trials: int) -> float:
    """Return the test error of replicates of the best of so many trials, on average."""
    chosen = winners(variant, trials, (MANY,), np.random.default_rng(trials))
    share = np.bincount(chosen, minlength=variant.test.means.size) / MANY
    return float(share @ variant.test.means)


def winners(
    variant: Variant, trials: int, shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the rate that each of many searches chooses [*shape]: its lowest validation error.

    Trials of a search share its stream, so that what the stream does decides nothing.
    """
    tried = rng.integers(variant.validation.means.size, size=(*shape, trials))
    best = variant.validation.draw(tried, rng).argmin(axis=-1)
    chosen: NDArray[np.int64] = np.take_along_axis(tried, best[..., None], axis=-1)[..., 0]
    return chosen


def draw(
    world: World, sides: tuple[Side, Side], design: Design, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return what the tests are given in each draw: [draws, observations] of both sides.

    Replicate r of both sides is trained on one stream; it repeats the winner of group r mod G.
    With fewer groups than replicates an observation is a group's mean, with one group they are
    the replicates all the same: what the search did is then in none of the differences.
    """
    shared = world.streams[rng.integers(world.streams.size, size=(draws, design.replicates))]
    found = [_replicates(one, design, draws, rng) + shared for one in sides]
    if design.groups in (1, design.replicates):
        return found[0], found[1]
    return group_means(found[0], design.groups), group_means(found[1], design.groups)


def _replicates(one: Side, design: Design, draws: int, rng: np.random.Generator) -> Floats:
    """Return test errors without what streams do [draws, replicates]."""
    chosen = winners(one.variant, one.trials, (draws, design.groups), rng)
    repeated = chosen[:, np.arange(design.replicates) % design.groups]
    errors = one.variant.test.draw(repeated, rng, one.noise)
    return one.center + one.spread * (errors - one.expected)


def group_means(errors: Floats, groups: int) -> Floats:
    """Return the mean of each group's replicates [draws, groups]."""
    return np.stack([errors[:, g::groups].mean(axis=1) for g in range(groups)], axis=1)


def welch_p(a: Floats, b: Floats) -> Floats:
    """Return the p of Welch's t-test in each draw."""
    n = a.shape[1]
    of_a, of_b = a.var(axis=1, ddof=1) / n, b.var(axis=1, ddof=1) / n
    error = of_a + of_b
    squares = of_a**2 + of_b**2
    freedom = np.where(
        squares > 0, error**2 * (n - 1) / np.where(squares > 0, squares, 1), 2 * n - 2
    )
    return _p(a.mean(axis=1) - b.mean(axis=1), np.sqrt(error), freedom)


def paired_p(a: Floats, b: Floats) -> Floats:
    """Return the p of the paired t-test in each draw."""
    differences, n = a - b, a.shape[1]
    error = np.sqrt(differences.var(axis=1, ddof=1) / n)
    return _p(differences.mean(axis=1), error, np.full(len(a), n - 1.0))


def _p(difference: Floats, error: Floats, freedom: Floats) -> Floats:
    """Return the two-sided p of t; without any spread 1 for no difference, 0 for another one."""
    some = error > 0
    statistic = np.where(some, np.abs(difference) / np.where(some, error, 1), 0)
    p = 2 * special.stdtr(freedom, -statistic)
    return np.where(some, p, np.where(difference == 0, 1.0, 0.0))


TESTS = {"welch": welch_p, "paired_seeds": paired_p}


def rejected(
    world: World, sides: tuple[Side, Side], design: Design, draws: int, seed: int, level: float
) -> dict[str, float]:
    """Return the share of draws in which each test finds a difference."""
    rng, found, left = np.random.default_rng(seed), dict.fromkeys(TESTS, 0), draws
    while left:
        now = min(left, 25_000)  # 100 MB at ten replicates of eight trials
        a, b = draw(world, sides, design, now, rng)
        for name, test in TESTS.items():
            found[name] += int((test(a, b) <= level).sum())
        left -= now
    return {name: count / draws for name, count in found.items()}
