"""How far a sweep is for one who follows it: studies, totals, rate, what is left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from glorot_sweep.config.factors import Value, at_value, values_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.spelling import duration
from glorot_sweep.sweep.contents.trials import marked_value
from glorot_sweep.sweep.outline import planned_runs
from glorot_sweep.sweep.records.pace import recent_rate
from glorot_sweep.sweep.records.standing import IN_WORK, INTERRUPTED, done, outcomes
from glorot_sweep.sweep.status import wanted_replicates
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.names import Kind
from glorot_sweep.tracking.schema.runs import read
from glorot_sweep.tracking.schema.trained import FollowedRun
from glorot_sweep.tracking.until_decided import ended_replicates, reached
from glorot_sweep.tracking.watched import SeenRun

FAILED = State.GIVEN_UP.word


@dataclass(frozen=True)
class Share:
    """How many of the runs of one kind are done.

    Attributes:
        counts: runs by outcome.
        least, most: runs that there will be; a group has one winner or two.
    """

    counts: Counter[str]
    least: int
    most: int

    @property
    def missing(self) -> int:
        """Runs that are yet to be trained, or to be trained again."""
        return max(self.most - self.counts.total(), 0) + self.counts[INTERRUPTED]

    def __str__(self) -> str:
        wanted = str(self.least) if self.least == self.most else f"{self.least} to {self.most}"
        return f"{done(self.counts)} of {wanted}"


@dataclass(frozen=True)
class FollowedStudy:
    """One variant on one data set, at one value of the sweep's factor.

    Attributes:
        dataset, variant: their names, with the value.
        trials, replicates: how many are done.
        best: the trial with the lowest error so far.
    """

    dataset: str
    variant: str
    trials: Share
    replicates: Share
    best: FollowedRun | None

    @property
    def in_work(self) -> int:
        """Runs that are trained now."""
        return self.trials.counts[IN_WORK] + self.replicates.counts[IN_WORK]

    @property
    def is_done(self) -> bool:
        """Whether no run is missing or in work."""
        return not (self.in_work or self.trials.missing or self.replicates.missing)


@dataclass(frozen=True)
class Followed:
    """A sweep at one look.

    Attributes:
        studies: in the order of the file.
        totals: by kind of run.
        packs: that are trained now.
        devices: on which.
        rate: model-updates per second; None: nothing is known yet.
        left: model-updates that are still to be made, at most.
    """

    studies: tuple[FollowedStudy, ...]
    totals: dict[str, Share]
    packs: int
    devices: tuple[str, ...]
    rate: float | None
    left: int

    @property
    def line(self) -> str:
        """All of it in one line."""
        return "; ".join([*self._done(), self.work, self.pace])

    @property
    def work(self) -> str:
        """What is in work where, and what has failed."""
        counts = sum((share.counts for share in self.totals.values()), Counter[str]())
        packs = f"{self.packs} pack{'' if self.packs == 1 else 's'}"
        where = f" in {packs} on {', '.join(self.devices)}" if counts[IN_WORK] else ""
        words = [f"{counts[IN_WORK]} in work{where}"]
        words += [f"{counts[word]} {word}" for word in (INTERRUPTED, FAILED) if counts[word]]
        return ", ".join(words)

    @property
    def pace(self) -> str:
        """How fast it is, and how long it will take."""
        if not self.left:
            return "no run is missing"
        if not self.rate:
            return "no rate yet"
        return f"{self.rate:,.0f} model-updates/s, about {duration(self.left / self.rate)} left"

    def _done(self) -> list[str]:
        return [f"{kind} {share}" for kind, share in self.totals.items() if share.most]


def followed(config: SweepConfig, runs: Sequence[SeenRun]) -> Followed:
    """Return how far a sweep is.

    Args:
        config: of the sweep.
        runs: of its networks.
    """
    records = [one.record for one in runs]
    read_runs = [read(FollowedRun, record) for record in records]
    seeds = reached(config, ended_replicates(records)).seeds
    studies = tuple(
        _study(config.at_seeds(seeds[dataset, variant]), dataset, variant, value, read_runs)
        for dataset, variant, value in product(config.datasets, config.variants, values_of(config))
    )
    monitored = outcomes(run for run in read_runs if run.kind is Kind.MONITORED)
    n_monitored = planned_runs(config)[Kind.MONITORED]
    totals = {
        "trials": _sum([one.trials for one in studies]),
        "replicates": _sum([one.replicates for one in studies]),
        "monitored runs": Share(monitored, n_monitored, n_monitored),
    }
    updates = (
        config.search.updates,
        config.replicates.updates,
        config.monitored.updates if config.monitored else 0,
    )
    left = sum(n * share.missing for n, share in zip(updates, totals.values(), strict=True))
    now = [(one, run) for one, run in zip(runs, read_runs, strict=True) if not one.has_ended]
    left += sum(max((run.updates or 0) - one.update, 0) for one, run in now)
    packs = round(sum(1 / run.pack_size for _, run in now if run.pack_size))
    devices = tuple(sorted({run.device or "?" for _, run in now}))
    return Followed(studies, totals, packs, devices, recent_rate(runs), left)


def _study(
    config: SweepConfig,
    dataset: str,
    variant: str,
    value: Value | None,
    runs: Sequence[FollowedRun],
) -> FollowedStudy:
    key = dataset, variant, marked_value(value).value
    own = [run for run in runs if (run.dataset, run.variant, run.value) == key]
    trials = [run for run in own if run.kind is Kind.TRIAL]
    replicates = [run for run in own if run.kind is Kind.REPLICATE]
    settled = at_value(config, value)
    wanted = settled.search.groups * settled.search.group_trials
    measured = [run for run in trials if run.objective is not None]
    return FollowedStudy(
        dataset,
        variant if value is None else f"{variant}, {value}",
        Share(outcomes(trials), wanted, wanted),
        Share(outcomes(replicates), *wanted_replicates(settled, replicates)),
        min(measured, key=lambda run: run.objective or 0.0, default=None),
    )


def _sum(shares: Sequence[Share]) -> Share:
    counts = sum((share.counts for share in shares), Counter[str]())
    return Share(counts, sum(one.least for one in shares), sum(one.most for one in shares))
