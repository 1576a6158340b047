"""The command `list`: the sweeps of an experiment, one row each."""

from collections import defaultdict
from collections.abc import Sequence

from rich.console import Console

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.sweep.outline import planned_runs
from glorot_sweep.sweep.records.reconcile import TRAINED
from glorot_sweep.sweep.records.standing import begun_at, done, outcomes, state_of_sweep
from glorot_sweep.tracking.address import experiment_name
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.records import RunRecord, find_runs
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.runs import StoredRun, SweepRun, kind_of, read
from glorot_sweep.tracking.sweeps import read_config

HEADINGS = ("sweep", "state", "data sets", "variants", "runs done", "begun")


def show_sweeps(uri: str | None, experiment: str | None, console: Console) -> None:
    """Print the sweeps of an experiment, the oldest first.

    Raises:
        UserError: there is no such store or experiment.
    """
    place = open_place(uri, experiment, create=False)
    sweeps, trained = _read(place)
    named = f"experiment {experiment_name(experiment)!r} in {place.shown_uri}"
    if not sweeps:
        console.print(f"no sweep in {named}", highlight=False, markup=False, soft_wrap=True)
        return
    remarks = list[str]()
    rows = [_cells(place, sweep, trained[name], remarks) for name, sweep in sweeps.items()]
    console.print(narrow_table(HEADINGS, (), rows))
    for line in (*remarks, named, *place.ui_lines(place.sweeps_page)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _read(place: Place) -> tuple[dict[str, SweepRun], dict[str, list[StoredRun]]]:
    """Return the run of each sweep, of several the oldest, and the runs that it is there for."""
    sweeps: dict[str, SweepRun] = {}
    members: defaultdict[str, list[RunRecord]] = defaultdict(list)
    for run in find_runs(place.client, [place.experiment_id]):
        kind = kind_of(run)
        if kind is Kind.SWEEP:
            sweep = read(SweepRun, run)
            sweeps.setdefault(sweep.sweep, sweep)
        elif kind in TRAINED:
            members[run.tags.get(Tag.SWEEP, "")].append(run)
    trained = {
        name: [
            read(StoredRun, run)
            for run in members[name]
            if own.owns(run) and Tag.SUPERSEDED not in run.tags
        ]
        for name, own in ((name, own_run(sweep)) for name, sweep in sweeps.items())
    }
    return sweeps, trained


def _cells(
    place: Place, sweep: SweepRun, runs: Sequence[StoredRun], remarks: list[str]
) -> tuple[str, ...]:
    count, state = done(outcomes(runs)), state_of_sweep(sweep)
    config = _config(place, sweep, remarks)
    if config is None:
        return sweep.sweep, state, "?", "?", str(count), begun_at(sweep)
    ended = sweep.state is State.COMPLETE
    wanted = "" if ended else f" of up to {planned_runs(config).total()}"
    return (
        sweep.sweep, state, ", ".join(config.datasets), ", ".join(config.variants),
        f"{count}{wanted}", begun_at(sweep),
    )  # fmt: skip


def _config(place: Place, sweep: SweepRun, remarks: list[str]) -> SweepConfig | None:
    """Return a sweep's configuration; if it cannot be read, that becomes a remark."""
    try:
        return read_config(place, sweep)
    except UserError as error:
        remarks.append(str(error))
        return None
