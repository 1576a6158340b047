"""Claims 7 to 12: tanh networks at initialization, figures 6 to 8 and their Jacobians."""

import math

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.diagnostics.layer_statistics import Quantity
from glorot_sweep.papers.glorot2010.claims.columns import DATASETS
from glorot_sweep.papers.glorot2010.claims.init_studies import N_VAR, drawn, init_study_of, networks
from glorot_sweep.papers.glorot2010.claims.scales import AT_START
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.looks import Look, with_column
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.evidence import Evidence, InitStudy

NEAR_ZERO = 0.05  # C7, activations
QUARTER = 0.25  # C8 names no bound: a quarter of the top layer's standard deviation
SPREAD = 1.15  # C9
SPREAD_ELSEWHERE = {"cifar10": 1.35}  # C12: (16) gives W^0 a factor 1.51 there
SINGULAR = {"standard": (0.45, 0.52), "normalized": (0.70, 0.85)}  # C10
EXAMPLES = 3  # C10
MEAN_LAW, GEOMETRIC_LAW = 8 / (3 * math.pi), math.exp(-0.5)  # of the quarter circle, C11


@claim(
    "C7",
    Ground.START,
    expected="tanh: std(z^5) / std(z^1) at most 0.15 (standard) and at least 0.5 (normalized); "
    "the share of |z| < 0.05 rises with every layer (standard)",
    needs=AT_START,
)
def activations_shrink(evidence: Evidence) -> Measurement:
    """Under (1) activations shrink upwards, under (16) they keep their spread (figure 6)."""
    found = Measurement()
    _activations(found, init_study_of(evidence))
    return found


@claim(
    "C8",
    Ground.START,
    expected="tanh: std(delta^0) / std(delta^4) at most 0.13 (standard) and at least 0.5 "
    "(normalized); under standard, std(delta) rises and the share near 0 falls with every layer",
    needs=AT_START,
)
def gradients_shrink(evidence: Evidence) -> Measurement:
    """Under (1) back-propagated gradients shrink downwards, under (16) not (figure 7).

    Near 0 is nearer than a quarter of the top hidden layer's standard deviation.
    """
    found = Measurement()
    _gradients(found, init_study_of(evidence))
    return found


@claim(
    "C9",
    Ground.START,
    expected="tanh: largest over smallest std of dCost/dW^0 to dCost/dW^4, pooled over the draws, "
    "at most 1.15, per example and per batch of 10, for both initializations",
    needs=AT_START,
)
def weight_gradients_alike(evidence: Evidence) -> Measurement:
    """Weight gradients are alike across layers for both initializations (figure 8)."""
    found = Measurement()
    _weight_gradients(found, init_study_of(evidence))
    return found


@claim(
    "C10",
    Ground.START,
    expected="tanh: mean singular value of dz^(k+1)/dz^k between 0.45 and 0.52 (standard) and "
    "between 0.70 and 0.85 (normalized) in every layer, over 3 examples or more",
    needs=AT_START,
)
def mean_singular_values(evidence: Evidence) -> Measurement:
    """The Jacobians' mean singular value is 0.5 under (1) and about 0.8 under (16)."""
    found = Measurement()
    _jacobians(found, init_study_of(evidence))
    return found


@claim(
    "C11",
    Ground.THEOREM,
    expected="with s = sqrt(n Var[W]): mean within 1 % of 0.849 s mean(f'), root mean square "
    "within 1 % of s rms(f') (tanh), geometric mean within 2 % of 0.607 s (identity)",
    needs=AT_START,
)
def singular_value_laws(evidence: Evidence) -> Measurement:
    """The mean singular value is tied to the volume's and the variance's ratio."""
    init_study, found = init_study_of(evidence), Measurement()
    for initialization, n_var in N_VAR.items():
        s = math.sqrt(n_var)
        tanh = with_column(networks(init_study, "tanh", initialization), "jacobian", "mean")
        linear = with_column(networks(init_study, "identity", initialization), "jacobian", "mean")
        mean = _between_layers(tanh, "mean") / (s * _between_layers(tanh, "derivative_mean"))
        rms = _between_layers(tanh, "rms") / (s * _between_layers(tanh, "derivative_rms"))
        geometric = _between_layers(linear, "geometric_mean") / s
        for name, ratio, law, bound in (
            ("mean", mean, MEAN_LAW, 0.01),  # C11
            ("root mean square", rms, 1.0, 0.01),  # C11
            ("geometric mean", geometric, GEOMETRIC_LAW, 0.02),  # C11
        ):
            deviation = abs(ratio / law - 1).max()
            found.at_most(f"largest deviation of the {name}, {initialization}", deviation, bound)
        found.sources += [drawn(init_study, len(tanh)), drawn(init_study, len(linear))]
    return found


@claim(
    "C12",
    Ground.START,
    expected="claims 7 to 10 on MNIST, CIFAR-10 and Small-ImageNet, with the same bounds; claim "
    "9's ratio may reach 1.35 on CIFAR-10",
    needs=AT_START,
)
def other_datasets(evidence: Evidence) -> Measurement:
    """At initialization the picture is the same on the other data sets."""
    others = [dataset for dataset in DATASETS if dataset != "shapeset"]
    present = [dataset for dataset in others if dataset in evidence.init_studies]
    missing = ", ".join(dataset for dataset in others if dataset not in present)
    advice = f"no initialization study on {missing}; run `glorot-sweep init-study` on each"
    if not present:
        raise MissingRunsError(advice)
    found = Measurement()
    for dataset in present:
        for measure in (_activations, _gradients, _weight_gradients, _jacobians):
            measure(found, evidence.init_studies[dataset])
    if missing:
        found.undecided.append(advice)
    return found


