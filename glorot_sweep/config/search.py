"""What is tuned, with how many trials."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from glorot_sweep.config.before_groups import OLD_WAY
from glorot_sweep.config.limits import MOST_POINTS, MOST_SEEDS, MOST_TRIALS
from glorot_sweep.config.pretraining import PretrainingConfig
from glorot_sweep.config.section import (
    Depth,
    Range,
    RateRange,
    Schedule,
    Section,
    Trials,
    Updates,
    as_tuples,
    check_schedule,
)
from glorot_sweep.config.stages import Stage, check_growth, stages_of
from glorot_sweep.config.step_rules import StepRuleConfig, StepRules, with_rules_of_every_file

DepthTrials = Annotated[int, Field(ge=0, le=MOST_TRIALS)]
PAPER_DEPTH: Final = 5  # hidden layers; Table 1's caption


class DepthRange(Range):
    """Range of the number of hidden layers."""

    low: Depth = 1
    high: Depth = 5


class PrunerConfig(Section):
    """When a trial is given up: its best error so far is above a percentile of earlier ones.

    A trial is compared with trials of its own depth and group alone.

    Attributes:
        kind: `median` is the 50th percentile; `none`: every trial is trained to its end.
        percentile: a trial goes on while its best error so far is at most this percentile of
            what the complete trials of earlier generations had at the same rung.
        startup_trials: complete trials of earlier generations that are needed first.
        start: share of the updates before which no trial is given up.
        least_complete: so many trials at the table's depth, the first of each group, are never
            given up.
    """

    kind: Literal["none", "median", "percentile"] = "median"
    percentile: Annotated[float, Field(gt=0, lt=100)] = 50.0
    startup_trials: Trials = 4
    start: Annotated[float, Field(ge=0, le=1)] = 0.5
    least_complete: Annotated[int, Field(ge=0, le=MOST_TRIALS)] = 4

    @model_validator(mode="after")
    def _median_is_fifty(self) -> Self:
        if self.kind == "median" and self.percentile != 50.0:
            raise ValueError(
                f"the median is the 50th percentile, got percentile {self.percentile}; "
                "use kind: percentile"
            )
        return self


class SearchConfig(Section):
    """The trials of each data set and variant, in groups that share nothing but this budget.

    Attributes:
        trials: of each group, at `table_depth`.
        depth_trials: further trials of each group, whose depth is searched too.
        groups: disjoint parts of a search, each with proposals and a stream of training examples
            of its own; replicate r trains the winner of group r modulo `groups` again.
        generation: trials asked together; none of them sees another's result.
        learning_rate: the range for every variant whose step rule has no space of its own.
        learning_rates: a range of its own for a variant, by name.
        extend: after a group's trials, two rounds of a quarter as many at `table_depth`, for all
            variants alike; where the winner so far lies in the outer tenth of its range (on the
            logarithmic scale) the range of a round is a third longer there.
        depth: the range of the number of hidden layers, for every variant.
        step_rules: the space of variants with a learning rate of its own for each parameter, by
            the name of their step rule.
        pretraining: further space of pre-trained variants.
        updates: SGD steps of a trial that is not pruned.
        rungs: updates at which trials report and may be pruned; the last update reports too.
        sampler: `random`: every trial for itself; `grid`: learning rates evenly spaced on the
            logarithmic scale, both ends included, all else at random; `tpe`: Optuna's
            tree-structured Parzen estimator, the first generation at random.
        table_depth: depth of the main table, the paper's Table 1 with its five hidden layers.
        table_depth_share: the way of sweeps before there were groups: one search, in which
            `trials` counts all trials, this share of them at `table_depth`, its first trials are
            given up as early as others, and depths are compared with one another.
        pruner: when a trial is given up.
        grown_from: `trials` and `depth_trials` before each growth of a sweep, the oldest first.
            A sweep that grows notes them by itself; a file that gives them asks at once for the
            trials of a sweep that has grown.
    """

    trials: Trials
    depth_trials: Annotated[
        DepthTrials,
        Field(json_schema_extra={"left_out": "0 with one depth, else as `trials`"}),
    ]
    groups: Annotated[
        int,
        Field(ge=1, le=MOST_SEEDS, json_schema_extra={"left_out": "as `replicates.seeds`"}),
    ]
    generation: Trials
    learning_rate: RateRange
    learning_rates: dict[str, RateRange] = Field(default_factory=dict)
    extend: bool = False
    depth: DepthRange = DepthRange()
    step_rules: Annotated[StepRules, AfterValidator(with_rules_of_every_file)] = Field(
        default_factory=dict, validate_default=True
    )
    pretraining: PretrainingConfig | None = None
    updates: Annotated[Updates, Field(json_schema_extra={"left_out": "as `replicates.updates`"})]
    rungs: Schedule = ()
    sampler: Literal["random", "grid", "tpe"] = "random"
    table_depth: Annotated[
        Depth, Field(json_schema_extra={"left_out": "5, or the end of `depth` next to it"})
    ] = PAPER_DEPTH
    table_depth_share: Annotated[float, Field(gt=0, le=1)] | None = None
    pruner: PrunerConfig = PrunerConfig()
    grown_from: Annotated[
        tuple[Annotated[tuple[Trials, DepthTrials], Field(max_length=2)], ...],
        BeforeValidator(as_tuples),
        Field(
            max_length=MOST_POINTS,
            json_schema_extra={
                "constraint": f"pairs [trials, depth_trials], at most {MOST_POINTS} of them, "
                "no number smaller than before"
            },
        ),
    ] = ()

    @field_validator("rungs", mode="before")
    @classmethod
    def _rungs_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="before")
    @classmethod
    def _with_depth_trials(cls, values: Any) -> Any:
        """Fill in what follows from other keys; the old way has none of what came with groups."""
        if not isinstance(values, dict):
            return values
        if values.get(OLD_WAY) is None:
            return {"depth_trials": _depth_trials(values), **_table_depth(values), **values}
        if given := [key for key in ("groups", "depth_trials") if key in values]:
            raise ValueError(
                f"{given[0]} and {OLD_WAY} contradict each other: with {OLD_WAY} there is one "
                f"search, and trials counts all of its trials; leave {OLD_WAY} out"
            )
        return {**values, "groups": 1, "depth_trials": 0}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_schedule("rungs", self.rungs, self.updates)
        if not self.depth.low <= self.table_depth <= self.depth.high:
            raise ValueError(
                f"table_depth must lie within the range of depth "
                f"[{self.depth.low}, {self.depth.high}], got {self.table_depth}"
            )
        if self.depth_trials and self.depth.low == self.depth.high:
            raise ValueError(
                f"depth_trials are there to search the depth, which is {self.depth.low}, got "
                f"{self.depth_trials}; leave them out, or give a range of depth"
            )
        check_growth((*self.grown_from, (self.trials, self.depth_trials)), self.sampler)
        certain = self.trials if self.pruner.kind == "none" else min(self.generation, self.trials)
        if self.is_old_way and not any(map(self.is_at_table_depth, range(certain))):
            where = "" if certain == self.trials else " of the first generation, never pruned,"
            raise ValueError(
                f"table_depth_share {self.table_depth_share} leaves none of the {certain} trials"
                f"{where} at table_depth, so Table 1 could stay empty; raise either"
            )
        return self

    @property
    def is_old_way(self) -> bool:
        """Whether it is one search as it was before there were groups."""
        return self.table_depth_share is not None

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of each group's trials: one, and one for each growth of their number."""
        budgets = (*self.grown_from, (self.trials, self.depth_trials))
        share = self.table_depth_share
        return tuple(stages_of(budgets, self.generation, extend=self.extend, share=share))

    @property
    def group_trials(self) -> int:
        """All trials of a group."""
        return self.stages[-1].stop

    @property
    def group_numbers(self) -> tuple[int | None, ...]:
        """The groups, each by its number; None for the one search of the old way."""
        return (None,) if self.is_old_way else tuple(range(self.groups))

    def step_rule(self, name: str) -> StepRuleConfig | None:
        """Return the space of a step rule; None if there is none."""
        return self.step_rules.get(name)

    def is_at_table_depth(self, number: int) -> bool:
        """Whether trial `number` of a group has `table_depth`: these are spread evenly.

        Example:
            >>> space = {"low": 0.01, "high": 0.1}
            >>> search = SearchConfig(trials=2, groups=1, generation=2, learning_rate=space,
            ...                       updates=10)
            >>> [search.is_at_table_depth(number) for number in range(search.group_trials)]
            [False, True, False, True]
        """
        return self.at_table_depth_before(number + 1) > self.at_table_depth_before(number)

    def may_win_at_table_depth(self, number: int) -> bool:
        """Whether trial `number` of a group may feed the table if it has `table_depth`.

        Trials that search the depth as well may come upon it, for one variant more often than for
        another; the table has the best of equally many. In the old way they count.
        """
        return self.is_old_way or self.is_at_table_depth(number)

    def at_table_depth_before(self, number: int) -> int:
        """Return how many trials of a group before trial `number` have `table_depth`."""
        return sum(stage.at_table_depth_before(number) for stage in self.stages)

    def has_given_range(self, number: int) -> bool:
        """Whether the rate of trial `number` of a group is of the file's range.

        From the first round on, the range of an extended search follows from earlier results.
        """
        return not self.extend or number < self.stages[0].first_trials

    def stage_of(self, number: int) -> Stage:
        """Return the stage that trial `number` of a group is in."""
        return next(stage for stage in self.stages if number < stage.stop)

    def generation_of(self, number: int) -> range:
        """Return the trials of a group that are asked together with trial `number`.

        Example:
            >>> space = {"low": 0.01, "high": 0.1}
            >>> search = SearchConfig(trials=5, depth_trials=0, groups=1, generation=4,
            ...                       learning_rate=space, updates=10, extend=True)
            >>> [list(search.generation_of(number)) for number in (0, 4, 5, 7)]
            [[0, 1, 2, 3], [4], [5, 6], [7, 8]]
        """
        return self.stage_of(number).generation_of(number)


def _ends_of_depth(values: Mapping[str, Any]) -> dict[str, Any]:
    depth = values.get("depth")
    return {**DepthRange().model_dump(), **(depth if isinstance(depth, dict) else {})}


def _table_depth(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the table's depth if the paper's is not in the range; mistakes are told later."""
    ends = _ends_of_depth(values)
    if any(type(end) is not int for end in ends.values()) or ends["low"] > ends["high"]:
        return {}
    nearest = min(max(PAPER_DEPTH, ends["low"]), ends["high"])
    return {} if nearest == PAPER_DEPTH else {"table_depth": nearest}


def _depth_trials(values: Mapping[str, Any]) -> int:
    """Return how many trials search the depth if a file does not say; mistakes are told later."""
    trials, ends = values.get("trials"), _ends_of_depth(values)
    if ends["low"] == ends["high"] or type(trials) is not int:
        return 0
    return trials if 1 <= trials <= MOST_TRIALS else 0
