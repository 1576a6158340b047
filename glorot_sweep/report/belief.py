"""Whether the numbers of a sweep's runs are those that their predictions and curves tell.

A store can be changed by anyone who may write to it, and a disk can err. Before a table is made,
each replicate's last test error is counted again from its predictions, and its final errors are
recomputed from its curves; seeds, sizes and numbers of runs are compared with the configuration.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.config.window import evaluated_at
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.fields import shortened, shown
from glorot_sweep.tracking.schema.names import Curve, Metric, Role
from glorot_sweep.tracking.schema.trained import MonitoredRun, ReplicateRun, Specified, TrialRun

MARK = "†"  # at a cell whose replicates are believed, and beside which something does not fit
HEADING = "Runs that are not believed"
LEAD = (
    "A cell with a replicate whose numbers contradict each other is shown as doubtful and has no "
    f"mean; {MARK} marks a cell beside which something else does not fit. Delete such a run, and "
    "the command that started the sweep trains it again."
)
ONE_WINNER = tuple(  # what replicates of one winner have alike
    field.name
    for field in fields(Specified)
    if field.name not in {"data_seed", "weight_seed", "log10_learning_rate"}
)
ROUNDING = 1e-9  # points; all errors are counts over the same number of examples, or their means
FINALS: Final = {
    Metric.TEST_ERROR: Curve.TEST_ERROR,
    Metric.VALIDATION_ERROR: Curve.VALIDATION_ERROR,
}


Seeds = Mapping[tuple[str, str], int]
"""How many seeds each data set and variant must have."""

Curves = Mapping[Curve, Mapping[int, float]]
"""The points of a run's validation and test errors by update, percent."""


@dataclass(frozen=True)
class Answers:
    """What a replicate answered to the test examples.

    Attributes:
        predictions, labels: classes [examples].
    """

    predictions: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    @property
    def error(self) -> float:
        """Test error, percent."""
        return 100 * int((self.predictions != self.labels).sum()) / len(self.labels)


def answers_in(arrays: Mapping[str, NDArray[Any]]) -> Answers:
    """Return the answers that an artifact holds.

    Raises:
        ValueError: it holds something else.
    """
    if set(arrays) != {"predictions", "labels"}:
        names = shortened(", ".join(sorted(arrays)))
        raise ValueError(f"it holds {names}, not predictions and labels")
    given = Answers(arrays["predictions"], arrays["labels"])
    for classes in (given.predictions, given.labels):
        if classes.dtype != np.uint8 or classes.ndim != 1 or not classes.size:
            raise ValueError(f"it holds {classes.dtype}{list(classes.shape)}, not uint8[examples]")
    if given.predictions.shape != given.labels.shape:
        raise ValueError(
            f"it holds {len(given.predictions)} predictions for {len(given.labels)} labels"
        )
    return given


@dataclass(frozen=True)
class Doubt:
    """Why a run is not believed, or what else does not fit.

    Attributes:
        dataset, variant: where.
        what: does not fit, in words.
        run_id, name: of the run; empty if it is none in particular.
        is_left_out: the run is not among those that its cell asks for; the others are.
    """

    dataset: str
    variant: str
    what: str
    run_id: str = ""
    name: str = ""
    is_left_out: bool = False

    @property
    def sentence(self) -> str:
        """The doubt as it is shown."""
        if self.run_id:
            return f"{self.name} ({self.run_id}) {self.what}"
        return f"{self.variant} on {self.dataset}: {self.what}"


def about(
    run: ReplicateRun | TrialRun | MonitoredRun, what: str, *, is_left_out: bool = False
) -> Doubt:
    """Return a doubt about a run."""
    return Doubt(run.dataset, run.variant, what, run.run_id, run.name, is_left_out)


def asked_for(
    replicates: Sequence[ReplicateRun], config: SweepConfig, seeds: Seeds
) -> tuple[list[ReplicateRun], list[Doubt]]:
    """Return the replicates that the configuration asks for, and a doubt about each other one.

    Args:
        replicates: all that there are.
        config: the sweep.
        seeds: that each cell must have.
    """
    wanted, doubts = [], []
    for run in replicates:
        if what := _not_asked_for(run, config, seeds):
            doubts.append(about(run, f"is left out: {what}", is_left_out=True))
        else:
            wanted.append(run)
    return wanted, doubts


def _not_asked_for(run: ReplicateRun, config: SweepConfig, seeds: Seeds) -> str:
    if run.dataset not in config.datasets or run.variant not in config.variants:
        return "the sweep has no such cell"
    if not set(run.roles) <= set(Role):
        return f"its role is {shown(run.role)}"
    count = seeds[run.dataset, run.variant]
    if run.seed >= count:
        whose = "this cell" if config.replicates.until_decided else "this sweep"
        return f"its seed is {run.seed}, and the seeds of {whose} are 0 to {count - 1}"
    search = config.at_look(-1).search
    if run.group != (wanted := search.group_numbers[run.seed % search.groups]):
        return f"it repeats a winner of group {run.group}, and seed {run.seed} is of {wanted}"
    return ""


def doubts_about_numbers(
    run: ReplicateRun, answers: Answers, curves: Curves, config: SweepConfig
) -> list[Doubt]:
    """Return what contradicts itself in a measured replicate; nothing if all agrees."""
    found = [*_contradictions(run, answers, curves, config), *_other_than_asked(run, config)]
    return [about(run, what) for what in found]


