"""What is tuned, with how many trials; who is trained again."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from glorot_sweep.config.limits import MOST_POINTS, MOST_SEEDS
from glorot_sweep.config.section import (
    Depth,
    Range,
    RateRange,
    Schedule,
    Section,
    Trials,
    Updates,
    check_schedule,
)
from glorot_sweep.parts.step_rules import STEP_RULES
from glorot_sweep.spelling import nearest

Share = Annotated[float, Field(ge=0, lt=1)]


class DepthRange(Range):
    """Range of the number of hidden layers."""

    low: Depth = 1
    high: Depth = 5


class PrunerConfig(Section):
    """When a trial is given up: its best error so far is above a percentile of earlier ones.

    Attributes:
        kind: `median` is the 50th percentile; `none`: every trial is trained to its end.
        percentile: a trial goes on while its best error so far is at most this percentile of
            what the complete trials of earlier generations had at the same rung.
        startup_trials: complete trials of earlier generations that are needed first.
    """

    kind: Literal["none", "median", "percentile"] = "median"
    percentile: Annotated[float, Field(gt=0, lt=100)] = 50.0
    startup_trials: Trials = 4

    @model_validator(mode="after")
    def _median_is_fifty(self) -> Self:
        if self.kind == "median" and self.percentile != 50.0:
            raise ValueError(
                f"the median is the 50th percentile, got percentile {self.percentile}; "
                "use kind: percentile"
            )
        return self


class ShareRange(Range):
    """Uniform range within [0, 1)."""

    low: Share
    high: Share


class PretrainingConfig(Section):
    """The search space of unsupervised pre-training, for variants that have it.

    Attributes:
        updates: SGD steps of each hidden layer, any of these.
        learning_rate: of the autoencoders.
        noise: probability with which the masking noise hides an input.
    """

    updates: Annotated[tuple[Updates, ...], Field(min_length=1, max_length=MOST_POINTS)]
    learning_rate: RateRange
    noise: ShareRange = ShareRange(low=0.25, high=0.25)

    @field_validator("updates", mode="before")
    @classmethod
    def _updates_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.updates)) != len(self.updates):
            raise ValueError(f"updates may name each number once, got {list(self.updates)}")
        return self


class StepRuleConfig(Section):
    """The search space of a step rule: rate / (estimate + damping) for each parameter.

    Attributes:
        learning_rate: instead of the one in `search`; where the estimate is small a parameter's
            rate is this divided by the damping.
        damping: positive, since estimates may be 0.
    """

    learning_rate: RateRange
    damping: RateRange

    @field_validator("damping", mode="before")
    @classmethod
    def _positive(cls, value: Any) -> Any:
        for end in ("low", "high"):
            number = value.get(end) if isinstance(value, dict) else None
            if isinstance(number, int | float) and not number > 0:
                raise ValueError(
                    "damping must be positive, since it is added to estimates that may be 0; "
                    f"got {end}: {number}"
                )
        return value


def _known_rule(name: str) -> str:
    known = [rule.name for rule in STEP_RULES.values() if rule.has_damping]
    if name not in known:
        raise ValueError(f"unknown step rule {name!r}{nearest(name, known)}")
    return name


def _with_rules_of_every_file(spaces: "StepRules") -> "StepRules":
    return {**dict.fromkeys(RULES_OF_EVERY_FILE), **spaces}


RULES_OF_EVERY_FILE = ("hessian", "gradient_variance")
"""Rules that a stored configuration names whether a file gives them or not; hashes hold them."""

StepRules = dict[Annotated[str, AfterValidator(_known_rule)], StepRuleConfig | None]
"""The search space of each step rule; the estimates differ by orders of magnitude."""


class SearchConfig(Section):
    """One study per data set and variant, all with this budget.

    Attributes:
        trials: trials of each study.
        generation: trials asked together; none of them sees another's result.
        learning_rate: the range for every variant with one learning rate for all parameters.
        depth: the range of the number of hidden layers, for every variant.
        step_rules: the space of variants with a learning rate of its own for each parameter, by
            the name of their step rule.
        pretraining: further space of pre-trained variants.
        updates: SGD steps of a trial that is not pruned.
        rungs: updates at which trials report and may be pruned; the last update reports too.
        sampler: `tpe`: Optuna's tree-structured Parzen estimator, the first generation at random;
            `random`: all of them.
        table_depth: depth of Table 1; its caption says five hidden layers.
        table_depth_share: share of each study's trials that has `table_depth`.
        pruner: when a trial is given up.
    """

    trials: Trials
    generation: Trials
    learning_rate: RateRange
    depth: DepthRange = DepthRange()
    step_rules: Annotated[StepRules, AfterValidator(_with_rules_of_every_file)] = Field(
        default_factory=dict, validate_default=True
    )
    pretraining: PretrainingConfig | None = None
    updates: Updates
    rungs: Schedule = ()
    sampler: Literal["tpe", "random"] = "tpe"
    table_depth: Depth = 5
    table_depth_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    pruner: PrunerConfig = PrunerConfig()

    @field_validator("rungs", mode="before")
    @classmethod
    def _rungs_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_schedule("rungs", self.rungs, self.updates)
        if not self.depth.low <= self.table_depth <= self.depth.high:
            raise ValueError(
                f"table_depth must lie within the range of depth "
                f"[{self.depth.low}, {self.depth.high}], got {self.table_depth}"
            )
        certain = self.trials if self.pruner.kind == "none" else min(self.generation, self.trials)
        if not any(self.is_at_table_depth(number) for number in range(certain)):
            where = "" if certain == self.trials else " of the first generation, never pruned,"
            raise ValueError(
                f"table_depth_share {self.table_depth_share} leaves none of the {certain} trials"
                f"{where} at table_depth, so Table 1 could stay empty; raise either"
            )
        return self

    def step_rule(self, name: str) -> StepRuleConfig | None:
        """Return the space of a step rule; None if there is none."""
        return self.step_rules.get(name)

    def is_at_table_depth(self, number: int) -> bool:
        """Whether trial `number` has `table_depth`: an even spread of the share.

        Example:
            >>> space = {"low": 0.01, "high": 0.1}
            >>> search = SearchConfig(trials=4, generation=2, learning_rate=space, updates=10,
            ...                       table_depth_share=0.5)
            >>> [search.is_at_table_depth(number) for number in range(4)]
            [False, True, False, True]
        """
        share = self.table_depth_share
        return int((number + 1) * share + 1e-9) > int(number * share + 1e-9)


class ReplicatesConfig(Section):
    """The winners, trained again with other seeds; Table 1 is made of these.

    Attributes:
        seeds: number of replicates of each winner.
        updates: SGD steps of each.
        evaluations: updates at which validation and test error are measured; the last is added.
    """

    seeds: Annotated[int, Field(ge=2, le=MOST_SEEDS)] = 5
    updates: Updates
    evaluations: Schedule = ()

    @field_validator("evaluations", mode="before")
    @classmethod
    def _evaluations_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_schedule("evaluations", self.evaluations, self.updates)
        return self
