"""Claim 44: the gain of (16) under growing and shrinking widths, at the start and at the end."""

from glorot_sweep.papers.glorot2010.claims.columns import SEPARABLE
from glorot_sweep.papers.glorot2010.claims.init_studies import (
    VARIED_SHAPES,
    drawn,
    init_study_of,
    networks,
)
from glorot_sweep.papers.glorot2010.claims.scales import AT_START, FULL, FULL_UPDATES
from glorot_sweep.report.claims.cells import cell_of, mean, measured
from glorot_sweep.report.claims.claim import MissingRunsError, claim
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.evidence import Evidence, InitStudy


@claim(
    "C44",
    expected="at the start, for growing and for shrinking widths: std(delta^0) / std(delta^4) of "
    "tanh under normalized initialization at least 3 times that under standard, in every draw; "
    "where both were trained in full (5,000,000 updates, 3 seeds), tanh minus tanh N with such "
    "widths above 1.46 points of test error",
    needs=AT_START,
)
def varied_widths(evidence: Evidence) -> Measurement:
    """The gain of (16) survives growing or shrinking widths."""
    init_study, found = init_study_of(evidence), Measurement()
    for shape in VARIED_SHAPES:
        _at_the_start(found, init_study, shape)
    for shape in VARIED_SHAPES:
        _at_the_end(found, evidence, shape)
    return found


def _at_the_start(found: Measurement, init_study: InitStudy, shape: str) -> None:
    ratios = {}
    for initialization in ("standard", "normalized"):
        looks = networks(init_study, "tanh", initialization, shape)
        ratios[initialization] = [
            look.ratio("backpropagated_gradient", "std", 1, look.depth) for look in looks
        ]
        found.sources.append(drawn(init_study, len(looks)))
    highest, lowest = max(ratios["standard"]), min(ratios["normalized"])
    found.note(f"largest std(delta^0) / std(delta^4), standard, {shape}", highest)
    found.note(f"smallest std(delta^0) / std(delta^4), normalized, {shape}", lowest)
    found.at_least(f"normalized over standard, {shape}", lowest / highest, 3.0)  # C44


def _at_the_end(found: Measurement, evidence: Evidence, shape: str) -> None:
    """Add the gain in test error, if a sweep has it; it is judged after full training alone."""
    try:
        standard, normalized = (
            cell_of(evidence, "shapeset", f"{variant}_{shape}") for variant in ("tanh", "tanh_n")
        )
    except MissingRunsError:
        return
    name, gain = f"tanh minus tanh N, {shape}, points", mean(standard) - mean(normalized)
    sources = measured(evidence, (standard, normalized))
    if all(map(_is_full, sources)):
        found.above(name, gain, SEPARABLE)  # C44
        found.sources += sources
    else:
        found.note(f"{name}, not judged at this scale", gain)


def _is_full(source: Source) -> bool:
    assert FULL.width is not None
    assert FULL.seeds is not None
    return (
        source.depth == FULL.depth
        and (source.width or 0) >= FULL.width
        and (source.updates or 0) >= FULL_UPDATES
        and (source.seeds or 0) >= FULL.seeds
    )