def _contradictions(
    run: ReplicateRun, answers: Answers, curves: Curves, config: SweepConfig
) -> Iterator[str]:
    headline, window = run.needs(Metric.TEST_ERROR), config.replicates.window
    is_diverged = run.state is State.DIVERGED
    if is_diverged or window == 1:
        yield from _not_of_predictions(Metric.TEST_ERROR, headline, answers)
    elif run.last_test_error is not None:  # the headline is the mean of more than this
        yield from _not_of_predictions(f"{Curve.TEST_ERROR} at last", run.last_test_error, answers)
    if is_diverged:  # it counts as if it always answered the majority class
        if len(np.unique(answers.predictions)) > 1:
            yield "is diverged, but its predictions are not of one class alone"
        return
    asked = config.replicates
    wanted = evaluated_at(asked.evaluations, asked.updates, window)[-window:]
    for metric, curve in FINALS.items():
        yield from _not_of_curve(metric, run.needs(metric), curve, curves[curve], wanted)


def _not_of_predictions(what: str, error: float, answers: Answers) -> Iterator[str]:
    if _differ(error, answers.error):
        yield (
            f"says {what} {error:.6g}, but its predictions are wrong in {answers.error:.6g} % of "
            "the test examples"
        )


def _not_of_curve(
    metric: Metric, value: float, curve: Curve, points: Mapping[int, float], wanted: Sequence[int]
) -> Iterator[str]:
    """Yield how a final value is not the mean of the points at its last evaluations."""
    window = len(wanted)
    last = sorted(points)[-window:]
    if not last:
        yield f"has no point of {curve}"
        return
    mean = sum(points[update] for update in last) / len(last)
    if _differ(mean, value):
        of = "ends at" if window == 1 else f"has in its last {window} points the mean"
        yield f"says {metric} {value:.6g}, but its curve {curve} {of} {mean:.6g}"
    if last != list(wanted):
        yield (
            f"has the last points of {curve} at the updates {_listed(last, window)}, and the "
            f"configuration asks for {_listed(wanted, window)}"
        )


def _differ(one: float, other: float) -> bool:
    return not abs(one - other) <= ROUNDING  # also where one of them is no number


def _other_than_asked(run: ReplicateRun, config: SweepConfig) -> Iterator[str]:
    network = config.network
    replicates = config.replicates
    wanted = {
        "updates": replicates.updates, "window": replicates.window,
        "batch_size": network.batch_size,
    }  # fmt: skip
    if Role.TABLE_DEPTH in run.roles:
        wanted["depth"] = config.search.table_depth
    if config.replicates.widths:
        wanted["width"] = network.width
    for name, value in wanted.items():
        if (found := getattr(run, name)) != value:
            yield f"has {name} {found}, and the configuration asks for {value}"
    done = run.updates_done
    if run.state is State.COMPLETE and done != run.updates:
        yield f"is complete after {done} of {run.updates} updates"


def doubts_about_likeness(runs: Sequence[ReplicateRun]) -> list[Doubt]:
    """Return which replicates of a cell have another specification than most of their group."""
    found = []
    for group in dict.fromkeys(run.group for run in runs):
        alike = [run for run in runs if run.group == group]
        rest = "the rest of its cell" if group is None else f"the rest of group {group}"
        for name in ONE_WINNER:
            (usual, _), *others = Counter(getattr(run, name) for run in alike).most_common()
            odd = [run for run in alike if others and getattr(run, name) != usual]
            found += [
                about(run, f"has {name} {getattr(run, name)}, and {rest} {usual}") for run in odd
            ]
    return found


def doubts_about_trials(
    trials: Iterable[TrialRun], config: SweepConfig, seeds: Seeds
) -> list[Doubt]:
    """Return what does not fit in the number of trials of each study's groups.

    Args:
        trials: all that there are.
        config: the sweep.
        seeds: that each cell must have; each has a group of its own if they differ.
    """
    groups = config.at_look(-1).search.group_numbers
    studies: dict[tuple[str, str, int | None], list[TrialRun]] = {
        (dataset, variant, group): []
        for dataset in config.datasets
        for variant in config.variants
        for group in groups
        if group is None or group < seeds[dataset, variant]
    }
    found = []
    for trial in trials:
        if (key := (trial.dataset, trial.variant, trial.group)) in studies:
            studies[key].append(trial)
        else:
            found.append(about(trial, "is a trial of no study of this sweep", is_left_out=True))
    for (dataset, variant, group), of_group in studies.items():
        where = "" if group is None else f" of group {group}"
        found += _doubts_about_group(dataset, variant, where, of_group, config.search.group_trials)
    return found


def _doubts_about_group(
    dataset: str, variant: str, where: str, trials: Sequence[TrialRun], count: int
) -> Iterator[Doubt]:
    numbers, wanted = Counter(trial.trial for trial in trials), range(count)
    if lacking := [number for number in wanted if number not in numbers]:
        what = f"the runs of trials {_listed(lacking)}{where} are gone"
        yield Doubt(dataset, variant, what)
    for trial in trials:
        if trial.trial not in wanted:
            each = "each group" if where else "each study"
            what = f"is trial {trial.trial}{where}, and {each} has {len(wanted)}"
        elif numbers[trial.trial] > 1:
            what = f"is one of {numbers[trial.trial]} runs of trial {trial.trial}{where}"
        else:
            continue
        yield about(trial, what, is_left_out=True)


def _listed(numbers: Sequence[int], most: int = 5) -> str:
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return ", ".join(map(str, numbers[:most])) + more
