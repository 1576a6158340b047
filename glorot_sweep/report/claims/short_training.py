"""Claims 19 to 24: the layers of tanh and softsign networks in their first 20,000 updates."""

import math

import numpy as np

from glorot_sweep.report.claims.cells import sweep_of
from glorot_sweep.report.claims.claim import FULL_UPDATES, SHORT, MissingRunsError, claim
from glorot_sweep.report.claims.looks import Look, look_at, looks, seen
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import at_equal_rates, label, monitored
from glorot_sweep.report.evidence import Evidence, LookedAtRun

DEPTH = 5
END = 20_000
SATURATED = 0.9  # C20
WEIGHT_RATIO = "std(dCost/dW^0) / std(dCost/dW^4)"


@claim(
    "C19",
    expected="tanh, at 20,000 updates: 98th percentile of z^1 above 0.85, of z^2 to z^5 below "
    "0.5; if trained to 5,000,000 updates, the percentiles pass 0.9 from layer 1 upwards with at "
    "most one inversion",
    needs=SHORT,
)
def saturation_in_sequence(evidence: Evidence) -> Measurement:
    """With tanh and (1), layers saturate one after another from layer 1 (figure 3)."""
    found = Measurement()
    for run in monitored(evidence, "tanh", DEPTH):
        look = look_at(run, END)
        percentiles = look.values("activation", "p98")
        found.above(f"98th percentile of z^1, {label(run)}", percentiles[0], 0.85)  # C19
        upper = percentiles[1:].max()
        found.below(f"largest 98th percentile above z^1, {label(run)}", upper, 0.5)  # C19
        if run.updates >= FULL_UPDATES:
            found.at_most(f"inversions of the order, {label(run)}", _inversions(run), 1)  # C19
        found.sources.append(seen(run, look.update))
    return found


