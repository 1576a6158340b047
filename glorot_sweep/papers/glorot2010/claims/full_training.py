"""Claims 30 and 39: ends and depths of full trainings on Shapeset."""

import math
from dataclasses import replace

import numpy as np

from glorot_sweep.papers.glorot2010.claims.columns import SIGMOID_DEPTH
from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.papers.glorot2010.claims.trials import lowest_of_equally_many
from glorot_sweep.papers.glorot2010.table_1 import N_TEST
from glorot_sweep.report.claims.cells import sweep_of
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.looks import Look, looks, seen
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.evidence import Evidence, LookedAtRun

DEPTH, LOWER_LAYERS = 5, (1, 2, 3)  # C30
DEPTHS = range(1, 6)  # C39
LEAST_TRIALS = 4  # C39
ALIKE, APART = 1.0, 3.0  # C39, standard errors of an error on 10,000 examples
ONE_RUN = replace(FULL, seeds=None)


@claim(
    "C30",
    Ground.END,
    expected="at the end of the longest runs, in every one: the share of |z| > 0.95 in layers 1 to "
    "3 is larger for tanh than in any of softsign's; the mode of softsign's |z| lies between 0.5 "
    "and 0.9 in at least 2 layers",
    needs=ONE_RUN,
)
def end_of_learning(evidence: Evidence) -> Measurement:
    """At the end of learning tanh piles up at +-1 and 0, softsign at its knees (figure 4)."""
    found = Measurement()
    tanh, softsign = (_longest(evidence, variant) for variant in ("tanh", "softsign"))
    shares = [[_share_at_asymptotes(looks(run)[-1]) for run in runs] for runs in (tanh, softsign)]
    found.note("smallest share of |z| > 0.95 in layers 1 to 3, tanh", min(shares[0]))
    found.note("largest share of |z| > 0.95 in layers 1 to 3, softsign", max(shares[1]))
    found.every("more of tanh at the asymptotes", [own > max(shares[1]) for own in shares[0]])
    found.every(
        "2 layers of softsign at their knees", [_layers_at_knees(run) >= 2 for run in softsign]
    )
    for runs in (tanh, softsign):
        found.sources.append(seen(runs, [looks(run)[-1].update for run in runs]))
    return found


@claim(
    "C39",
    Ground.END,
    expected="lowest validation error over equally many trials of each depth from 1 to 5, at least "
    "4: 5 hidden layers (the sigmoid: 4) within 1 standard error (10,000 examples) of the best "
    "depth; of the sigmoid, 5 layers behind 4 by more than 3. From 3 behind, or less than 1, "
    "it is violated",
    needs=replace(ONE_RUN, depth=None),
)
def best_depth(evidence: Evidence) -> Measurement:
    """The best depth on Shapeset is five, the sigmoid's four."""
    found, used = Measurement(), []
    for variant in ("softsign", "softsign_n", "tanh", "tanh_n", "sigmoid"):
        lowest, count, runs = lowest_of_equally_many(evidence, variant, DEPTHS)
        found.note(f"{variant}: trials of each depth", count)
        if count < LEAST_TRIALS:
            found.undecided.append(f"{variant} has {count} of {LEAST_TRIALS} trials of a depth")
        theirs = SIGMOID_DEPTH if variant == "sigmoid" else DEPTH
        best = min(lowest.values())
        error = math.sqrt(best * (100 - best) / N_TEST)
        _behind(found, f"{variant}: {theirs} layers behind the best depth", lowest[theirs] - best,
                error, wanted_behind=False)  # fmt: skip
        if variant == "sigmoid":
            behind = lowest[5] - lowest[SIGMOID_DEPTH]
            _behind(found, "sigmoid: 5 layers behind 4", behind, error, wanted_behind=True)
        used += runs
    config = sweep_of(evidence).config
    updates = config.search.updates
    found.sources.append(Source(tuple(used), None, config.network.middle_width, updates))
    return found


def _behind(
    found: Measurement, name: str, points: float, error: float, *, wanted_behind: bool
) -> None:
    """Demand that a depth is, or is not, behind another; between both bounds it is left open."""
    name = f"{name}, points"
    found.note(name, points)
    is_behind = None if ALIKE * error < points <= APART * error else points > APART * error
    if is_behind is None:
        found.undecided.append(f"{name} is {points:.2f}, between 1 and 3 standard errors")
    elif is_behind is not wanted_behind:
        wanted = "above 3 standard errors" if wanted_behind else "within 1 standard error"
        found.violated.append(f"{name} is {points:.2f}, not {wanted} ({error:.2f})")


def _longest(evidence: Evidence, variant: str) -> list[LookedAtRun]:
    """The runs with statistics that were trained longest."""
    runs = [
        run for run in evidence.runs
        if (run.dataset, run.variant, run.depth) == ("shapeset", variant, DEPTH)
        and not run.statistics.empty and not run.diverged
    ]  # fmt: skip
    if not runs:
        raise MissingRunsError(
            f"no run of {variant} with {DEPTH} hidden layers on shapeset with layer statistics; "
            "run a sweep file that lists it, with a `monitored` section or `statistics: economy`"
        )
    longest = max(run.updates for run in runs)
    return [run for run in runs if run.updates == longest]


def _share_at_asymptotes(look: Look) -> float:
    """Mean over the lower layers."""
    shares = [look.histogram("activation", layer).share_beyond(0.95) for layer in LOWER_LAYERS]
    return float(np.mean(shares))


def _layers_at_knees(run: LookedAtRun) -> int:
    last = looks(run)[-1]
    modes = [
        last.histogram("activation", layer).mode_of_magnitude() for layer in range(1, run.depth + 1)
    ]
    return sum(0.5 <= mode <= 0.9 for mode in modes)  # C30
