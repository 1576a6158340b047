"""The command `status`: what of a sweep is done, in work, left and missing, and who drives it."""

from collections.abc import Iterator, Sequence
from itertools import product

from rich.console import Console
from rich.table import Table

from glorot_sweep.config.factors import at_value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.sweep.contents.trials import marked_value
from glorot_sweep.sweep.outline import planned_runs
from glorot_sweep.sweep.records.driving import driving
from glorot_sweep.sweep.records.standing import (
    DONE,
    IN_WORK,
    INTERRUPTED,
    outcomes,
)
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.tracking.address import tracking_uri
from glorot_sweep.tracking.belonging import own_run, runs_of
from glorot_sweep.tracking.life import State, Status
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import StoredRun, kind_of, read
from glorot_sweep.tracking.schema.trained import BOTH, CountedRun
from glorot_sweep.tracking.sweep_words import begun_at, state_of_sweep
from glorot_sweep.tracking.sweeps import find_sweep, read_config
from glorot_sweep.tracking.until_decided import ended_replicates, reached
from glorot_sweep.tracking.views.keeping import view_lines

NAMES = ("data set", "variant", "runs")
COUNTS = (*DONE, IN_WORK, INTERRUPTED, "missing")
ALWAYS_SHOWN = (State.COMPLETE.word, IN_WORK, "missing")  # also where none of the runs is that


def show_status(
    name: str, uri: str | None, experiment: str | None, storage: str | None, console: Console
) -> None:
    """Print how far a sweep is.

    Raises:
        UserError: there is no such sweep, or its configuration cannot be read.
    """
    database = storage_uri(storage, tracking_uri(uri), write=False)
    place = open_place(uri, experiment, create=False)
    sweep = find_sweep(place, name)
    config = read_config(place, sweep)
    runs = runs_of(place.client, place.experiment_id, own_run(sweep))
    seen = driving(place, sweep, database, runs)
    for part in (
        f"sweep {name!r}: {state_of_sweep(sweep)}, begun {begun_at(sweep)}, run {sweep.run_id}",
        seen.line,
        _table(config, runs, seen.running),
        _report(runs),
        *(f"grown on {one.time}: {'; '.join(one.lines)}" for one in sweep.grown),
        *place.ui_lines(place.sweeps_page),
        *view_lines(place, sweep.run_id),
    ):
        console.print(part, highlight=False, markup=False, soft_wrap=isinstance(part, str))


def _table(config: SweepConfig, runs: Sequence[RunRecord], running: str) -> Table:
    """Count the runs of each study; outcomes that no run has are left out.

    Args:
        config: of the sweep.
        runs: of the sweep.
        running: what those are that have not ended.
    """
    rows = list[tuple[str, ...]]()
    made = {
        kind: [read(CountedRun, run) for run in runs if kind_of(run) is kind]
        for kind in (Kind.TRIAL, Kind.REPLICATE, Kind.MONITORED)
    }
    seeds = reached(config, ended_replicates(runs)).seeds
    for dataset, variant, value in product(config.datasets, config.variants, values_of(config)):
        study = dataset, variant, marked_value(value).value
        trials = [run for run in made[Kind.TRIAL] if _study(run) == study]
        replicates = [run for run in made[Kind.REPLICATE] if _study(run) == study]
        settled = at_value(config.at_seeds(seeds[dataset, variant]), value)
        shown = variant if value is None else f"{variant}, {value}"
        for row in _study_rows(settled, trials, replicates):
            rows.append((dataset, shown, *row))
    if wanted := planned_runs(config)[Kind.MONITORED]:
        counts = _counts(made[Kind.MONITORED], wanted, wanted)
        rows.append((config.datasets[0], "", Kind.MONITORED, *counts))
    kept = [
        number
        for number, word in enumerate(COUNTS, len(NAMES))
        if word in ALWAYS_SHOWN or any(row[number] != "0" for row in rows)
    ]
    headings = [running if word == IN_WORK else word for word in COUNTS]
    return narrow_table(
        NAMES,
        [headings[number - len(NAMES)] for number in kept],
        [(*row[: len(NAMES)], *(row[number] for number in kept)) for row in rows],
    )


def _study(run: CountedRun) -> tuple[object, ...]:
    return run.dataset, run.variant, run.value


def _study_rows(
    config: SweepConfig, trials: Sequence[CountedRun], replicates: Sequence[CountedRun]
) -> Iterator[tuple[str, ...]]:
    wanted = config.search.groups * config.search.group_trials
    yield "trials", *_counts(trials, wanted, wanted)
    yield "replicates", *_counts(replicates, *wanted_replicates(config, replicates))


def wanted_replicates(config: SweepConfig, replicates: Sequence[CountedRun]) -> tuple[int, int]:
    """Return how many are wanted at least and at most: a group has one winner or two."""
    seeds, depth = config.replicates.seeds, config.search.depth
    if depth.low == depth.high:
        return seeds, seeds
    least = most = 0
    for number, group in enumerate(config.search.group_numbers):
        known = [run for run in replicates if run.group == group]
        its_seeds = len(range(number, seeds, config.search.groups))
        has_one = any(BOTH in (run.role or "") for run in known)
        least += its_seeds * (2 if known and not has_one else 1)
        most += its_seeds * (1 if has_one else 2)
    return least, most


def _counts(runs: Sequence[CountedRun], least: int, most: int) -> tuple[str, ...]:
    """Return the cells of a row; how many runs are missing may not be known yet."""
    counts = outcomes(runs)
    missing = [str(max(wanted - counts.total(), 0)) for wanted in (least, most)]
    return *(str(counts[word]) for word in COUNTS[:-1]), " to ".join(dict.fromkeys(missing))


def _report(runs: Sequence[RunRecord]) -> str:
    reports = [
        read(StoredRun, run)
        for run in runs
        if kind_of(run) is Kind.REPORT and run.status == Status.FINISHED
    ]
    if not reports:
        return "no report yet: the sweep makes one at its end, and so does `glorot-sweep report`"
    return f"report of {begun_at(reports[-1])}: run {reports[-1].run_id}"
