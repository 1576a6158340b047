"""Claims 19 to 24: the layers of tanh and softsign networks in their first 20,000 updates."""

import math
from statistics import fmean

import numpy as np

from glorot_sweep.papers.glorot2010.claims.monitored_runs import at_equal_rates, at_rate, monitored
from glorot_sweep.papers.glorot2010.claims.scales import FULL_UPDATES, SHORT
from glorot_sweep.report.claims.cells import sweep_of
from glorot_sweep.report.claims.claim import MissingRunsError, claim
from glorot_sweep.report.claims.looks import Look, look_at, looks, seen
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.evidence import Evidence, LookedAtRun

DEPTH = 5
END = 20_000
SATURATED = 0.9  # C20
WEIGHT_RATIO = "std(dCost/dW^0) / std(dCost/dW^4)"


@claim(
    "C19",
    expected="tanh, at 20,000 updates, mean over seeds: 98th percentile of z^1 above 0.85, largest "
    "one of z^2 to z^5 below 0.5; if every seed is trained to 5,000,000 updates, the percentiles "
    "pass 0.9 from layer 1 upwards with at most one inversion",
    needs=SHORT,
)
def saturation_in_sequence(evidence: Evidence) -> Measurement:
    """With tanh and (1), layers saturate one after another from layer 1 (figure 3)."""
    found = Measurement()
    for runs in monitored(evidence, "tanh", DEPTH):
        place, ends = at_rate(runs), [look_at(run, END) for run in runs]
        percentiles = [end.values("activation", "p98") for end in ends]
        first = fmean(own[0] for own in percentiles)
        found.above(f"98th percentile of z^1, {place}", first, 0.85)  # C19
        upper = fmean(own[1:].max() for own in percentiles)
        found.below(f"largest 98th percentile above z^1, {place}", upper, 0.5)  # C19
        if all(run.updates >= FULL_UPDATES for run in runs):
            inversions = fmean(map(_inversions, runs))
            found.at_most(f"inversions of the order, {place}", inversions, 1)  # C19
        found.sources.append(_seen_by_end(runs))
    return found


@claim(
    "C20",
    expected="at 20,000 updates, mean over seeds: 98th percentile of z^2 over that of z^1 at least "
    "0.8 for softsign and at most 0.6 for tanh; largest share of |z| > 0.9 in a layer, softsign's "
    "over tanh's, below 0.2. The growth of softsign's std(z^1) in both halves is reported",
    needs=SHORT,
)
def softsign_saturates_less(evidence: Evidence) -> Measurement:
    """Softsign layers saturate less, and together, fast then slow (figure 3)."""
    _refuse_other_bound(evidence)
    found = Measurement()
    for softsign, tanh in at_equal_rates(evidence, "softsign", "tanh"):
        place = at_rate(softsign)
        ends = [[look_at(run, END) for run in runs] for runs in (softsign, tanh)]
        lags = [fmean(map(_lag, own)) for own in ends]
        found.at_least(f"p98(z^2) / p98(z^1), softsign, {place}", lags[0], 0.8)  # C20
        found.at_most(f"p98(z^2) / p98(z^1), tanh, {place}", lags[1], 0.6)  # C20
        shares = [[end.values("activation", "saturation").max() for end in own] for own in ends]
        found.note(f"largest share of |z| > 0.9, tanh, {place}", fmean(shares[1]))
        found.note(f"largest share of |z| > 0.9, softsign, {place}", fmean(shares[0]))
        # Where tanh does not saturate at all, softsign cannot saturate less.
        ratio = fmean(
            one / other if other else math.inf for one, other in zip(*shares, strict=True)
        )
        found.below(f"softsign's share over tanh's, {place}", ratio, 0.2)  # C20
        _note_growth(found, softsign)
        found.sources += [_seen_by_end(softsign), _seen_by_end(tanh)]
    return found


