"""Runs of a sweep's studies: trials, replicates and monitored runs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.specs import TrialSpec
from glorot_sweep.tracking.schema.fields import (
    COUNT,
    DEPTH,
    NUMBER,
    PERCENT,
    RATE,
    SIX_DECIMALS,
    WHOLE,
    WIDTHS,
    Part,
    stored,
)
from glorot_sweep.tracking.schema.names import Curve, Metric, Param, Tag
from glorot_sweep.tracking.schema.runs import MadeBy, StoredRun

BOTH = "+"  # between the roles of a replicate that has two
NOT_LEARNED = "no"


@dataclass(frozen=True, kw_only=True)
class Studied(Part):
    """What a study is about: a column and a row of the table."""

    dataset: str = stored(Tag.DATASET, Param.DATASET)
    variant: str = stored(Tag.VARIANT, Param.VARIANT)


@dataclass(frozen=True, kw_only=True)
class InGroup(Part):
    """The part of a search that a run belongs to; earlier versions had searches in one part."""

    group: int | None = stored(Tag.GROUP, spelling=COUNT, default=None)


@dataclass(frozen=True, kw_only=True)
class AtValue(Part):
    """At which value of the sweep's factor a run is; nothing of a sweep without one.

    Attributes:
        factor: `depth` or `width`.
        factor_value: hidden layers, or units of each.
    """

    factor: str | None = stored(Tag.FACTOR, default=None)
    factor_value: int | None = stored(Tag.FACTOR_VALUE, spelling=COUNT, default=None)

    @property
    def value(self) -> tuple[str | None, int | None]:
        """Both together."""
        return self.factor, self.factor_value

    @property
    def shown_value(self) -> str:
        """The same in words."""
        return "no value" if self.factor is None else f"{self.factor} {self.factor_value}"


@dataclass(frozen=True, kw_only=True)
class Specified(Part):
    """What a trained network is, the same params on every run, so that all can be compared.

    Earlier versions had plain SGD, equal widths and full precision alone, and no pre-training.

    Attributes:
        layer_widths: units of each hidden layer; None of a run that does not say: all `width`.
        damping: of the step rule; 0 of plain SGD.
        noise, pretraining_rate, pretraining_updates: 0 without pre-training.
        schedule, weight_decay: of runs that have another one than `constant` and 0 alone, so that
            all others are stored as they were before there were any.
        window: evaluations over which its final errors are means; earlier versions had 1 alone.

    The others are those of `TrialSpec` and of its variant.
    """

    activation: str = stored(Param.ACTIVATION)
    batch_size: int = stored(Param.BATCH_SIZE, spelling=COUNT)
    damping: float = stored(Param.DAMPING, spelling=NUMBER, default=0.0)
    data_seed: int = stored(Param.DATA_SEED, spelling=WHOLE)
    depth: int = stored(Param.DEPTH, spelling=DEPTH)
    initialization: str = stored(Param.INITIALIZATION)
    input_scaling: str = stored(Param.INPUT_SCALING)
    layer_widths: tuple[int, ...] | None = stored(Param.LAYER_WIDTHS, spelling=WIDTHS, default=None)
    learning_rate: float = stored(Param.LEARNING_RATE, spelling=RATE)
    log10_learning_rate: float = stored(Param.LOG10_LEARNING_RATE, spelling=SIX_DECIMALS)
    matmul_precision: str = stored(Param.MATMUL_PRECISION, default="highest")
    schedule: str | None = stored(Param.SCHEDULE, default=None)
    step_rule: str = stored(Param.STEP_RULE, default="sgd")
    noise: float = stored(Param.NOISE, spelling=NUMBER, default=0.0)
    pretraining_rate: float = stored(Param.PRETRAINING_RATE, spelling=NUMBER, default=0.0)
    pretraining_updates: int = stored(Param.PRETRAINING_UPDATES, spelling=COUNT, default=0)
    updates: int = stored(Param.UPDATES, spelling=COUNT)
    weight_decay: float | None = stored(Param.WEIGHT_DECAY, spelling=NUMBER, default=None)
    weight_seed: int = stored(Param.WEIGHT_SEED, spelling=WHOLE)
    width: int = stored(Param.WIDTH, spelling=COUNT)
    window: int = stored(Param.WINDOW, spelling=COUNT, default=1)


def specified(spec: TrialSpec) -> Specified:
    """Return what a specification is stored as."""
    variant, pretraining = spec.variant, spec.pretraining
    return Specified(
        activation=variant.activation,
        batch_size=spec.batch_size,
        damping=spec.damping or 0.0,
        data_seed=spec.data_seed,
        depth=spec.depth,
        initialization=variant.initialization,
        input_scaling=spec.input_scaling,
        layer_widths=spec.layer_widths,
        learning_rate=spec.learning_rate,
        log10_learning_rate=math.log10(spec.learning_rate),
        matmul_precision=spec.matmul_precision,
        schedule=None if SCHEDULES[variant.schedule].is_constant else variant.schedule,
        step_rule=variant.step_rule,
        noise=pretraining.noise if pretraining else 0.0,
        pretraining_rate=pretraining.learning_rate if pretraining else 0.0,
        pretraining_updates=pretraining.updates if pretraining else 0,
        updates=spec.updates,
        weight_decay=variant.weight_decay or None,
        weight_seed=spec.weight_seed,
        width=spec.width,
        window=spec.window,
    )


@dataclass(frozen=True, kw_only=True)
class Placed(Part):
    """Where a network was trained; on a GPU this decides the last bits.

    Attributes:
        device: `cpu` or `cuda`.
        device_type: see `host.processor.device_type`.
        pack_size: networks in its pack.
    """

    device: str | None = stored(Tag.DEVICE, default=None)
    device_type: str | None = stored(Tag.DEVICE_TYPE, default=None)
    pack_size: int | None = stored(Tag.PACK_SIZE, spelling=COUNT, default=None)


@dataclass(frozen=True, kw_only=True)
class CountedRun(StoredRun, Studied, InGroup, AtValue):
    """Any run of a study, as far as it is counted: a kill may have left it without its params.

    Attributes:
        role: of a replicate; see `ReplicateMark`.
    """

    role: str | None = stored(Tag.ROLE, default=None)


@dataclass(frozen=True, kw_only=True)
class Finals(Part):
    """What a network is worth, errors in percent; None where it was not measured.

    Attributes:
        objective: what the search minimizes: the validation error at the end; none of a pruned one.
        validation_error, test_error: at the end: means over the last evaluations, as many as the
            param `window` says.
        best_validation_error, best_test_error: at the evaluation of the lowest validation error.
        updates_done: SGD steps.
    """

    objective: float | None = stored(Metric.OBJECTIVE, spelling=PERCENT, default=None)
    validation_error: float | None = stored(Metric.VALIDATION_ERROR, spelling=PERCENT, default=None)
    test_error: float | None = stored(Metric.TEST_ERROR, spelling=PERCENT, default=None)
    best_validation_error: float | None = stored(
        Metric.BEST_VALIDATION_ERROR, spelling=PERCENT, default=None
    )
    best_test_error: float | None = stored(Metric.BEST_TEST_ERROR, spelling=PERCENT, default=None)
    updates_done: int | None = stored(Metric.UPDATES_DONE, spelling=COUNT, default=None)


@dataclass(frozen=True, kw_only=True)
class FollowedRun(CountedRun, Placed, Finals):
    """The same, as far as a person follows it while it is trained.

    Attributes:
        learning_rate: step size.
        updates: that it is to make, after any pre-training.
    """

    learning_rate: float | None = stored(Param.LEARNING_RATE, spelling=RATE, default=None)
    updates: int | None = stored(Param.UPDATES, spelling=COUNT, default=None)


@dataclass(frozen=True, kw_only=True)
class MemberRun(StoredRun, Finals):
    """Any run of a sweep, as far as it decides what is left to do.

    Attributes:
        params: all of them, as they are spelled; see `members.member_run`.
    """

    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether its training has left everything that it should, whatever MLflow's status."""
        return self.state.is_kept and not self.given_up and self.updates_done is not None


