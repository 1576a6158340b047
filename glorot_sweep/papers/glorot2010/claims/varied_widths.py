"""Claim 44: the gain of (16) under growing and shrinking widths, at the start and at the end."""

from glorot_sweep.papers.glorot2010.claims.init_studies import (
    VARIED_SHAPES,
    drawn,
    init_study_of,
    networks,
)
from glorot_sweep.papers.glorot2010.claims.scales import FULL
from glorot_sweep.report.claims.cells import cell_of, measured, minus
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, claim
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.evidence import Evidence, InitStudy


@claim(
    "C44",
    Ground.END,
    expected="for growing and for shrinking widths: at the start std(delta^0) / std(delta^4) of "
    "tanh under normalized initialization at least 3 times that under standard, in every draw; at "
    "the end tanh minus tanh N, interval above 0. Neither half is enough",
    needs=FULL,
)
def varied_widths(evidence: Evidence) -> Measurement:
    """The gain of (16) survives growing or shrinking widths."""
    found = Measurement()
    for half in (_at_the_start, _at_the_end):
        for shape in VARIED_SHAPES:
            try:
                half(found, evidence, shape)
            except MissingRunsError as missing:
                found.undecided.append(str(missing))
    return found


def _at_the_start(found: Measurement, evidence: Evidence, shape: str) -> None:
    init_study: InitStudy = init_study_of(evidence)
    ratios, counts = {}, []
    for initialization in ("standard", "normalized"):
        looks = networks(init_study, "tanh", initialization, shape)
        ratios[initialization] = [
            look.ratio("backpropagated_gradient", "std", 1, look.depth) for look in looks
        ]
        counts.append(len(looks))
    highest, lowest = max(ratios["standard"]), min(ratios["normalized"])
    found.note(f"largest std(delta^0) / std(delta^4), standard, {shape}", highest)
    found.note(f"smallest std(delta^0) / std(delta^4), normalized, {shape}", lowest)
    found.at_least(f"normalized over standard, {shape}", lowest / highest, 3.0)  # C44
    # How many weights were drawn is no matter of the seeds that are trained.
    source = drawn(init_study, min(counts))
    found.sources.append(Source(source.run_ids, source.depth, source.width))


def _at_the_end(found: Measurement, evidence: Evidence, shape: str) -> None:
    pair = [cell_of(evidence, "shapeset", f"{variant}_{shape}") for variant in ("tanh", "tanh_n")]
    found.demand(f"tanh minus tanh N, {shape}, points", minus(*pair), low=0.0)  # C44
    found.sources += measured(evidence, pair)