@claim(
    "C21",
    expected="tanh, mean over seeds: std(delta^0) / std(delta^4) at most 0.13 at the start and at "
    "least 0.4 at 20,000 updates. The largest of all looks is reported",
    needs=SHORT,
)
def gradients_recover(evidence: Evidence) -> Measurement:
    """The decrease of back-propagated gradients under (1) is soon reversed."""
    found, name = Measurement(), "std(delta^0) / std(delta^4)"
    for runs in monitored(evidence, "tanh", DEPTH):
        start, late = (
            fmean(_gradient_ratio(look_at(run, update)) for run in runs) for update in (0, END)
        )
        found.at_most(f"{name} at the start, {at_rate(runs)}", start, 0.13)  # C8
        found.at_least(f"{name} at the end, {at_rate(runs)}", late, 0.4)  # C21
        largest = fmean(max(map(_gradient_ratio, looks(run))) for run in runs)
        found.note(f"largest {name}, {at_rate(runs)}", largest)
        found.sources.append(_seen_by_end(runs))
    return found


@claim(
    "C22",
    expected="tanh, mean over seeds: std(dCost/dW^0) / std(dCost/dW^4) at most 1.1 at the start "
    "and at least 2.5 at 20,000 updates",
    needs=SHORT,
)
def weight_gradients_diverge(evidence: Evidence) -> Measurement:
    """Under (1) weight gradients diverge, larger in lower layers (figure 9)."""
    found = Measurement()
    for runs in monitored(evidence, "tanh", DEPTH):
        start, late = (
            fmean(_weight_ratio(look_at(run, update)) for run in runs) for update in (0, END)
        )
        found.at_most(f"{WEIGHT_RATIO} at the start, {at_rate(runs)}", start, 1.1)  # C22
        found.at_least(f"{WEIGHT_RATIO} at the end, {at_rate(runs)}", late, 2.5)  # C22
        found.sources.append(_seen_by_end(runs))
    return found


@claim(
    "C23",
    expected="at 20,000 updates, mean over seeds: std(dCost/dW^0) / std(dCost/dW^4) of tanh N at "
    "most 2.2, that of tanh at least 1.5 times as large",
    needs=SHORT,
)
def weight_gradients_stay_alike(evidence: Evidence) -> Measurement:
    """(16) keeps weight gradients alike during training (figure 9)."""
    found = Measurement()
    for normalized, standard in at_equal_rates(evidence, "tanh_n", "tanh"):
        place = at_rate(normalized)
        ratios, others = (
            [_weight_ratio(look_at(run, END)) for run in runs] for runs in (normalized, standard)
        )
        found.at_most(f"{WEIGHT_RATIO}, tanh N, {place}", fmean(ratios), 2.2)  # C23
        times = fmean(other / ratio for ratio, other in zip(ratios, others, strict=True))
        found.at_least(f"tanh's over tanh N's, {place}", times, 1.5)  # C23
        found.sources += [_seen_by_end(normalized), _seen_by_end(standard)]
    return found


@claim(
    "C24",
    expected="at 20,000 updates, mean over seeds: 98th percentile of z^2 over that of z^1 at least "
    "0.8 for tanh N and softsign, at most 0.6 for tanh",
    needs=SHORT,
)
def tanh_n_evolves_like_softsign(evidence: Evidence) -> Measurement:
    """Tanh N evolves like softsign (figure 10 against figure 3)."""
    found = Measurement()
    for groups in at_equal_rates(evidence, "tanh_n", "softsign", "tanh"):
        for runs in groups:
            variant, lag = runs[0].variant, fmean(_lag(look_at(run, END)) for run in runs)
            name = f"p98(z^2) / p98(z^1), {variant}, {at_rate(runs)}"
            if variant == "tanh":
                found.at_most(name, lag, 0.6)  # C24
            else:
                found.at_least(name, lag, 0.8)  # C24
            found.sources.append(_seen_by_end(runs))
    return found


def _seen_by_end(runs: list[LookedAtRun]) -> Source:
    return seen(runs, [look_at(run, END).update for run in runs])


def _note_growth(found: Measurement, runs: list[LookedAtRun]) -> None:
    """Note how much std(z^1) grew in each half of the first 20,000 updates."""
    start, middle, end = (
        fmean(look_at(run, update).values("activation", "std", [1])[0] for run in runs)
        for update in (0, END // 2, END)
    )
    place = f"{runs[0].variant}, {at_rate(runs)}"
    found.note(f"growth of std(z^1) in the first half, {place}", middle - start)
    found.note(f"growth of std(z^1) in the second half, {place}", end - middle)


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
