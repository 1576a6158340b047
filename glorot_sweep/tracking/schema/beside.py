"""Runs beside the sweeps: initialization studies and support vector machines."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import (
    ANY_NUMBER,
    COUNT,
    DEPTH,
    NUMBER,
    PERCENT,
    RATE,
    SIX_DECIMALS,
    WHOLE,
    Part,
    stored,
)
from glorot_sweep.tracking.schema.names import Metric, MetricFamily, Param, Tag
from glorot_sweep.tracking.schema.runs import StoredRun


@dataclass(frozen=True, kw_only=True)
class LookedAt(Part):
    """The data set whose images are seen, by name."""

    dataset: str = stored(Tag.DATASET)


@dataclass(frozen=True, kw_only=True)
class InitStudySize(Part):
    """What an initialization study looks at; see `init_study.networks.StudySize`.

    Attributes:
        n_inputs, n_classes: of the data set.
    """

    n_inputs: int = stored(Param.N_INPUTS, spelling=COUNT)
    n_classes: int = stored(Param.N_CLASSES, spelling=COUNT)
    width: int = stored(Param.WIDTH, spelling=COUNT)
    depth: int = stored(Param.DEPTH, spelling=DEPTH)
    draws: int = stored(Param.DRAWS, spelling=COUNT)
    examples: int = stored(Param.EXAMPLES, spelling=COUNT)
    seed: int = stored(Param.SEED, spelling=WHOLE)


@dataclass(frozen=True, kw_only=True)
class Headline(Part):
    """An initialization study in few numbers, each by initialization (of tanh networks) or variant.

    Attributes:
        mean_singular_value: of the Jacobians between layers.
        activation_spread: standard deviation of the last layer's activations over the first's.
        gradient_spread: that of the first layer's gradients over the last's.
    """

    mean_singular_value: Mapping[str, float] = stored(
        MetricFamily.MEAN_SINGULAR_VALUE, spelling=ANY_NUMBER
    )
    activation_spread: Mapping[str, float] = stored(
        MetricFamily.ACTIVATION_SPREAD, spelling=ANY_NUMBER
    )
    gradient_spread: Mapping[str, float] = stored(MetricFamily.GRADIENT_SPREAD, spelling=ANY_NUMBER)


@dataclass(frozen=True, kw_only=True)
class StudiedVariants(Part):
    """The variants of which an initialization study is, in one text; None: the paper's networks."""

    variants: str | None = stored(Tag.STUDIED_VARIANTS, default=None)


@dataclass(frozen=True, kw_only=True)
class StudiedScaling(Part):
    """How pixels became the inputs of an initialization study; None: in [0, 1]."""

    input_scaling: str | None = stored(Param.INPUT_SCALING, default=None)


@dataclass(frozen=True, kw_only=True)
class InitStudyRun(StoredRun, LookedAt, InitStudySize, Headline, StudiedVariants, StudiedScaling):
    """The run of an initialization study."""


@dataclass(frozen=True, kw_only=True)
class SvmParams(Part):
    """What a support vector machine is asked for; see `svm.request.SvmRequest`.

    Attributes:
        requested: the data set as it was named; the tag `dataset` is the finite one.
        n_inputs, n_classes: of the data set.
    """

    requested: str = stored(Param.DATASET)
    examples: int = stored(Param.EXAMPLES, spelling=COUNT)
    tuning_examples: int = stored(Param.TUNING_EXAMPLES, spelling=COUNT)
    trials: int = stored(Param.TRIALS, spelling=COUNT)
    seed: int = stored(Param.SEED, spelling=WHOLE)
    n_inputs: int = stored(Param.N_INPUTS, spelling=COUNT)
    n_classes: int = stored(Param.N_CLASSES, spelling=COUNT)


@dataclass(frozen=True, kw_only=True)
class SvmMark(LookedAt):
    """What distinguishes a SVM's run from a network's."""

    variant: str = stored(Tag.VARIANT)


@dataclass(frozen=True, kw_only=True)
class SvmStudyMark(Part):
    """Where a SVM's C and gamma are searched: its study in Optuna's storage."""

    optuna_study: str | None = stored(Tag.OPTUNA_STUDY, default=None)


@dataclass(frozen=True, kw_only=True)
class SvmFinals(Part):
    """What an SVM is worth, errors in percent; None before its end.

    Attributes:
        test_error, validation_error: of the SVM that was fitted on all examples.
        low, high: 95 % interval of the test error.
        best_validation_error: of the best trial.
        support_vectors: examples that are support vectors.
        c, gamma: of the best trial.
        fit_seconds, test_seconds: what fit and predictions took.
    """

    test_error: float | None = stored(Metric.TEST_ERROR, spelling=PERCENT, default=None)
    low: float | None = stored(Metric.TEST_ERROR_LOW, spelling=PERCENT, default=None)
    high: float | None = stored(Metric.TEST_ERROR_HIGH, spelling=PERCENT, default=None)
    validation_error: float | None = stored(Metric.VALIDATION_ERROR, spelling=PERCENT, default=None)
    best_validation_error: float | None = stored(
        Metric.BEST_VALIDATION_ERROR, spelling=PERCENT, default=None
    )
    support_vectors: int | None = stored(Metric.SUPPORT_VECTORS, spelling=COUNT, default=None)
    c: float | None = stored(Metric.C, spelling=RATE, default=None)
    gamma: float | None = stored(Metric.GAMMA, spelling=RATE, default=None)
    fit_seconds: float | None = stored(Metric.FIT_SECONDS, spelling=NUMBER, default=None)
    test_seconds: float | None = stored(Metric.TEST_SECONDS, spelling=NUMBER, default=None)


@dataclass(frozen=True, kw_only=True)
class SvmRun(StoredRun, SvmMark, SvmParams, SvmStudyMark, SvmFinals):
    """The run of a support vector machine."""


@dataclass(frozen=True, kw_only=True)
class SvmTrialMark(SvmMark):
    """Which SVM a trial belongs to: the id of its run."""

    baseline: str = stored(Tag.BASELINE)


@dataclass(frozen=True, kw_only=True)
class SvmTrialParams(Part):
    """What a trial of an SVM tries, on how many examples."""

    c: float = stored(Param.C, spelling=RATE)
    gamma: float = stored(Param.GAMMA, spelling=RATE)
    log10_c: float = stored(Param.LOG10_C, spelling=SIX_DECIMALS)
    log10_gamma: float = stored(Param.LOG10_GAMMA, spelling=SIX_DECIMALS)
    examples: int = stored(Param.EXAMPLES, spelling=COUNT)


def pair(c: float, gamma: float, examples: int) -> SvmTrialParams:
    """Return what is stored of a pair that is tried on so many examples."""
    return SvmTrialParams(
        c=c, gamma=gamma, log10_c=math.log10(c), log10_gamma=math.log10(gamma), examples=examples
    )


@dataclass(frozen=True, kw_only=True)
class SvmTrialFinals(Part):
    """What a pair is worth; None before the trial's end.

    Attributes:
        objective: validation error, percent.
        support_vectors, fit_seconds: as of the SVM.
    """

    objective: float | None = stored(Metric.OBJECTIVE, spelling=PERCENT, default=None)
    support_vectors: int | None = stored(Metric.SUPPORT_VECTORS, spelling=COUNT, default=None)
    fit_seconds: float | None = stored(Metric.FIT_SECONDS, spelling=NUMBER, default=None)


@dataclass(frozen=True, kw_only=True)
class SvmTrialRun(StoredRun, SvmTrialMark, SvmTrialParams, SvmTrialFinals):
    """The run of a SVM's trial."""
