"""Rules on what trains a sweep, and on what; each raises a ValueError."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glorot_sweep.config.sweep import SweepConfig


def check_products(config: "SweepConfig") -> None:
    """Refuse products that are rounded on a device that rounds none."""
    precision, device = config.network.matmul_precision, config.execution.device
    if precision != "highest" and device != "cuda":
        raise ValueError(
            f"network.matmul_precision {precision} is for GPUs, so execution.device must be "
            f"cuda, got {device}; a CPU multiplies in float32"
        )


def check_native(config: "SweepConfig") -> None:
    """Refuse the native engine where it cannot be had."""
    if config.network.engine != "native":
        return
    precision, device = config.network.matmul_precision, config.execution.device
    if precision != "highest":
        raise ValueError(
            "network.engine native multiplies in float32 throughout, so "
            f"network.matmul_precision must be highest, got {precision}"
        )
    if device == "cuda":
        raise ValueError(
            "network.engine native is for CPUs, so execution.device must be cpu, got cuda; on "
            "a GPU choose the engine auto or torch"
        )
