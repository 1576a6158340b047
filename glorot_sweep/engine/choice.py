"""Which engine trains a variant: chosen once, when a sweep or a single run begins."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from glorot_sweep.errors import UserError
from glorot_sweep.parts.activations import ACTIVATIONS
from glorot_sweep.parts.costs import COSTS
from glorot_sweep.parts.initializations import INITIALIZATIONS
from glorot_sweep.parts.registry import Part
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.parts.variants import Variant
from glorot_sweep.specs import NATIVE, TORCH, Engine, EngineChoice
from glorot_sweep.spelling import nearest

ENGINES = get_args(EngineChoice)
"""What may be asked for: `auto`, `native` or `torch`."""

OWN_SOURCES = "glorot_sweep.parts.torch."

Lacks = Callable[[], str | None]
"""Says why the native core cannot be had; None if it can be."""

NO_CORE = "the native core cannot be had"


@dataclass(frozen=True)
class Resolved:
    """The engine of a variant.

    Attributes:
        engine: what trains it.
        reason: why it is not the native one, where `auto` would have taken that.
    """

    engine: Engine
    reason: str = ""


Engines = Mapping[str, Resolved]
"""The engine of each variant of a sweep, by its name."""


def engines_from(identity: Mapping[str, Any], variants: Iterable[str]) -> Engines:
    """Return the engines that the stored identity of a sweep names; earlier versions had torch.

    Args:
        identity: as plain data.
        variants: of the sweep.
    """
    if "engines" not in identity:
        return {name: Resolved(TORCH) for name in variants}
    return {name: Resolved(**resolved) for name, resolved in identity["engines"].items()}


def native_lacks() -> str | None:
    """Return why the native core cannot be had on this machine; None if it can be."""
    from glorot_sweep.engine.native.library import why_unavailable  # noqa: PLC0415

    return why_unavailable()


def native_is_slow() -> str | None:
    """Return why torch is faster on this CPU than the native core; None if it is not."""
    from glorot_sweep.engine.native.forms import VARIABLE, forms_here  # noqa: PLC0415

    if forms_here() == ("scalar",) and not os.environ.get(VARIABLE):
        return f"this CPU has no vectors that the native core knows; {VARIABLE}=scalar forces it"
    return None


def resolve_engine(
    wanted: str,
    variant: Variant,
    device: str = "cpu",
    precision: str = "float32",
    lacks: Lacks = native_lacks,
) -> Resolved:
    """Return the engine that trains a variant.

    Args:
        wanted: one of `ENGINES`.
        variant: the row.
        device: `cpu` or `cuda`.
        precision: `float32` or `float64`.
        lacks: says why the native core cannot be had here.

    Raises:
        UserError: the word is unknown, or the native engine is asked for and cannot be had.
    """
    if wanted not in ENGINES:
        raise UserError(f"unknown engine {wanted!r}{nearest(wanted, ENGINES)}")
    if wanted == TORCH:
        return Resolved(TORCH)
    reason = native_reason(variant, device, precision, lacks)
    if reason is None and wanted != NATIVE:
        reason = native_is_slow()
    if reason is None:
        return Resolved(NATIVE)
    if wanted == NATIVE:
        raise UserError(
            f"the engine native was asked for, but the variant {variant.name!r} cannot have it: "
            f"{reason}. Mend that, or choose the engine auto or torch."
        )
    return Resolved(TORCH, reason)


def native_reason(
    variant: Variant,
    device: str = "cpu",
    precision: str = "float32",
    lacks: Lacks = native_lacks,
) -> str | None:
    """Return why the native engine cannot train a variant; None if it can. See `resolve_engine`."""
    if device != "cpu":
        return f"the device is {device}, and the native engine is for CPUs"
    if precision != "float32":
        return f"the native engine computes in float32, not in {precision}"
    if missing := missing_form(variant):
        return missing
    lack = lacks()
    return lack and f"{NO_CORE}: {lack}"


def missing_form(variant: Variant) -> str | None:
    """Return which part of a variant the native core cannot do; None if it can do all."""
    from glorot_sweep.engine.native import networks  # noqa: PLC0415 - loads PyTorch

    for kind, part, known in (
        ("activation", ACTIVATIONS[variant.activation], networks.ACTIVATIONS),
        ("cost", COSTS[variant.cost], networks.COSTS),
        ("step rule", STEP_RULES[variant.step_rule], networks.RULES),
    ):
        if part.name not in known or not _is_own(part):
            return f"its {kind} {part.name!r} has no native form"
    return None


def _is_own(part: Part) -> bool:
    """A user's part is never taken for one of ours, whatever its name; plain SGD has no source."""
    return not part.source or part.source.startswith(OWN_SOURCES)


def same_on_every_cpu(engine: str, initialization: str, schedule: str = "constant") -> bool:
    """Return whether networks of an engine have the same bits on CPUs of every type.

    Args:
        engine: that trains them.
        initialization: by name; a user's own may draw by what a processor rounds its own way.
        schedule: by name; likewise.

    Example:
        >>> same_on_every_cpu("native", "normalized"), same_on_every_cpu("torch", "normalized")
        (True, False)
    """
    # None: a user's, and not registered here
    parts = INITIALIZATIONS.get(initialization), SCHEDULES.get(schedule)
    return engine == NATIVE and all(part is not None and _is_own(part) for part in parts)
