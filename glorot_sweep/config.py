"""The contract: what a sweep file may say. Frozen and strict, so that nothing is guessed."""

import hashlib
import itertools
import json
import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from glorot_sweep.spelling import nearest
from glorot_sweep.variants import VARIANTS

DATASETS = ("shapeset", "mnist", "cifar10", "small_imagenet")
REDUCED = re.compile(r"small_imagenet-\d+x\d+")  # fewer classes or images; see the builder
DATASET_NAME = r"^[a-z0-9][a-z0-9_-]{0,59}$"
InputScaling = Literal["unit", "symmetric"]

PositiveInt = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Section(BaseModel):
    """A part of a sweep file: unknown keys, wrong types and later changes are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class NetworkConfig(Section):
    """What all networks of a sweep share.

    Attributes:
        width: units of each hidden layer.
        batch_size: examples of an update.
        input_scaling: `unit`: grey level v becomes v / 255, in [0, 1]; `symmetric`:
            v / 127.5 - 1, in [-1, 1]. The paper does not say which.
    """

    width: PositiveInt = 1000  # Sec. 2.3
    batch_size: PositiveInt = 10  # Sec. 2.3
    input_scaling: InputScaling = "unit"


class RateRange(Section):
    """Log-uniform range of the learning rate."""

    low: Rate
    high: Rate

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must not exceed high, got [{self.low}, {self.high}]")
        return self


class DepthRange(Section):
    """Range of the number of hidden layers, both ends included."""

    low: PositiveInt = 1
    high: PositiveInt = 5

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must not exceed high, got [{self.low}, {self.high}]")
        return self


class PrunerConfig(Section):
    """When a trial is given up: its best error so far is above a percentile of earlier ones.

    Attributes:
        kind: `median`, `percentile` or `none`.
        percentile: trials better than this share (percent) of the earlier ones go on.
        startup_trials: complete trials of earlier generations that are needed first.
    """

    kind: Literal["none", "median", "percentile"] = "median"
    percentile: Annotated[float, Field(gt=0, lt=100)] = 50.0
    startup_trials: PositiveInt = 4

    @model_validator(mode="after")
    def _median_is_fifty(self) -> Self:
        if self.kind == "median" and self.percentile != 50.0:
            raise ValueError(
                f"the median is the 50th percentile, got percentile {self.percentile}; "
                "use kind: percentile"
            )
        return self


def _check_schedule(name: str, points: tuple[int, ...], updates: int) -> None:
    if any(b <= a for a, b in itertools.pairwise(points)):
        raise ValueError(f"{name} must rise strictly, got {list(points)}")
    if points and (points[0] < 1 or points[-1] >= updates):
        raise ValueError(f"{name} must lie in 1..{updates - 1} (updates - 1), got {list(points)}")


class SearchConfig(Section):
    """One study per data set and variant, all with this budget.

    Attributes:
        trials: trials of each study.
        generation: trials asked together; none of them sees another's result.
        learning_rate, depth: the search space.
        updates: SGD steps of a trial that is not pruned.
        rungs: updates at which trials report and may be pruned; the last update reports too.
        sampler: `tpe` or `random`.
        table_depth: depth of Table 1; its caption says five hidden layers.
        table_depth_share: share of each study's trials that is enqueued at `table_depth`.
        pruner: when a trial is given up.
    """

    trials: PositiveInt
    generation: PositiveInt
    learning_rate: RateRange
    depth: DepthRange = DepthRange()
    updates: PositiveInt
    rungs: tuple[int, ...] = ()
    sampler: Literal["tpe", "random"] = "tpe"
    table_depth: PositiveInt = 5
    table_depth_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    pruner: PrunerConfig = PrunerConfig()

    @field_validator("rungs", mode="before")
    @classmethod
    def _rungs_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _check_schedule("rungs", self.rungs, self.updates)
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

    def is_at_table_depth(self, number: int) -> bool:
        """Whether trial `number` is enqueued at `table_depth`: an even spread of the share.

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

    seeds: Annotated[int, Field(ge=2)] = 5
    updates: PositiveInt
    evaluations: tuple[int, ...] = ()

    @field_validator("evaluations", mode="before")
    @classmethod
    def _evaluations_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _check_schedule("evaluations", self.evaluations, self.updates)
        return self


class StatisticsConfig(Section):
    """Layer statistics on the probe, and what they may cost.

    In a sweep file `statistics: economy` is short for `statistics: {cost: economy}`.

    Attributes:
        cost: `none`; `economy`: moments, percentiles and saturation at every look, histograms
            and Jacobian spectra at the start and the end of replicates and monitored runs;
            `full`: everything at every look of every run.
        updates: when runs are looked at besides their start and their end; empty: at 100, 200,
            500, 1000, ... A run leaves out what lies beyond its end.
        saturation_bound: an activation is saturated beyond this share of the way from the
            middle of its range to an asymptote.
    """

    cost: Literal["none", "economy", "full"] = "economy"
    updates: tuple[PositiveInt, ...] = ()
    saturation_bound: Annotated[float, Field(gt=0, lt=1)] = 0.9

    @field_validator("updates", mode="before")
    @classmethod
    def _updates_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(b <= a for a, b in itertools.pairwise(self.updates)):
            raise ValueError(f"updates must rise strictly, got {list(self.updates)}")
        return self


