"""What a shell offers when Tab is pressed: at once, from this machine alone."""

import typer

from glorot_sweep.config.datasets import DATASETS
from glorot_sweep.config.shipped import shipped_sweeps
from glorot_sweep.errors import UserError
from glorot_sweep.parts.variants import VARIANTS
from glorot_sweep.sweep.execution.options import EXECUTORS
from glorot_sweep.tracking.address import experiment_name, tracking_uri
from glorot_sweep.tracking.stored_names import stored_sweeps


def variants_like(incomplete: str) -> list[str]:
    """Return the variants whose names begin so."""
    return [name for name in VARIANTS if name.startswith(incomplete)]


def datasets_like(incomplete: str) -> list[str]:
    """Return the data sets whose names begin so."""
    return [name for name in DATASETS if name.startswith(incomplete)]


def shipped_like(incomplete: str) -> list[str]:
    """Return the sweep files of the package whose names begin so."""
    return [name for name in shipped_sweeps() if name.startswith(incomplete)]


def executors_like(incomplete: str) -> list[str]:
    """Return the executors whose names begin so."""
    return [name for name in EXECUTORS if name.startswith(incomplete)]


def sweeps_like(context: typer.Context, incomplete: str) -> list[str]:
    """Return the sweeps whose names begin so; none where a server would have to be asked."""
    try:
        uri = tracking_uri(_given(context, "tracking_uri"))
    except UserError:
        return []
    found = stored_sweeps(uri, experiment_name(_given(context, "experiment")))
    return [name for name in found if name.startswith(incomplete)]


def _given(context: typer.Context, option: str) -> str | None:
    """Return an option's value; of one that may be given several times the last so far."""
    value = context.params.get(option)
    return value if isinstance(value, str) else next(reversed(value or ()), None)
