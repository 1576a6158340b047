"""The runs of studies themselves: parents of their trials, replicates and monitored runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import DEPTH, PERCENT, RATE, Part, stored
from glorot_sweep.tracking.schema.names import Metric, Tag, TagFamily
from glorot_sweep.tracking.schema.runs import MadeBy, StoredRun
from glorot_sweep.tracking.schema.trained import AtValue, Studied


@dataclass(frozen=True, kw_only=True)
class StudyMark(Studied, AtValue):
    """Which study it is.

    Attributes:
        study: its own key.
        optuna_study: its name in Optuna's storage, of several groups that of the first.
    """

    study: str = stored(Tag.STUDY)
    optuna_study: str = stored(Tag.OPTUNA_STUDY)


@dataclass(frozen=True, kw_only=True)
class Best(Part):
    """The winner of a study at any depth."""

    best_validation_error: float | None = stored(
        Metric.BEST_VALIDATION_ERROR, spelling=PERCENT, default=None
    )
    best_learning_rate: float | None = stored(
        Metric.BEST_LEARNING_RATE, spelling=RATE, default=None
    )
    best_depth: int | None = stored(Metric.BEST_DEPTH, spelling=DEPTH, default=None)


@dataclass(frozen=True, kw_only=True)
class BestAtTableDepth(Part):
    """The winner of a study at the depth of the table."""

    table_depth_validation_error: float | None = stored(
        Metric.TABLE_DEPTH_VALIDATION_ERROR, spelling=PERCENT, default=None
    )
    table_depth_learning_rate: float | None = stored(
        Metric.TABLE_DEPTH_LEARNING_RATE, spelling=RATE, default=None
    )
    table_depth_depth: int | None = stored(Metric.TABLE_DEPTH_DEPTH, spelling=DEPTH, default=None)


@dataclass(frozen=True, kw_only=True)
class RangeEdges(Part):
    """Winners at the edge of the range of learning rates: a better rate may lie beyond.

    Attributes:
        range_edge: `low` or `high`, by the number of the group whose winner at the table's depth
            lies there.
        range_edges: in words, where they are half of the groups or more.
        best_range_edge: as `range_edge`, of the winners at any depth; empty where all that lie
            there are the winners at the table's depth, too.
        best_range_edges: as `range_edges`, of these.
    """

    range_edge: Mapping[str, str] = stored(TagFamily.RANGE_EDGE, default_factory=dict)
    range_edges: str | None = stored(Tag.RANGE_EDGES, default=None)
    best_range_edge: Mapping[str, str] = stored(TagFamily.BEST_RANGE_EDGE, default_factory=dict)
    best_range_edges: str | None = stored(Tag.BEST_RANGE_EDGES, default=None)


@dataclass(frozen=True, kw_only=True)
class StudyRun(StoredRun, StudyMark, MadeBy, Best, BestAtTableDepth, RangeEdges):
    """The run of a study: parent of its trials, replicates and monitored runs."""
