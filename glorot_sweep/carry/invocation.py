"""The run that `mlflow run` makes before a command begins, as what it is."""

from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import Mark, OfSweep, SweepRun, origin_here


def end_invocation(place: Place, sweep: SweepRun, command: str) -> None:
    """Name and end the run of `mlflow run`, if there is one; it belongs to the sweep."""
    if not place.project_run:
        return
    origin = origin_here(sweep.sweep, sweep.config_hash)
    tags = tags_of(origin, OfSweep(sweep_run=sweep.run_id), Mark(kind=Kind.INVOCATION))
    runs = RunStore(place.client, place.experiment_id)
    runs.adopt(place.project_run, f"{sweep.sweep}-{command}", tags).finish(State.COMPLETE)
