"""Claims 26, 27 and 29: what becomes of the sigmoid in full training on Shapeset (figure 2)."""

import math
from dataclasses import replace

from glorot_sweep.papers.glorot2010.claims.columns import SEPARABLE, sigmoid_of_four_layers
from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.papers.glorot2010.claims.trials import runs_at_selected_rate
from glorot_sweep.report.claims.cells import cell_of, mean, measured
from glorot_sweep.report.claims.claim import claim
from glorot_sweep.report.claims.looks import Look, look_at, looks
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import (
    evaluations,
    first_at_or_below,
    label,
    replicates,
    trained,
)
from glorot_sweep.report.evidence import Evidence, LookedAtRun

DEPTH = 4
WINDOW = (200_000, 5_000_000)  # C26, updates
RISE = 0.05  # C26
ONE_RUN = replace(FULL, seeds=None)


@claim(
    "C26",
    expected="4 hidden layers, at the selected learning rate: between 200,000 and 5,000,000 "
    "updates mean(z^4) has risen 0.05 above its minimum and the validation error is below 75 %; "
    "std(z^1) is then above that at the minimum",
    needs=replace(ONE_RUN, depth=DEPTH),
)
def sigmoid_escapes(evidence: Evidence) -> Measurement:
    """The sigmoid of 4 hidden layers escapes, near epoch 100, while layer 1 begins to saturate."""
    found = Measurement()
    for run in runs_at_selected_rate(evidence, "sigmoid", DEPTH):
        bottom, escape = _escape(run)
        found.between(f"update of the escape, {label(run)}", escape, *WINDOW)
        if math.isfinite(escape):
            rise = _first_std(look_at(run, int(escape))) - _first_std(bottom)
            found.above(f"rise of std(z^1) until then, {label(run)}", rise, 0.0)  # C26
        found.sources.append(trained([run]))
    return found


@claim(
    "C27",
    expected="5 hidden layers, at the selected learning rate: validation error above 80 % "
    "throughout 5,000,000 updates, in every replicate",
    needs=ONE_RUN,
)
def deep_sigmoid_never_escapes(evidence: Evidence) -> Measurement:
    """The sigmoid of 5 hidden layers never escapes."""
    found, runs = Measurement(), replicates(evidence, "sigmoid", "shapeset")
    for run in runs:
        lowest = evaluations(run, "validation_error")["validation_error"].min()
        found.above(f"lowest validation error, {label(run)}", lowest, 80.0)  # C27
    found.sources.append(trained(runs))
    return found


@claim(
    "C29",
    expected="final test error of the sigmoid with 4 hidden layers higher than tanh's and "
    "softsign's with 5, by more than 1.46 points",
    needs=FULL,
)
def sigmoid_ends_worse(evidence: Evidence) -> Measurement:
    """Even after the escape the sigmoid ends worse than tanh and softsign."""
    found = Measurement()
    sigmoid = sigmoid_of_four_layers(evidence)
    for variant in ("tanh", "softsign"):
        other = cell_of(evidence, "shapeset", variant)
        difference = mean(sigmoid) - mean(other)
        found.above(f"sigmoid minus {variant}, points", difference, SEPARABLE)  # C29
        found.sources += measured(evidence, [other])
    # Its depth has been checked and is not that of the others.
    found.sources += [replace(source, depth=None) for source in measured(evidence, [sigmoid])]
    return found


def _escape(run: LookedAtRun) -> tuple[Look, float]:
    """Where the top layer is lowest, and when it and the error have left; infinite if never."""
    tops = [(look, look.values("activation", "mean", [DEPTH])[0]) for look in looks(run)]
    bottom, lowest = min(tops, key=lambda pair: pair[1])
    risen = [k.update for k, top in tops if k.update > bottom.update and top >= lowest + RISE]
    error = first_at_or_below(run, "validation_error", 75.0)  # C26
    if not risen or error.at_least:
        return bottom, math.inf
    return bottom, max(risen[0], error.update)


def _first_std(look: Look) -> float:
    return float(look.values("activation", "std", [1])[0])
