"""The engine of each variant of a sweep: settled when it begins, kept when it goes on."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.engine.choice import (
    NO_CORE,
    Engines,
    Lacks,
    native_lacks,
    native_reason,
    resolve_engine,
    same_on_every_cpu,
)
from glorot_sweep.errors import UserError
from glorot_sweep.specs import NATIVE, TrialSpec
from glorot_sweep.tracking.schema.trained import BOTH

GAIN = "; with it, which takes a C compiler, small networks train several times faster"


def device_to_go_on(config: SweepConfig, device: str, begun: Engines | None) -> str:
    """Return the device: with `auto` the CPU, if the sweep was begun with the native engine.

    Args:
        config: the sweep.
        device: what would be taken for a new one, `cpu` or `cuda`.
        begun: what the sweep has settled on; None: it begins now.
    """
    is_native = any(one.engine == NATIVE for one in (begun or {}).values())
    return "cpu" if is_native and config.execution.device == "auto" else device


def settle(
    config: SweepConfig, device: str, begun: Engines | None, lacks: Lacks = native_lacks
) -> Engines:
    """Return the engine of each variant.

    Args:
        config: the sweep.
        device: `cpu` or `cuda`.
        begun: what the sweep has settled on; None: it begins now. A variant by which it grows is
            not among them; one that the file leaves out is refused elsewhere.
        lacks: says why the native core cannot be had here.

    Raises:
        UserError: the native engine is asked for, or was settled on, and cannot be had.
    """
    lacks = cache(lacks)  # one answer for all
    wanted = config.network.engine
    begun = {name: one for name, one in (begun or {}).items() if name in config.rows}
    for name, resolved in begun.items():
        if resolved.engine == NATIVE and (
            reason := native_reason(config.rows[name], device, lacks=lacks)
        ):
            raise UserError(
                f"the sweep {config.name!r} was begun with the native engine, which "
                f"{name} cannot have here: {reason}. Its runs go on with no other engine: "
                f"{'use execution.device cpu' if device == 'cuda' else 'mend that'}, or give the "
                "sweep another name."
            )
    return {
        name: begun.get(name) or resolve_engine(wanted, config.rows[name], device, lacks=lacks)
        for name in config.variants
    }


def refuse_another_engine(config: SweepConfig, begun: Engines) -> None:
    """Refuse a file that asks for another engine than the sweep was begun with.

    Raises:
        UserError: it does.
    """
    wanted = config.network.engine
    others = [name for name, one in begun.items() if wanted not in {"auto", one.engine}]
    if others:
        raise UserError(
            f"the sweep {config.name!r} was begun with the engine {begun[others[0]].engine} for "
            f"{', '.join(others)}, and network.engine is {wanted}. A cell of the table has runs "
            "of one engine: choose auto, which keeps to it, or give the sweep another name."
        )


def on_its_engine(spec: TrialSpec, engines: Engines) -> TrialSpec:
    """Return a specification with the engine of its variant."""
    return replace(spec, engine=engines[spec.variant.name].engine)


def are_portable(engines: Engines, parts: Mapping[str, tuple[str, str]]) -> bool:
    """Return whether all variants have the same bits on CPUs of every type.

    Args:
        engines: of each variant.
        parts: initialization and schedule of each, by name.
    """
    return all(same_on_every_cpu(one.engine, *parts[name]) for name, one in engines.items())


def engine_words(engines: Engines) -> str:
    """Return the engines as the tag of a sweep: `native`, `torch` or `native+torch`."""
    return BOTH.join(sorted({one.engine for one in engines.values()}))


def fallback_lines(engines: Engines) -> list[str]:
    """Return a line for each reason why `auto` did not take the native engine.

    Example:
        >>> from glorot_sweep.engine.choice import Resolved
        >>> engines = {"a": Resolved("native"), "b": Resolved("torch", "its cost is odd")}
        >>> fallback_lines(engines)
        ['engine torch for b: its cost is odd']
    """
    by_reason: dict[str, list[str]] = {}
    for name, one in engines.items():
        if one.reason:
            by_reason.setdefault(one.reason, []).append(name)
    lines = []
    for reason, names in by_reason.items():
        whose = "" if len(names) == len(engines) else f" for {', '.join(names)}"
        lines.append(f"engine torch{whose}: {reason}{GAIN if NO_CORE in reason else ''}")
    return lines
