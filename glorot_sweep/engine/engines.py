"""The steppers by name, and a door to them."""

from glorot_sweep.engine.native.stepper import NativeStepper
from glorot_sweep.engine.stepper import ImageStream, Stepper
from glorot_sweep.engine.torch.stepper import TorchStepper
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.specs import NATIVE, TORCH, PackSpec, TrialSpec
from glorot_sweep.spelling import nearest

STEPPERS: dict[str, type[Stepper]] = {TORCH: TorchStepper, NATIVE: NativeStepper}


def make_stepper(
    engine: str,
    spec: PackSpec,
    n_inputs: int,
    n_classes: int,
    images_of: ImageStream | None = None,
) -> Stepper:
    """Return a stepper with the networks of a pack at their start.

    Args:
        engine: a name in `STEPPERS`.
        spec: the pack.
        n_inputs: of the data set.
        n_classes: of the data set.
        images_of: training images, for a step rule that must see some before an update.

    Raises:
        ValueError: the engine is unknown, or a trial lacks what its step rule needs.
    """
    if engine not in STEPPERS:
        raise ValueError(f"unknown engine {engine!r}{nearest(engine, STEPPERS)}")
    for trial in spec.trials:
        _check_step_rule(trial, images_of)
    return STEPPERS[engine](spec, n_inputs, n_classes, images_of)


def _check_step_rule(trial: TrialSpec, images_of: ImageStream | None) -> None:
    rule = STEP_RULES[trial.variant.step_rule]
    if rule.has_damping and not (trial.damping is not None and trial.damping > 0):
        raise ValueError(f"{trial.key}: the damping must be positive, got {trial.damping}")
    if rule.curvature_every and images_of is None:
        raise ValueError(f"{trial.key}: the diagonal of the Hessian needs a stream of images")
