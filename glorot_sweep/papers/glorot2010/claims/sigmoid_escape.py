"""Claims 26, 27 and 29: what becomes of the sigmoid in full training on Shapeset (figure 2)."""

import math
from dataclasses import replace
from statistics import fmean

from glorot_sweep.papers.glorot2010.claims.columns import SIGMOID_DEPTH, note_sigmoid_depth
from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.report.claims.cells import cell_of, mean, measured, minus
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.looks import Look, look_at, looks
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.claims.trained import evaluations, first_at_or_below, label, trained
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.tracking.schema.names import Role

WINDOW = (200_000, 5_000_000)  # C26, updates
RISE = 0.05  # C26
ESCAPED = 80.0  # C27, percent
ONE_RUN = replace(FULL, seeds=None)


@claim(
    "C26",
    Ground.TRAINING,
    expected="4 hidden layers, the runs with layer statistics at the learning rate of lowest final "
    "validation error, in every run: between 200,000 and 5,000,000 updates mean(z^4) has risen "
    "0.05 above its minimum and the validation error is below 75 %, and std(z^1) is then above "
    "that at the minimum",
    needs=replace(ONE_RUN, depth=SIGMOID_DEPTH),
)
def sigmoid_escapes(evidence: Evidence) -> Measurement:
    """The sigmoid of 4 hidden layers escapes, near epoch 100, while layer 1 begins to saturate."""
    found, runs = Measurement(), _at_best_rate(_sigmoids(evidence, SIGMOID_DEPTH, looked_into=True))
    outcomes: list[bool | None] = []
    for run in runs:
        bottom, escape = _escape(run)
        found.note(f"update of the escape, {label(run)}", escape)
        if not math.isfinite(escape):  # a run that ends before the window does may yet escape
            outcomes.append(None if run.updates < WINDOW[1] else False)
        else:
            outcomes.append(WINDOW[0] <= escape <= WINDOW[1])
            rise = _first_std(look_at(run, int(escape))) - _first_std(bottom)
            found.note(f"rise of std(z^1) until then, {label(run)}", rise)
            outcomes[-1] = outcomes[-1] and rise > 0
    found.sources.append(trained(runs))
    found.every("an escape in time while layer 1 widens", outcomes)
    return found


@claim(
    "C27",
    Ground.TRAINING,
    expected="5 hidden layers, every run of a sweep at any learning rate: validation error above "
    "80 % throughout 5,000,000 updates. One run of any length that comes lower contradicts it",
    needs=ONE_RUN,
)
def deep_sigmoid_never_escapes(evidence: Evidence) -> Measurement:
    """The sigmoid of 5 hidden layers never escapes."""
    found, runs = Measurement(), _sigmoids(evidence, 5)
    lowest = [float(evaluations(run, "validation_error")["validation_error"].min()) for run in runs]
    for run, error in zip(runs, lowest, strict=True):
        found.above(f"lowest validation error, {label(run)}", error, ESCAPED)  # C27
    escaped = [run for run, error in zip(runs, lowest, strict=True) if error <= ESCAPED]
    # How long a run was that has escaped plays no part.
    found.sources += [replace(trained([run]), updates=None) for run in escaped] or [trained(runs)]
    return found


@claim(
    "C29",
    Ground.END,
    expected="final test error of the sigmoid at its best depth, where it has learned (below 80 %) "
    "minus those of tanh and softsign with 5 layers: intervals above 0; a sigmoid of another best "
    "depth than the paper's four may confirm, and contradicts nothing",
    needs=FULL,
)
def sigmoid_ends_worse(evidence: Evidence) -> Measurement:
    """Even after the escape the sigmoid ends worse than tanh and softsign."""
    found = Measurement()
    sigmoid = cell_of(evidence, "shapeset", "sigmoid", Role.BEST_DEPTH)
    note_sigmoid_depth(found, sigmoid.depth)
    has_escaped = mean(sigmoid) <= ESCAPED
    if not has_escaped:
        found.undecided.append(f"the sigmoid has not escaped: {mean(sigmoid):.2f} %")
    lowest = 0.0 if has_escaped else -math.inf  # C29
    for variant in ("tanh", "softsign"):
        other = cell_of(evidence, "shapeset", variant)
        found.demand(f"sigmoid minus {variant}, points", minus(sigmoid, other), low=lowest)
        found.sources += measured(evidence, [other])
    # Its depth is its own best one.
    found.sources += [replace(source, depth=None) for source in measured(evidence, [sigmoid])]
    return found


def _sigmoids(evidence: Evidence, depth: int, *, looked_into: bool = False) -> list[LookedAtRun]:
    """Return the trained sigmoid networks of a depth on Shapeset that did not diverge.

    Raises:
        MissingRunsError: there is none.
    """
    runs = [
        run for run in evidence.runs
        if (run.dataset, run.variant, run.depth) == ("shapeset", "sigmoid", depth)
        and not run.diverged and not (looked_into and run.statistics.empty)
    ]  # fmt: skip
    if not runs:
        seen = " with layer statistics" if looked_into else ""
        raise MissingRunsError(
            f"no run of the sigmoid with {depth} hidden layers on shapeset{seen}; add it to the "
            "`monitored` section of a sweep file"
        )
    return sorted(runs, key=lambda run: (run.kind, run.learning_rate, run.seed))


def _at_best_rate(runs: list[LookedAtRun]) -> list[LookedAtRun]:
    """Return the longest runs at the learning rate of lowest mean validation error at the end."""
    longest = max(run.updates for run in runs)
    groups: dict[float, list[LookedAtRun]] = {}
    for run in runs:
        if run.updates == longest:
            groups.setdefault(run.learning_rate, []).append(run)

    def error(group: list[LookedAtRun]) -> float:
        return fmean(
            float(evaluations(run, "validation_error")["validation_error"].iloc[-1])
            for run in group
        )

    return min(groups.values(), key=error)


def _escape(run: LookedAtRun) -> tuple[Look, float]:
    """Where the top layer is lowest, and when it and the error have left; infinite if never."""
    tops = [(look, look.values("activation", "mean", [SIGMOID_DEPTH])[0]) for look in looks(run)]
    bottom, lowest = min(tops, key=lambda pair: pair[1])
    risen = [k.update for k, top in tops if k.update > bottom.update and top >= lowest + RISE]
    error = first_at_or_below(run, "validation_error", 75.0)  # C26
    if not risen or error.at_least:
        return bottom, math.inf
    return bottom, max(risen[0], error.update)


def _first_std(look: Look) -> float:
    return float(look.values("activation", "std", [1])[0])
