"""What the command line says about executors, checked before PyTorch or Ray is imported."""

from dataclasses import dataclass
from importlib.util import find_spec

from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest

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

    def check(self, tracking: str) -> None:
        """Refuse what no machine could change.

        Args:
            tracking: the tracking URI.

        Raises:
            UserError: an option is unknown or does not fit the others, or Ray is not installed.
        """
        if self.executor not in EXECUTORS:
            raise UserError(
                f"unknown executor {self.executor!r}{nearest(self.executor, EXECUTORS)}"
            )
        if self.executor == "local":
            if self.workers or self.address:
                raise UserError(
                    "--workers and --address need --executor ray; the local one has none."
                )
            return
        if find_spec("ray") is None:
            raise UserError(
                "--executor ray needs Ray, which is not installed: pip install 'glorot-sweep[ray]'."
            )
        if self.address and not tracking.startswith("http"):
            raise UserError(
                f"workers on other machines write runs over HTTP and get no database's "
                f"credentials, but the tracking URI is a {tracking.partition(':')[0]} database. "
                "Start `mlflow server` and give its address as --tracking-uri."
            )