@claim(
    "C20",
    expected="at 20,000 updates: 98th percentile of z^2 over that of z^1 at least 0.8 for "
    "softsign and at most 0.6 for tanh; softsign's largest share of |z| > 0.9 in a layer below a "
    "fifth of tanh's. The growth of softsign's std(z^1) in both halves is reported",
    needs=SHORT,
)
def softsign_saturates_less(evidence: Evidence) -> Measurement:
    """Softsign layers saturate less, and together, fast then slow (figure 3)."""
    _refuse_other_bound(evidence)
    found = Measurement()
    for softsign, tanh in at_equal_rates(evidence, "softsign", "tanh"):
        place = label(softsign, tanh)
        ends = [look_at(run, END) for run in (softsign, tanh)]
        found.at_least(f"p98(z^2) / p98(z^1), softsign, {place}", _lag(ends[0]), 0.8)  # C20
        found.at_most(f"p98(z^2) / p98(z^1), tanh, {place}", _lag(ends[1]), 0.6)  # C20
        shares = [end.values("activation", "saturation").max() for end in ends]
        found.note(f"largest share of |z| > 0.9, tanh, {place}", shares[1])
        found.below(f"largest share of |z| > 0.9, softsign, {place}", shares[0], shares[1] / 5)
        spread = [
            look_at(softsign, update).values("activation", "std", [1])[0]
            for update in (0, END // 2, END)
        ]
        found.note(f"growth of std(z^1), softsign, first half, {place}", spread[1] - spread[0])
        found.note(f"growth of std(z^1), softsign, second half, {place}", spread[2] - spread[1])
        found.sources += [
            seen(run, end.update) for run, end in zip((softsign, tanh), ends, strict=True)
        ]
    return found


@claim(
    "C21",
    expected="tanh: std(delta^0) / std(delta^4) at most 0.13 at the start and at least 0.4 at "
    "20,000 updates. The largest of all looks is reported",
    needs=SHORT,
)
def gradients_recover(evidence: Evidence) -> Measurement:
    """The decrease of back-propagated gradients under (1) is soon reversed."""
    found = Measurement()
    for run in monitored(evidence, "tanh", DEPTH):
        end = look_at(run, END)
        start, late = (_gradient_ratio(look) for look in (look_at(run, 0), end))
        found.at_most(f"std(delta^0) / std(delta^4) at the start, {label(run)}", start, 0.13)  # C8
        found.at_least(f"std(delta^0) / std(delta^4) at the end, {label(run)}", late, 0.4)  # C21
        largest = max(_gradient_ratio(look) for look in looks(run))
        found.note(f"largest std(delta^0) / std(delta^4), {label(run)}", largest)
        found.sources.append(seen(run, end.update))
    return found


@claim(
    "C22",
    expected="tanh: std(dCost/dW^0) / std(dCost/dW^4) at most 1.1 at the start and at least 2.5 "
    "at 20,000 updates",
    needs=SHORT,
)
def weight_gradients_diverge(evidence: Evidence) -> Measurement:
    """Under (1) weight gradients diverge, larger in lower layers (figure 9)."""
    found = Measurement()
    for run in monitored(evidence, "tanh", DEPTH):
        end = look_at(run, END)
        start, late = (_weight_ratio(look) for look in (look_at(run, 0), end))
        found.at_most(f"{WEIGHT_RATIO} at the start, {label(run)}", start, 1.1)  # C22
        found.at_least(f"{WEIGHT_RATIO} at the end, {label(run)}", late, 2.5)  # C22
        found.sources.append(seen(run, end.update))
    return found


@claim(
    "C23",
    expected="at 20,000 updates: std(dCost/dW^0) / std(dCost/dW^4) of tanh N at most 2.2, that "
    "of tanh at least 1.5 times as large",
    needs=SHORT,
)
def weight_gradients_stay_alike(evidence: Evidence) -> Measurement:
    """(16) keeps weight gradients alike during training (figure 9)."""
    found = Measurement()
    for normalized, standard in at_equal_rates(evidence, "tanh_n", "tanh"):
        place = label(normalized, standard)
        ends = [look_at(run, END) for run in (normalized, standard)]
        ratios = [_weight_ratio(end) for end in ends]
        found.at_most(f"{WEIGHT_RATIO}, tanh N, {place}", ratios[0], 2.2)  # C23
        found.at_least(f"tanh's over tanh N's, {place}", ratios[1] / ratios[0], 1.5)  # C23
        found.sources += [
            seen(run, end.update) for run, end in zip((normalized, standard), ends, strict=True)
        ]
    return found


@claim(
    "C24",
    expected="at 20,000 updates: 98th percentile of z^2 over that of z^1 at least 0.8 for tanh N "
    "and softsign, at most 0.6 for tanh",
    needs=SHORT,
)
def tanh_n_evolves_like_softsign(evidence: Evidence) -> Measurement:
    """Tanh N evolves like softsign (figure 10 against figure 3)."""
    found = Measurement()
    for runs in at_equal_rates(evidence, "tanh_n", "softsign", "tanh"):
        for run in runs:
            end, name = look_at(run, END), f"p98(z^2) / p98(z^1), {run.variant}, {label(*runs)}"
            if run.variant == "tanh":
                found.at_most(name, _lag(end), 0.6)  # C24
            else:
                found.at_least(name, _lag(end), 0.8)  # C24
            found.sources.append(seen(run, end.update))
    return found


def _inversions(run: LookedAtRun) -> int:
    """Neighbouring layers of which the upper one passes 0.9 first."""
    all_looks = looks(run)
    updates = np.array([look.update for look in all_looks], dtype=np.float64)
    passed = np.array([look.values("activation", "p98") > 0.9 for look in all_looks])
    first = np.where(passed.any(axis=0), updates[passed.argmax(axis=0)], math.inf)
    return int((first[1:] < first[:-1]).sum())


def _refuse_other_bound(evidence: Evidence) -> None:
    bound = sweep_of(evidence).config.statistics.saturation_bound
    if bound != SATURATED:
        raise MissingRunsError(
            f"the sweep's statistics count activations beyond {bound:g} as saturated; the claim "
            f"needs `saturation_bound: {SATURATED}`"
        )


def _lag(look: Look) -> float:
    """How far layer 2 is behind layer 1 in saturating."""
    return look.ratio("activation", "p98", 2, 1)


def _gradient_ratio(look: Look) -> float:
    return look.ratio("backpropagated_gradient", "std", 1, DEPTH)


def _weight_ratio(look: Look) -> float:
    return look.ratio("weight_gradient", "std", 1, DEPTH)
