"""Claims 13 and 14: the activation functions themselves, and the two costs' plateaus."""

import math

import torch
from torch import Tensor

from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.torch.activations import ActivationFunction
from glorot_sweep.report.claims.claim import Ground, MissingRunsError, Needs, claim
from glorot_sweep.report.claims.measurement import Measurement, Source
from glorot_sweep.report.evidence import Evidence

PRECISION = 1e-6  # C13, relative

# 1 - softsign(x) = 1 / (1 + x) comes with a rounding error of 1e-16: 1e-10 of it at 1e6.
SOFTSIGN_RANGE = (0.0, 1e6)

# From 8 on tanh'(x) e^(2x) is within 2 e^(-16) = 2.3e-7 of 4; up to 11 the rounding error of
# 1 - tanh(x)^2, 2e-16, is below 2e-7 of it.
TANH_RANGE = (8.0, 11.0)


@claim(
    "C13",
    Ground.CODE,
    expected="(1 - f(x)) (1 + x) = 1 and f'(x) (1 + x)^2 = 1 for softsign, tanh'(x) e^(2x) = 4 "
    "for large x, to a relative 1e-6 in double precision",
    needs=Needs("I"),
)
def asymptotes(evidence: Evidence) -> Measurement:  # noqa: ARG001
    """Softsign approaches its asymptotes much more slowly than tanh."""
    return asymptotes_of(ACTIVATIONS["softsign"].function, ACTIVATIONS["tanh"].function)


def asymptotes_of(softsign: ActivationFunction, tanh: ActivationFunction) -> Measurement:
    """Check how two functions approach 1: the first like 1 / x, the second exponentially.

    Example:
        >>> softsign, tanh = ACTIVATIONS["softsign"].function, ACTIVATIONS["tanh"].function
        >>> asymptotes_of(softsign, tanh).holds
        True
        >>> asymptotes_of(tanh, tanh).holds
        False
    """
    found = Measurement()
    x = torch.linspace(*SOFTSIGN_RANGE, 1001, dtype=torch.float64)
    value, slope = _value_and_slope(softsign, x)
    gap = ((1 - value) * (1 + x) - 1).abs().max()
    found.at_most("largest deviation of (1 - f(x)) (1 + x) from 1", float(gap), PRECISION)
    tail = (slope * (1 + x) ** 2 - 1).abs().max()
    found.at_most("largest deviation of f'(x) (1 + x)^2 from 1", float(tail), PRECISION)
    x = torch.linspace(*TANH_RANGE, 1001, dtype=torch.float64)
    _, slope = _value_and_slope(tanh, x)
    tail = (slope * torch.exp(2 * x) / 4 - 1).abs().max()
    found.at_most("largest relative deviation of tanh'(x) e^(2x) from 4", float(tail), PRECISION)
    return found


@claim(
    "C14",
    Ground.START,
    expected="share of the grid where the gradient is below a tenth of its maximum larger for "
    "the quadratic cost than for the log-likelihood, in at least 9 of 10 seeds",
    needs=Needs("I", seeds=10),
)
def plateaus(evidence: Evidence) -> Measurement:
    """Plateaus are worse with the quadratic cost (figure 5)."""
    for init_study in evidence.init_studies.values():
        if init_study.surfaces is not None:
            quadratic = init_study.surfaces.quadratic_plateau
            likelihood = init_study.surfaces.log_likelihood_plateau
            found = Measurement(sources=[Source((init_study.run_id,), seeds=len(quadratic))])
            found.note("mean share, quadratic", quadratic.mean())
            found.note("mean share, log-likelihood", likelihood.mean())
            wins = int((quadratic > likelihood).sum())
            # C14: 9 of 10 seeds; of another number the same part.
            found.at_least(
                "seeds with more for the quadratic", wins, math.ceil(0.9 * len(quadratic))
            )
            return found
    raise MissingRunsError(
        "no initialization study with the two costs' surfaces; run `glorot-sweep init-study`"
    )


def _value_and_slope(activation: ActivationFunction, x: Tensor) -> tuple[Tensor, Tensor]:
    value, memo, slope = (torch.empty_like(x) for _ in range(3))
    activation.forward(x, value, memo)
    activation.backward(torch.ones_like(x), value, memo, slope)
    return value, slope
