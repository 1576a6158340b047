"""Sweeps over activation, initialization, depth and learning rate, tracked in MLflow.

The experiments of X. Glorot and Y. Bengio, "Understanding the difficulty of training deep
feedforward neural networks", AISTATS 2010, run as packs of networks.

The names below are the public ones; docs/guide/python.md shows each. They are loaded when they are
asked for: importing this package takes milliseconds.

Example:
    >>> import glorot_sweep
    >>> glorot_sweep.Variant("mine", "Mine", "tanh", "orthogonal").cost
    'log_likelihood'
"""

import importlib as _importlib
import os as _os
from typing import TYPE_CHECKING

from glorot_sweep.version import VERSION as _VERSION

if TYPE_CHECKING:
    from glorot_sweep.config.sweep import SweepConfig
    from glorot_sweep.data.dataset import Examples, ImageDataset
    from glorot_sweep.data.finite import FiniteDataset
    from glorot_sweep.data.registration import register_dataset
    from glorot_sweep.errors import (
        ServiceLostError,
        SweepHeldError,
        TooManyFailuresError,
        UserError,
    )
    from glorot_sweep.interface.loading import load_dataset, load_sweep
    from glorot_sweep.interface.packs import FittedPack, fit_pack
    from glorot_sweep.interface.photographs import prepare_image
    from glorot_sweep.interface.running import run_sweep
    from glorot_sweep.interface.sweep import Sweep
    from glorot_sweep.parts.registration import (
        register_activation,
        register_cost,
        register_initialization,
        register_schedule,
        register_step_rule,
        register_variant,
    )
    from glorot_sweep.parts.torch.activations import ActivationFunction
    from glorot_sweep.parts.torch.costs import CostFunction
    from glorot_sweep.parts.torch.step_rules import Parameters, StepFunctions
    from glorot_sweep.parts.variants import Variant
    from glorot_sweep.specs import Pretraining
    from glorot_sweep.sweep.progress import ProgressEvent

__all__ = [
    "ActivationFunction",
    "CostFunction",
    "Examples",
    "FiniteDataset",
    "FittedPack",
    "ImageDataset",
    "Parameters",
    "Pretraining",
    "ProgressEvent",
    "ServiceLostError",
    "StepFunctions",
    "Sweep",
    "SweepConfig",
    "SweepHeldError",
    "TooManyFailuresError",
    "UserError",
    "Variant",
    "fit_pack",
    "load_dataset",
    "load_sweep",
    "prepare_image",
    "register_activation",
    "register_cost",
    "register_dataset",
    "register_initialization",
    "register_schedule",
    "register_step_rule",
    "register_variant",
    "run_sweep",
]

_HOMES = {
    "ActivationFunction": "parts.torch.activations",
    "CostFunction": "parts.torch.costs",
    "Examples": "data.dataset",
    "FiniteDataset": "data.finite",
    "FittedPack": "interface.packs",
    "ImageDataset": "data.dataset",
    "Parameters": "parts.torch.step_rules",
    "Pretraining": "specs",
    "ProgressEvent": "sweep.progress",
    "ServiceLostError": "errors",
    "StepFunctions": "parts.torch.step_rules",
    "Sweep": "interface.sweep",
    "SweepConfig": "config.sweep",
    "SweepHeldError": "errors",
    "TooManyFailuresError": "errors",
    "UserError": "errors",
    "Variant": "parts.variants",
    "fit_pack": "interface.packs",
    "load_dataset": "interface.loading",
    "load_sweep": "interface.loading",
    "prepare_image": "interface.photographs",
    "register_activation": "parts.registration",
    "register_cost": "parts.registration",
    "register_dataset": "data.registration",
    "register_initialization": "parts.registration",
    "register_schedule": "parts.registration",
    "register_step_rule": "parts.registration",
    "register_variant": "parts.registration",
    "run_sweep": "interface.running",
}

__version__ = _VERSION

# Threads of OpenMP that wait for one another spin, by default for milliseconds. That is lost time
# for whatever else runs on the machine, and once two processes do it to each other both become
# many times slower. Too short a spin costs a quiet machine its speed, where waking a thread is
# slow. docs/performance-notes.md has what was measured. Read when torch is loaded.
_os.environ.setdefault("GOMP_SPINCOUNT", "30000")

if not TYPE_CHECKING:  # a checker sees the names above, and no others

    def __getattr__(name: str) -> object:
        """Load a public name when it is first asked for."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(_importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__, "__version__"]
