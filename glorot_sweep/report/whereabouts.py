"""Where a report is, and how its page is opened."""

from pathlib import Path

from glorot_sweep.report.files import PAGE
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.schema.names import Artifact

PAGE_PATH = f"{Artifact.REPORT}/{PAGE}"
PAGE_TAB = f"/artifacts/{PAGE_PATH}"  # of MLflow's page of a report's run
NOT_STORED = "not stored, for {}; --output FOLDER writes its files"


def stored_in(run_id: str) -> str:
    """Return where a report's page is stored."""
    return f"run {run_id}, artifact {PAGE_PATH}"


def opened_by(place: Place, name: str, run_id: str | None, output: Path | None) -> str:
    """Return what opens a report's page.

    Args:
        place: of the sweep.
        name: of the sweep.
        run_id: that the report is stored in; None: it is not.
        output: the folder that its files are written to as well.
    """
    if output is not None:
        return str(output / PAGE)
    if run_id is not None and (shown := place.page_of(run_id, PAGE_TAB)):
        return shown
    command = f"glorot-sweep report {name} --output FOLDER{place_options(place)}"
    return f"`{command}` writes FOLDER/{PAGE}"
