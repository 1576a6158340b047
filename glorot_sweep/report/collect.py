"""From the tracking server to the cells of the tables; whatever does not fit is refused by name."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

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
from glorot_sweep.report.belief_in_search import doubts_about_search
from glorot_sweep.report.refused import (
    refuse_duplicates,
    refuse_missing,
    refuse_mixed,
    refuse_unfinished,
)
from glorot_sweep.report.stored import stored_answers, stored_curves, validation_curve
from glorot_sweep.report.winners import GroupWinner, middle_rate, usual_depth, winners_in
from glorot_sweep.significance import independent_values
from glorot_sweep.tracking.belonging import own_run, runs_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.same_seed import sweeps_with_seed
from glorot_sweep.tracking.schema.names import Kind, Metric, Role
from glorot_sweep.tracking.schema.runs import RunType, StoredRun, SweepRun, marked_kind, read
from glorot_sweep.tracking.schema.studies import StudyRun
from glorot_sweep.tracking.schema.trained import MonitoredRun, ReplicateRun, TrialRun
from glorot_sweep.tracking.sweeps import find_sweep, read_config, read_identity
from glorot_sweep.tracking.until_decided import Reached, reached


@dataclass(frozen=True)
class Cell:
    """One cell of a table: the replicates of one winner, or of the winner of each group.

    Attributes:
        dataset, variant: column and row.
        label: how tables write the variant.
        depth, learning_rate: the winner's; of several the usual depth and the middle rate.
        errors: final test errors [seeds], percent: means over the sweep's window.
        wrong: whether each test example is misclassified at the last evaluation [seeds, examples].
        labels: of the test examples [examples].
        diverged: replicates that diverged and count at the majority class's error.
        failed: replicates that failed for good; a cell with any is shown as failed.
        runs: ids of the replicates, in the order of their seeds.
        disagreements: what its replicates were not made by the same of, in words; a cell with
            any is named and has no mean.
        doubts: what does not fit in its runs, or beside them. A cell with a replicate that is
            not believed has no mean.
        groups: searches that its replicates repeat the winners of.
        streams: data seeds of the measured replicates [seeds]: the training examples of each.
        group_winners: one for each of `groups`.
    """

    dataset: str
    variant: str
    label: str = field(kw_only=True)
    depth: int
    learning_rate: float
    errors: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    labels: NDArray[np.uint8]
    diverged: int
    failed: int
    runs: tuple[str, ...]
    disagreements: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    groups: int = 1
    streams: tuple[int, ...] = ()
    group_winners: tuple[GroupWinner, ...] = ()

    @property
    def winners(self) -> tuple[GroupWinner, ...]:
        """Whose replicates it has."""
        return self.group_winners or (GroupWinner(self.depth, self.learning_rate),)

    @property
    def observations(self) -> NDArray[np.float64]:
        """Test errors that are independent of each other, percent: of replicates or of groups."""
        return independent_values(self.errors, self.groups)

    @property
    def standard_deviation(self) -> float | None:
        """Return that of `observations`, in points of error; None of a cell without a mean."""
        return float(np.std(self.observations, ddof=1)) if self.has_mean else None

    @property
    def by_stream(self) -> dict[Hashable, float]:
        """`observations` by number and by the training examples that each rests on."""
        found = self.observations
        return {
            (number, *self.streams[number :: len(found)]): float(error)
            for number, error in enumerate(found)
        }

    @property
    def last_errors(self) -> NDArray[np.float64]:
        """As `observations`, of the last evaluation alone."""
        errors = 100 * self.wrong.sum(axis=1) / self.wrong.shape[1]
        return independent_values(errors, self.groups)

    @property
    def last_wrong(self) -> NDArray[np.float64]:
        """`wrong` of replicates, or the share of a group's replicates that is, by example."""
        return independent_values(self.wrong, self.groups)

    @property
    def has_mean(self) -> bool:
        """Whether all replicates were measured, made by the same things, and are believed."""
        return not (self.failed or self.disagreements or self.is_doubtful)

    @property
    def is_doubtful(self) -> bool:
        """Whether a replicate that it would be the mean of is not believed."""
        return any(doubt.run_id in self.runs for doubt in self.doubts)

    @property
    def instead(self) -> str:
        """What stands where a mean would."""
        if self.failed:
            return "failed"
        return "doubtful" if self.is_doubtful else "mixed"


@dataclass(frozen=True)
class Collected:
    """A sweep as the report sees it: a finished one, or one as far as it is.

    Attributes:
        config: its configuration, without the part that changes no number.
        sweep: its own run.
        cells: by role (`table_depth`, `best_depth`), data set and variant.
        trials, replicates: those that the configuration asks for.
        monitored: the runs of all monitored runs.
        engines: those that the sweep has settled on, with the reasons.
        doubts: about any run of the sweep.
        curves: of each measured replicate, and of each trial without test errors, by run id.
        studies: the runs of all studies.
        same_seed: names of the store's other sweeps with this one's seed.
        reached: what was decided, look by look, if seeds were added until then.
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

    @property
    def runs(self) -> list[StoredRun]:
        """Every run that a report is made from."""
        return [self.sweep, *self.trials, *self.replicates, *self.monitored]


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
        refuse_unfinished(sweep)
    config = read_config(place, sweep)
    members = runs_of(place.client, place.experiment_id, own_run(sweep))
    if not is_whole:  # a run that is being made need not have its params yet
        members = [run for run in members if read(StoredRun, run).state.is_kept]
    studies = _of_kind(members, Kind.STUDY, StudyRun)
    trials = _of_kind(members, Kind.TRIAL, TrialRun)
    found = _of_kind(members, Kind.REPLICATE, ReplicateRun)
    monitored = _of_kind(members, Kind.MONITORED, MonitoredRun)
    refuse_mixed(sweep, [*trials, *found, *monitored])
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
    engines = engines_from(read_identity(place.client, sweep), config.variants)
    of_cells = (doubt for cell in cells.values() for doubt in cell.doubts)
    all_doubts = tuple(dict.fromkeys((*doubts, *of_cells)))
    return Collected(
        config,
        sweep,
        cells,
        trials,
        replicates,
        monitored,
        engines,
        all_doubts,
        {**curves, **of_trials},
        studies,
        sweeps_with_seed(place.client, place.experiment_id, config.seed, but=name),
        so_far,
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
        group_winners=winners,
    )