def _activations(found: Measurement, init_study: InitStudy) -> None:
    standard, normalized = _both(found, init_study)
    last, place = init_study.depth, f"on {init_study.dataset}"
    name = f"std(z^{last}) / std(z^1)"
    highest = max(look.ratio("activation", "std", last, 1) for look in standard)
    lowest = min(look.ratio("activation", "std", last, 1) for look in normalized)
    found.at_most(f"largest {name}, standard, {place}", highest, 0.15)  # C7
    found.at_least(f"smallest {name}, normalized, {place}", lowest, 0.5)  # C7
    detailed = with_column(standard, "activation", "histogram")
    shares = _shares(detailed, "activation", [NEAR_ZERO] * len(detailed))
    found.note(f"share of |z^1| < 0.05, standard, {place}", shares[0, 0])
    found.note(f"share of |z^{last}| < 0.05, standard, {place}", shares[0, -1])
    rise = np.diff(shares).min()
    found.above(f"smallest rise of that share in a layer, standard, {place}", rise, 0.0)  # C7


def _gradients(found: Measurement, init_study: InitStudy) -> None:
    standard, normalized = _both(found, init_study)
    last, place = init_study.depth, f"on {init_study.dataset}"
    name = f"std(delta^0) / std(delta^{last - 1})"
    highest = max(look.ratio("backpropagated_gradient", "std", 1, last) for look in standard)
    lowest = min(look.ratio("backpropagated_gradient", "std", 1, last) for look in normalized)
    found.at_most(f"largest {name}, standard, {place}", highest, 0.13)  # C8
    found.at_least(f"smallest {name}, normalized, {place}", lowest, 0.5)  # C8
    std = np.array([look.values("backpropagated_gradient", "std") for look in standard])
    step = (std[:, 1:] / std[:, :-1]).min()
    found.above(f"smallest std(delta^(i+1)) / std(delta^i), standard, {place}", step, 1.0)  # C8
    detailed = with_column(standard, "backpropagated_gradient", "histogram")
    tops = [look.values("backpropagated_gradient", "std", [last])[0] for look in detailed]
    shares = _shares(detailed, "backpropagated_gradient", [QUARTER * top for top in tops])
    fall = -np.diff(shares).max()
    found.above(f"smallest fall of delta's share near 0, standard, {place}", fall, 0.0)  # C8


def _weight_gradients(found: Measurement, init_study: InitStudy) -> None:
    bound = SPREAD_ELSEWHERE.get(init_study.dataset, SPREAD)
    for initialization, looks in zip(N_VAR, _both(found, init_study), strict=True):
        for column, unit in (("per_example_std", "example"), ("std", "batch")):
            std = np.array([look.values("weight_gradient", column) for look in looks])
            name = f"largest over smallest std of dCost/dW per {unit}, {initialization}"
            pooled = np.sqrt((std**2).mean(axis=0))  # the paper's Var is over initial weights too
            spread, single = pooled.max() / pooled.min(), (std.max(axis=1) / std.min(axis=1)).max()
            found.at_most(f"{name}, on {init_study.dataset}", spread, bound)
            found.note(f"{name}, largest of a single draw, on {init_study.dataset}", single)


def _jacobians(found: Measurement, init_study: InitStudy) -> None:
    for initialization, looks in zip(N_VAR, _both(found, init_study), strict=True):
        detailed = with_column(looks, "jacobian", "mean")
        means = _between_layers(detailed, "mean")
        low, high = SINGULAR[initialization]
        name = f"mean singular value, {initialization}, on {init_study.dataset}"
        found.between(f"lowest {name}", means.min(), low, high)
        found.between(f"highest {name}", means.max(), low, high)
        examples = _between_layers(detailed, "count").min() / init_study.width
        if examples < EXAMPLES:
            there = f"Jacobians of {examples:.0f} of {EXAMPLES} examples"
            found.lacking.append(f"{there} ({initialization}, {init_study.dataset})")


def _both(found: Measurement, init_study: InitStudy) -> tuple[list[Look], list[Look]]:
    """Networks of both initializations, noted as used."""
    both = tuple(networks(init_study, "tanh", initialization) for initialization in N_VAR)
    found.sources += [drawn(init_study, len(looks)) for looks in both]
    return both[0], both[1]


def _between_layers(looks: list[Look], column: str) -> NDArray[np.float64]:
    """A column of the Jacobians between hidden layers [draws, depth - 1]."""
    layers = range(1, looks[0].depth)
    return np.array([look.values("jacobian", column, layers) for look in looks])


def _shares(looks: list[Look], quantity: Quantity, bounds: list[float]) -> NDArray[np.float64]:
    """Share of values nearer to 0 than the network's bound [draws with histograms, depth]."""
    return np.array(
        [
            [
                look.histogram(quantity, layer).share_between(-bound, bound)
                for layer in range(1, look.depth + 1)
            ]
            for look, bound in zip(looks, bounds, strict=True)
        ]
    )