@dataclass(frozen=True, kw_only=True)
class TrialMark(InGroup, AtValue):
    """Which trial it is of its group; one of the command `train` is of none."""

    trial: int | None = stored(Tag.TRIAL, spelling=COUNT, default=None)
    study: str | None = stored(Tag.STUDY, default=None)


@dataclass(frozen=True, kw_only=True)
class SeedMark(Part):
    """Which of several runs of one specification it is: counted from 0."""

    seed: int = stored(Tag.SEED, spelling=COUNT)


@dataclass(frozen=True, kw_only=True)
class ReplicateMark(SeedMark, InGroup, AtValue):
    """What a replicate repeats.

    Attributes:
        role: which tables it feeds; see `roles`.
        winner: the trial whose specification it has: `t012`, of its group.
        study: the run of its study, by key.
        learned: `NOT_LEARNED`, or nothing; see `has_learned`.
    """

    role: str = stored(Tag.ROLE)
    winner: str | None = stored(Tag.WINNER, default=None)
    study: str | None = stored(Tag.STUDY, default=None)
    learned: str | None = stored(Tag.LEARNED, default=None)

    @property
    def has_learned(self) -> bool:
        """Whether the trial that it repeats was better than always the majority class."""
        return self.learned != NOT_LEARNED

    @property
    def roles(self) -> tuple[str, ...]:
        """The tables that it feeds, each a `Role`."""
        return tuple(self.role.split(BOTH))


@dataclass(frozen=True, kw_only=True)
class TrainedRun(MemberRun, Studied, Specified, MadeBy, Placed):
    """The run of a trained network."""

    @property
    def unequal_widths(self) -> tuple[int, ...]:
        """Units of each hidden layer, where they differ."""
        widths = self.layer_widths or ()
        return widths if len(set(widths)) > 1 else ()


@dataclass(frozen=True, kw_only=True)
class TrialRun(TrainedRun, TrialMark):
    """The run of a trial."""


@dataclass(frozen=True, kw_only=True)
class MonitoredRun(TrainedRun, SeedMark):
    """The run of a network that is trained for what is seen in its layers."""


@dataclass(frozen=True, kw_only=True)
class LastPoints(Part):
    """Where a network's curves end, errors in percent; None without a point."""

    last_validation_error: float | None = stored(
        Curve.VALIDATION_ERROR, spelling=PERCENT, default=None
    )
    last_test_error: float | None = stored(Curve.TEST_ERROR, spelling=PERCENT, default=None)


@dataclass(frozen=True, kw_only=True)
class ReplicateRun(TrainedRun, ReplicateMark, LastPoints):
    """The run of a replicate."""
