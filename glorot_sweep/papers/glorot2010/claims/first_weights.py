"""Claims 1 and 2: the initial weights have the variance that they should have."""

from glorot_sweep.papers.glorot2010.claims.init_studies import drawn, init_study_of, networks
from glorot_sweep.papers.glorot2010.claims.scales import AT_START
from glorot_sweep.report.claims.claim import Ground, claim
from glorot_sweep.report.claims.looks import Look
from glorot_sweep.report.claims.measurement import Measurement
from glorot_sweep.report.evidence import Evidence

HIDDEN = 0.005  # C1, for the million entries between hidden layers: 5 standard errors
OUTPUT = 0.05  # C1, for the output matrix
ONE_ROUNDING = 2.0**-23  # a bound rounded to single precision may lie this much higher


@claim(
    "C1",
    Ground.CODE,
    expected="n Var[W] within 0.5 % of 1/3 in hidden layers and 5 % in the output layer, every "
    "entry inside +-1/sqrt(n), every bias 0",
    needs=AT_START,
)
def standard_variance(evidence: Evidence) -> Measurement:
    """Standard initialization has n Var[W] = 1/3, Eq. (15)."""
    return _weights(evidence, "standard")


@claim(
    "C2",
    Ground.CODE,
    expected="Var[W] within 0.5 % of 2 / (fan-in + fan-out) in hidden layers and 5 % in the "
    "output layer, every entry inside its bound, every bias 0; n Var[W] within 0.5 % of 1 at "
    "equal widths",
    needs=AT_START,
)
def normalized_variance(evidence: Evidence) -> Measurement:
    """Normalized initialization has the variance of Eqs. (12) and (16).

    At equal widths (10) and (11) both hold: both say n Var[W] = 1 there.
    """
    found = _weights(evidence, "normalized")
    for seed, look in enumerate(networks(init_study_of(evidence), "tanh", "normalized")):
        layers = range(2, look.depth + 1)  # between hidden layers
        n_var = look.values("weight", "fan_in", layers) * look.values("weight", "std", layers) ** 2
        for end, value in (("lowest", n_var.min()), ("highest", n_var.max())):
            name = f"{end} n Var[W] at equal widths, draw {seed + 1}"
            found.between(name, float(value), 1 - HIDDEN, 1 + HIDDEN)
    return found


def _weights(evidence: Evidence, initialization: str) -> Measurement:
    init_study, found = init_study_of(evidence), Measurement()
    looks = networks(init_study, "tanh", initialization)
    for seed, look in enumerate(looks):
        _one_draw(found, look, initialization, f"draw {seed + 1}")
    found.sources.append(drawn(init_study, len(looks)))
    return found


def _one_draw(found: Measurement, look: Look, initialization: str, draw: str) -> None:
    layers = range(1, look.depth + 2)
    fan_in, fan_out, std, low, high, bias = (
        look.values("weight", column, layers)
        for column in ("fan_in", "fan_out", "std", "minimum", "maximum", "largest_bias")
    )
    # U[-a, a] has variance a^2 / 3: Eq. (1) with a = 1/sqrt(fan-in), else Eq. (12).
    variance = 1 / (3 * fan_in) if initialization == "standard" else 2 / (fan_in + fan_out)
    deviation = abs(std**2 / variance - 1)
    outside = max((-low / (3 * variance) ** 0.5).max(), (high / (3 * variance) ** 0.5).max())
    found.at_most(f"largest deviation of Var[W], hidden, {draw}", deviation[:-1].max(), HIDDEN)
    found.at_most(f"deviation of Var[W], output, {draw}", deviation[-1], OUTPUT)
    found.at_most(f"largest entry over its bound, {draw}", outside, 1 + ONE_ROUNDING)
    found.at_most(f"largest bias, {draw}", bias.max(), 0.0)
