"""Which devices a sweep gets, by the command line."""

from glorot_sweep.config.execution import ExecutionConfig
from glorot_sweep.sweep.execution.devices import Devices, LocalDevices
from glorot_sweep.sweep.execution.executor import choose_device
from glorot_sweep.sweep.execution.options import ExecutionOptions


def prepare(
    options: ExecutionOptions,
    config: ExecutionConfig,
    tracking: str,
    *,
    accept_other_types: bool = False,
) -> Devices:
    """Return the devices, and refuse what can be refused without starting anything.

    Args:
        options: from the command line.
        config: from the sweep file.
        tracking: the tracking URI.
        accept_other_types: workers may be on processors or GPUs of different types.

    Raises:
        UserError: an option is unknown or does not fit the others, this machine has no such
            device, or Ray is not installed.
    """
    options.check(tracking)
    if options.executor == "local":
        return LocalDevices(choose_device(config.device))
    from glorot_sweep.sweep.execution.ray.devices import RayDevices  # noqa: PLC0415 - an extra

    return RayDevices(options.workers, options.address, accept_other_types=accept_other_types)