class MonitoredConfig(Section):
    """Runs at given learning rates, looked into often: figures 2 to 4, 9 and 10.

    They are trained on the first data set of the sweep, beside the replicates, and are in no
    table.

    Attributes:
        updates: SGD steps of each.
        learning_rates: every run is made with each of them.
        seeds: runs of each kind.
        width: units of each hidden layer; None: the sweep's width.
        depths: hidden layers, by variant; empty: every variant of the sweep at `table_depth`,
            the sigmoid with one layer less besides (figure 2).
    """

    updates: PositiveInt
    learning_rates: Annotated[tuple[Rate, ...], Field(min_length=1)] = (0.05,)
    seeds: PositiveInt = 1
    width: PositiveInt | None = None
    depths: dict[str, tuple[PositiveInt, ...]] = {}

    @field_validator("learning_rates", mode="before")
    @classmethod
    def _rates_as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("depths", mode="before")
    @classmethod
    def _depths_as_tuples(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = {"learning_rates": self.learning_rates}
        named |= {f"depths.{variant}": depths for variant, depths in self.depths.items()}
        for name, given in named.items():
            if len(set(given)) != len(given):
                raise ValueError(f"{name} may name each value once, got {list(given)}")
        return self


class SignificanceConfig(Section):
    """The test that decides what is bold, named before the data are seen."""

    test: Literal["welch", "paired", "two_proportions"] = "welch"
    level: Annotated[float, Field(gt=0, lt=1)] = 0.005  # caption of Table 1


class ExecutionConfig(Section):
    """How the work is done. On the CPU nothing here changes a number, so it may be edited.

    Attributes:
        pack_size: trials trained in lockstep at the most.
        threads: threads of a training process; 0 leaves the choice to PyTorch, and gives one
            to each of several workers.
        device: `cpu`, `cuda`, or `auto` for a GPU if there is one.
        device_share: of a GPU that one worker gets; 0.5 puts two workers on each.
        max_failed: runs that may fail for good before the sweep stops.
        hang_seconds: a worker that shows no progress for so long is replaced.
    """

    pack_size: PositiveInt = 20
    threads: Annotated[int, Field(ge=0)] = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    device_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    max_failed: Annotated[int, Field(ge=0)] = 10
    hang_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 900.0


class SweepConfig(Section):
    """One sweep file.

    Attributes:
        name: names the sweep in MLflow and Optuna.
        seed: every other seed is derived from it.
        datasets, variants: the columns and rows of Table 1.
        image_folders: data sets of one's own, or other copies of known ones: name to a folder
            `<split>/<class>/<image>`, or a tar of one, within the data folder.
        monitored: runs for the figures, or none.
        statistics: what is measured inside the layers.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    seed: Annotated[int, Field(ge=0)] = 2010
    image_folders: dict[Annotated[str, Field(pattern=DATASET_NAME)], str] = {}
    datasets: Annotated[tuple[str, ...], Field(min_length=1)]
    variants: Annotated[tuple[str, ...], Field(min_length=1)] = tuple(VARIANTS)
    network: NetworkConfig = NetworkConfig()
    search: SearchConfig
    replicates: ReplicatesConfig
    significance: SignificanceConfig = SignificanceConfig()
    monitored: MonitoredConfig | None = None
    statistics: StatisticsConfig = StatisticsConfig()
    execution: ExecutionConfig = ExecutionConfig()

    @field_validator("datasets", "variants", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("datasets")
    @classmethod
    def _known_datasets(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        own = [name for name in info.data.get("image_folders", {}) if name not in DATASETS]
        reduced = [name for name in names if REDUCED.fullmatch(name)]
        return _known("data set", names, (*DATASETS, *own, *reduced))

    @field_validator("variants")
    @classmethod
    def _known_variants(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return _known("variant", names, tuple(VARIANTS))

    @field_validator("statistics", mode="before")
    @classmethod
    def _cost_alone(cls, value: Any) -> Any:
        return {"cost": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _image_folders_are_used(self) -> Self:
        idle = sorted(set(self.image_folders) - set(self.datasets))
        if idle:
            raise ValueError(f"image_folders names {idle[0]!r}, which is not among datasets")
        return self

    @model_validator(mode="after")
    def _monitored_runs_can_be_made(self) -> Self:
        if self.monitored is None:
            return self
        _known("variant of monitored.depths", tuple(self.monitored.depths), self.variants)
        if self.statistics.cost == "none":
            raise ValueError(
                "monitored runs are there to be looked into, but statistics is none; choose "
                "economy or full, or leave monitored out"
            )
        return self

    def identity(self) -> dict[str, Any]:
        """Everything that decides the numbers, as plain data: all but `execution`."""
        return self.model_dump(mode="json", exclude={"execution"})

    def hash(self) -> str:
        """Short hash of `identity`: two sweeps with the same hash are the same sweep."""
        canonical = json.dumps(self.identity(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _known(kind: str, names: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise ValueError(f"unknown {kind} {name!r}{nearest(name, known)}")
    if len(set(names)) != len(names):
        raise ValueError(f"each {kind} may be named once, got {list(names)}")
    return names
