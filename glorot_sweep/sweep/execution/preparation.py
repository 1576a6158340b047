"""Which devices a sweep gets, by the command line."""

from dataclasses import dataclass
from importlib.util import find_spec

from glorot_sweep.config.execution import ExecutionConfig
from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest
from glorot_sweep.sweep.execution.devices import Devices, LocalDevices
from glorot_sweep.sweep.execution.executor import choose_device

EXECUTORS = ("local", "ray")


@dataclass(frozen=True)
class ExecutionOptions:
    """What the command line says about executors.

    Attributes:
        executor: `local`: packs run one after another in this process; `ray`: side by side, on
            the devices of this machine or of a cluster.
        workers: of Ray; 0: one for each device.
        address: of a running Ray cluster; None: Ray is started on this machine.
    """

    executor: str = "local"
    workers: int = 0
    address: str | None = None


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
    if options.executor not in EXECUTORS:
        raise UserError(
            f"unknown executor {options.executor!r}{nearest(options.executor, EXECUTORS)}"
        )
    if options.executor == "local":
        if options.workers or options.address:
            raise UserError("--workers and --address need --executor ray; the local one has none.")
        return LocalDevices(choose_device(config.device))
    if find_spec("ray") is None:
        raise UserError(
            "--executor ray needs Ray, which is not installed: pip install 'glorot-sweep[ray]'."
        )
    if options.address and not tracking.startswith("http"):
        raise UserError(
            f"workers on other machines write runs over HTTP and get no database's credentials, "
            f"but the tracking URI is a {tracking.partition(':')[0]} database. Start `mlflow "
            "server` and give its address as --tracking-uri."
        )
    from glorot_sweep.sweep.execution.ray.devices import RayDevices  # noqa: PLC0415 - an extra

    return RayDevices(options.workers, options.address, accept_other_types=accept_other_types)
