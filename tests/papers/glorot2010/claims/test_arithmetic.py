"""Claims 13 and 14."""

from dataclasses import replace

import numpy as np
import pytest

from glorot_sweep.papers.glorot2010.claims.arithmetic import asymptotes_of
from glorot_sweep.parts.torch.activations import Softsign, Tanh

from .builders import contradicted, finding, whole_world


class FastSoftsign(Softsign):
    """A slope of 1 / (1 + |s|)^3."""

    def backward(self, signal, z, memo, delta):
        super().backward(signal, z, memo, delta)
        delta.div_(memo)


class LowSoftsign(Softsign):
    """It stays a hundred-thousandth below softsign."""

    def forward(self, s, z, memo):
        super().forward(s, z, memo)
        z.mul_(1 - 1e-5)


class SteepTanh(Tanh):
    """Twice tanh's slope."""

    def backward(self, signal, z, memo, delta):
        super().backward(signal, z, memo, delta)
        delta.mul_(2)


@pytest.mark.parametrize(
    ("softsign", "tanh", "violated"),
    [
        (FastSoftsign(), Tanh(), "f'(x) (1 + x)^2"),
        (LowSoftsign(), Tanh(), "(1 - f(x)) (1 + x)"),
        (Softsign(), SteepTanh(), "tanh'(x) e^(2x)"),
        (Softsign(), Softsign(), "tanh'(x) e^(2x)"),
    ],
)
def test_other_functions_violate_claim_13(softsign, tanh, violated):
    found = asymptotes_of(softsign, tanh)
    assert len(found.violated) == 1
    assert violated in found.violated[0]


def test_claim_13_holds_with_room():
    """Worst numbers: 5.3e-11, 2.2e-16 and, at x = 8 by theory, 2 e^-16 = 2.3e-7."""
    values = list(asymptotes_of(Softsign(), Tanh()).numbers.values())
    assert max(values[:2]) < 1e-9
    assert values[2] == pytest.approx(2 * np.exp(-16), rel=0.01)


def plateaus(quadratic):
    def change(world):
        for name, study in world.init_studies.items():
            surfaces = replace(study.surfaces, quadratic_plateau=np.array(quadratic))
            world.init_studies[name] = replace(study, surfaces=surfaces)

    return change


def test_plateaus_must_be_worse_in_nine_of_ten_seeds():
    contradicted("C14", plateaus([0.4] * 8 + [0.1] * 2), "seeds with more for the quadratic is 8")
    world = whole_world()
    plateaus([0.4] * 9 + [0.1])(world)
    assert finding("C14", world).verdict == "CONFIRMED"


def test_surfaces_of_too_few_seeds():
    world = whole_world()
    for name, study in world.init_studies.items():
        few = replace(study.surfaces, quadratic_plateau=np.full(9, 0.4),
                      log_likelihood_plateau=np.full(9, 0.1))  # fmt: skip
        world.init_studies[name] = replace(study, surfaces=few)
    found = finding("C14", world)
    assert found.verdict == "INCONCLUSIVE"
    assert "9 of 10 seeds" in found.reason


def test_studies_without_surfaces():
    world = whole_world()
    world.init_studies = {
        name: replace(study, surfaces=None) for name, study in world.init_studies.items()
    }
    assert finding("C14", world).reason.startswith("no initialization study with the two costs'")
