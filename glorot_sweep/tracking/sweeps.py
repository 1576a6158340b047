"""Finding a sweep by its name."""

from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord, find_runs


def find_sweep(place: Place, name: str) -> RunRecord:
    """Return the run of a sweep, whatever its state; of several the oldest.

    The names are compared here: one with a quote would break a search on the server.

    Raises:
        UserError: the experiment has no such sweep; names the nearest.
    """
    sweeps = find_runs(place.client, [place.experiment_id], kind="sweep")
    found = [run for run in sweeps if run.tags["sweep"] == name]
    if not found:
        known = sorted({run.tags["sweep"] for run in sweeps})
        hint = nearest(name, known) if known else "; this experiment has no sweep yet"
        raise UserError(f"no sweep {name!r} in {place.shown_uri}{hint}")
    return found[0]
