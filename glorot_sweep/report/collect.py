"""From the tracking server to the cells of the tables; whatever does not fit is refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from glorot_sweep.config.factors import Value, at_value, table_value, value_of, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.engine.choice import Engines, engines_from
from glorot_sweep.errors import UserError
from glorot_sweep.report.agreement import disagreements
from glorot_sweep.report.belief import (
    Curves,
    Doubt,
    asked_for,
    doubts_about_likeness,
    doubts_about_numbers,
    doubts_about_trials,
)
from glorot_sweep.report.belief_in_members import as_stored, asked_to_monitor, at_no_value
from glorot_sweep.report.belief_in_search import doubts_about_search
from glorot_sweep.report.cell import Cell
from glorot_sweep.report.datasets_told import profiles_of
from glorot_sweep.report.refused import (
    refuse_duplicates,
    refuse_missing,
    refuse_mixed,
    refuse_unfinished,
)
from glorot_sweep.report.stored import stored_answers, stored_curves, validation_curve
from glorot_sweep.report.winners import middle_rate, usual_depth, winners_in
from glorot_sweep.tracking.belonging import own_run, runs_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import ANY_RUN, Place
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.same_seed import sweeps_with_seed
from glorot_sweep.tracking.schema.names import Kind, Metric, Role
from glorot_sweep.tracking.schema.runs import RunType, StoredRun, SweepRun, marked_kind, read
from glorot_sweep.tracking.schema.studies import StudyRun
from glorot_sweep.tracking.schema.trained import MonitoredRun, ReplicateRun, TrialRun
from glorot_sweep.tracking.sweeps import find_sweep, read_config, read_identity
from glorot_sweep.tracking.until_decided import Reached, reached

__all__ = ["Cell", "Collected", "collect"]


@dataclass(frozen=True)
class Collected:
    """A sweep as the report sees it: a finished one, or one as far as it is.

    Of a sweep with a factor it is the sweep at the table's value, with those at its other values
    beside it.

    Attributes:
        config: its configuration, without the part that changes no number.
        sweep: its own run.
        cells: by role (`table_depth`, `best_depth`), data set and variant.
        trials, replicates: those that the configuration asks for.
        monitored: the monitored runs that the configuration asks for; none of the others below.
        engines: those that the sweep has settled on, with the reasons.
        doubts: about any run of the sweep, at whatever value.
        curves: of each measured replicate, and of each trial without test errors, by run id.
        studies: the runs of all studies.
        same_seed: names of the store's other sweeps with this one's seed.
        reached: what was decided, look by look, if seeds were added until then.
        others: the same at the other values of its factor.
        whole: the configuration of the file, if it has a factor.
        profiles: what each data set holds, in words by name, as far as a run of it says.
        digests: of the content of each data set, by name.
        address: of the page of a run, with `ANY_RUN` for its id; empty where no server is known.
    """

    config: SweepConfig
    sweep: SweepRun
    cells: dict[tuple[str, str, str], Cell]
    trials: list[TrialRun]
    replicates: list[ReplicateRun]
    monitored: list[MonitoredRun] = field(default_factory=list)
    engines: Engines = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    curves: Mapping[str, Curves] = field(default_factory=dict)
    studies: list[StudyRun] = field(default_factory=list)
    same_seed: tuple[str, ...] = ()
    reached: Reached = field(default_factory=Reached)
    others: tuple["Collected", ...] = ()
    whole: SweepConfig | None = None
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

    @property
    def value(self) -> Value | None:
        """At which value of its factor it is; None without one."""
        return value_of(self.config)

    @property
    def at_values(self) -> tuple["Collected", ...]:
        """The sweep at each value of its factor, rising; without one itself alone."""
        order = values_of(self.whole or self.config)
        return tuple(sorted((self, *self.others), key=lambda one: order.index(one.value)))

    @property
    def asked(self) -> SweepConfig:
        """The configuration of the file."""
        return self.whole or self.config

    @property
    def all_trials(self) -> list[TrialRun]:
        """The trials at all values."""
        return [run for one in self.at_values for run in one.trials]

    @property
    def all_replicates(self) -> list[ReplicateRun]:
        """The replicates at all values."""
        return [run for one in self.at_values for run in one.replicates]

    @property
    def runs(self) -> list[StoredRun]:
        """Every run that a report is made from."""
        return [self.sweep, *self.all_trials, *self.all_replicates, *self.monitored]


def collect(place: Place, name: str, *, partial: bool = False) -> Collected:
    """Read a sweep.

    Args:
        place: its store and experiment.
        name: of the sweep.
        partial: take an unfinished one as far as it is: the runs that the next start would keep,
            and the cells that have any.

    Raises:
        UserError: there is no such sweep, it is unfinished, its configuration is missing, its runs
            have different ones, two replicates of a cell share a seed, or a cell is missing.
    """
    sweep = find_sweep(place, name)
    is_whole = sweep.state is State.COMPLETE
    if not partial:
        refuse_unfinished(place, sweep)
    config = read_config(place, sweep)
    members = runs_of(place.client, place.experiment_id, own_run(sweep))
    if not is_whole:  # a run that is being made need not have its params yet
        members = [run for run in members if read(StoredRun, run).state.is_kept]
    found = _Members(
        _of_kind(members, Kind.STUDY, StudyRun),
        _of_kind(members, Kind.TRIAL, TrialRun),
        _of_kind(members, Kind.REPLICATE, ReplicateRun),
        _of_kind(members, Kind.MONITORED, MonitoredRun),
    )
    refuse_mixed(sweep, [*found.trials, *found.replicates, *found.monitored])
    values = values_of(config)
    at = {one: _at_value(place, at_value(config, one), sweep, found, is_whole) for one in values}
    of_all = [doubt for one in at.values() for doubt in one.doubts]
    of_all += at_no_value([*found.trials, *found.replicates], values)
    monitored, of_monitored = asked_to_monitor(found.monitored, config)
    table, identity = at.pop(table_value(config)), read_identity(place.client, sweep)
    return replace(
        table,
        monitored=monitored,
        doubts=tuple(dict.fromkeys((*of_all, *of_monitored))),
        engines=engines_from(identity, config.variants),
        same_seed=sweeps_with_seed(place.client, place.experiment_id, config.seed, but=name),
        others=tuple(at.values()),
        whole=config if at else None,
        profiles=profiles_of(place, found.replicates),
        digests=identity.get("digests", {}),
        address=place.page_of(ANY_RUN) or "",
    )


@dataclass(frozen=True)
class _Members:
    """The runs of a sweep by their kinds, at all values of its factor."""

    studies: list[StudyRun]
    trials: list[TrialRun]
    replicates: list[ReplicateRun]
    monitored: list[MonitoredRun]


def _at_value(
    place: Place, config: SweepConfig, sweep: SweepRun, members: _Members, is_whole: bool
) -> Collected:
    """Return a sweep at one value of its factor, or the sweep without one."""
    value = as_stored(value_of(config))
    studies = [run for run in members.studies if run.value == value]
    trials = [run for run in members.trials if run.value == value]
    found = [run for run in members.replicates if run.value == value]
    so_far = reached(config, [run for run in found if run.given_up or run.is_whole])
    replicates, doubts = asked_for(found, config, so_far.seeds)
    about_trials = doubts_about_trials(trials, config, so_far.seeds)
    doubts += [one for one in about_trials if is_whole or one.is_left_out]
    left_out = {doubt.run_id for doubt in doubts if doubt.is_left_out}
    trials = [trial for trial in trials if trial.run_id not in left_out]
    curves = {run.run_id: stored_curves(place, run) for run in replicates if run.state.is_measured}
    of_trials = {run.run_id: validation_curve(place, run) for run in trials}
    doubts += doubts_about_search(trials, replicates, of_trials, config.replicates.window)
    cells = _cells(place, config, replicates, doubts, curves, so_far, is_whole)
    of_cells = (doubt for cell in cells.values() for doubt in cell.doubts)
    all_doubts = tuple(dict.fromkeys((*doubts, *of_cells)))
    return Collected(
        config,
        sweep,
        cells,
        trials,
        replicates,
        doubts=all_doubts,
        curves={**curves, **of_trials},
        studies=studies,
        reached=so_far,
    )


def _of_kind(members: list[RunRecord], kind: Kind, record: type[RunType]) -> list[RunType]:
    return [read(record, run) for run in members if marked_kind(run) is kind]


def _belongs(run: ReplicateRun, role: Role, dataset: str, variant: str) -> bool:
    return role in run.roles and (run.dataset, run.variant) == (dataset, variant)


def _cells(
    place: Place,
    config: SweepConfig,
    replicates: list[ReplicateRun],
    doubts: list[Doubt],
    curves: Mapping[str, Curves],
    so_far: Reached,
    is_whole: bool,
) -> dict[tuple[str, str, str], Cell]:
    cells: dict[tuple[str, str, str], Cell] = {}
    for role, dataset, variant in product(Role, config.datasets, config.variants):
        runs = [run for run in replicates if _belongs(run, role, dataset, variant)]
        refuse_duplicates(runs, role, dataset, variant)
        if is_whole:
            refuse_missing(runs, so_far.seeds[dataset, variant], role, dataset, variant)
        elif not runs:
            continue
        beside = [d for d in doubts if (d.dataset, d.variant) == (dataset, variant)]
        groups = so_far.groups(config, dataset, variant)
        cells[role, dataset, variant] = _cell(place, runs, config, beside, curves, groups)
    return cells


def _cell(
    place: Place,
    runs: list[ReplicateRun],
    config: SweepConfig,
    beside: list[Doubt],
    curves: Mapping[str, Curves],
    groups: int,
) -> Cell:
    runs = sorted(runs, key=lambda run: run.seed)
    measured = [run for run in runs if run.state.is_measured]
    answers = [stored_answers(place, run) for run in measured]
    labels = answers[0].labels if answers else np.zeros(0, np.uint8)
    doubts, winners = [*beside, *doubts_about_likeness(runs)], winners_in(runs)
    for run, given in zip(measured, answers, strict=True):
        doubts += doubts_about_numbers(run, given, curves[run.run_id], config)
        if not np.array_equal(given.labels, labels):
            raise UserError(
                f"{run.name} ({run.run_id}) was tested on other examples than the rest of its "
                "cell; the paired test needs the same ones. Delete that run and continue the "
                "sweep."
            )
    return Cell(
        dataset=runs[0].dataset,
        variant=runs[0].variant,
        label=config.rows[runs[0].variant].label,
        depth=usual_depth(winners),
        learning_rate=middle_rate(winners),
        errors=np.array([run.needs(Metric.TEST_ERROR) for run in measured]),
        wrong=np.array([given.predictions != labels for given in answers], dtype=bool),
        labels=labels,
        diverged=sum(run.state is State.DIVERGED for run in runs),
        failed=len(runs) - len(measured),
        runs=tuple(run.run_id for run in runs),
        disagreements=disagreements(measured),
        doubts=tuple(doubts),
        groups=groups,
        streams=tuple(run.data_seed for run in measured),
        numbers=tuple(run.seed for run in measured),
        group_winners=winners,
    )
