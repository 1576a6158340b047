"""The command `list`: the sweeps of an experiment, one row each."""

from collections import defaultdict
from collections.abc import Sequence

from rich.console import Console

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.sweep.outline import planned_runs
from glorot_sweep.sweep.records.reconcile import TRAINED
from glorot_sweep.sweep.records.standing import done, outcomes
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.outage import describe, is_store_failure
from glorot_sweep.tracking.place import Place, open_place
from glorot_sweep.tracking.records import RunRecord, find_runs
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.runs import StoredRun, SweepRun, kind_of, read
from glorot_sweep.tracking.sweep_words import begun_at, state_of_sweep
from glorot_sweep.tracking.sweeps import read_config

HEADINGS = ("sweep", "state", "data sets", "variants", "runs done", "begun")


def show_sweeps(uri: str | None, experiment: str | None, console: Console) -> None:
    """Print the sweeps of an experiment, the oldest first.

    Raises:
        UserError: there is no such store or experiment.
    """
    place = open_place(uri, experiment, create=False)
    sweeps = _read(place)
    named = f"experiment {place.experiment!r} in {place.shown_uri}"
    if not sweeps:
        console.print(f"no sweep in {named}", highlight=False, markup=False, soft_wrap=True)
        return
    remarks = list[str]()
    rows = [_cells(place, sweep, runs, remarks) for sweep, runs in sweeps]
    console.print(narrow_table(HEADINGS, (), rows))
    for line in (*remarks, named, *place.ui_lines(place.sweeps_page)):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _read(place: Place) -> list[tuple[SweepRun, list[StoredRun]]]:
    """Return the own run of each sweep, and the runs that it is there for.

    Of several own runs of one name those count with which something was begun, else the oldest.
    """
    sweeps: defaultdict[str, list[SweepRun]] = defaultdict(list)
    members: defaultdict[str, list[RunRecord]] = defaultdict(list)
    for run in find_runs(place.client, [place.experiment_id]):
        kind = kind_of(run)
        if kind is Kind.SWEEP:
            sweep = read(SweepRun, run)
            sweeps[sweep.sweep].append(sweep)
        elif kind in TRAINED:
            members[run.tags.get(Tag.SWEEP, "")].append(run)
    found = list[tuple[SweepRun, list[StoredRun]]]()
    for name, alike in sweeps.items():
        each = [(sweep, _trained(sweep, members[name])) for sweep in alike]
        begun = [(sweep, runs) for sweep, runs in each if runs or sweep.state is State.COMPLETE]
        found += begun or each[:1]
    return found


def _trained(sweep: SweepRun, members: Sequence[RunRecord]) -> list[StoredRun]:
    own = own_run(sweep)
    return [
        read(StoredRun, run) for run in members if own.owns(run) and Tag.SUPERSEDED not in run.tags
    ]


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
    """Return a sweep's configuration; if it cannot be read, that becomes a remark.

    The runs have been read: a store that fails here is that of artifacts, for this sweep at least.
    """
    try:
        return read_config(place, sweep)
    except UserError as error:
        remarks.append(str(error))
    except Exception as error:
        if not is_store_failure(error):
            raise
        remarks.append(f"the artifacts of the sweep {sweep.sweep!r}: {describe(error)}")
    return None
