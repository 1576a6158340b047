"""The views of a sweep: its trials, its replicates, what was seen in layers, and its models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from glorot_sweep.config.factors import factor_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.tracking.schema.names import (
    Curve,
    Kind,
    LayerCurve,
    Metric,
    Param,
    Role,
    Tag,
)
from glorot_sweep.tracking.views.view import MODELS, View, metric, param, tag


class Which(StrEnum):
    """The views of a sweep, in the order in which a person wants them; each the end of a key."""

    TRIALS = "trials"
    REPLICATES = "replicates"
    LAYERS = "layers"
    MODELS = "models"

    @property
    def words(self) -> str:
        """As people read it."""
        return _TITLES[self]

    @property
    def is_charts(self) -> bool:
        """Whether it shows charts, not a table."""
        return self in {Which.REPLICATES, Which.LAYERS}

    def key(self, run_id: str) -> str:
        """Return the key of this view of a sweep, by the id of the sweep's run."""
        return f"{run_id[:8]}-{self}"


_TITLES: Final = {
    Which.TRIALS: "trials, best first",
    Which.REPLICATES: "replicates, charts",
    Which.LAYERS: "layers of monitored runs, charts",
    Which.MODELS: "models",
}
MOST_LISTED: Final = 100
"""Runs that a view lists by their ids: a tag holds some 300."""

_ERRORS = ("final", *dict.fromkeys(_curve.partition("/")[0] for _curve in reversed(Curve)))
_LAYERS = (
    LayerCurve.ACTIVATION_STD,
    LayerCurve.BACKPROPAGATED_GRADIENT_STD,
    LayerCurve.WEIGHT_GRADIENT_STD,
)
_OTHER_LAYERS = tuple(curve for curve in LayerCurve if curve not in _LAYERS)
_LAST = ("best", "Model metrics", "System metrics")  # MLflow's own names of metrics without a `/`


@dataclass(frozen=True)
class Shown:
    """What the views of a sweep are made of.

    Attributes:
        config: what it compares.
        run_id: of its own run.
        owned_by: how its runs are found, in MLflow's words.
        winners: ids of the runs of which it has registered models.
    """

    config: SweepConfig
    run_id: str
    owned_by: str
    winners: Sequence[str] = ()


def views_of(shown: Shown) -> list[View]:
    """Return the views of a sweep.

    One of layers only where it has monitored runs, one of models where it has any.
    """
    views = [_trials(shown), _replicates(shown)]
    if shown.config.monitored is not None:
        views.append(_layers(shown))
    if shown.winners:
        views.append(_models(shown))
    return views


def _trials(shown: Shown) -> View:
    error = metric(Metric.VALIDATION_ERROR)
    columns = {
        param(Param.VARIANT): 100, param(Param.DEPTH): 70, **_width(shown),
        param(Param.LEARNING_RATE): 110, error: 215, param(Param.DATASET): 110,
        tag(Tag.STATE): 90,
    }  # fmt: skip
    search = _of_kind(shown, Kind.TRIAL)
    return _view(shown, Which.TRIALS, search, error, columns)


def _replicates(shown: Shown) -> View:
    """Those that the table is made of; a group is a cell of it."""
    error = metric(Metric.TEST_ERROR)
    groups = [Param.VARIANT]
    if len(shown.config.datasets) > 1:
        groups.append(Param.DATASET)
    if factor := factor_of(shown.config):
        groups.append(Param(factor))
    return _view(
        shown,
        Which.REPLICATES,
        f"{_of_kind(shown, Kind.REPLICATE)} AND tags.{Tag.ROLE} LIKE '{Role.TABLE_DEPTH}%' "
        f"AND tags.{Tag.SUPERSEDED} IS NULL",
        error,
        {error: 110},
        groups=tuple(groups),
        opened=_ERRORS,
        closed=(*_LAYERS, *_OTHER_LAYERS, *_LAST),
    )


def _layers(shown: Shown) -> View:
    return _view(
        shown,
        Which.LAYERS,
        _of_kind(shown, Kind.MONITORED),
        param(Param.VARIANT),
        {param(Param.VARIANT): 110, param(Param.LEARNING_RATE): 110},
        opened=_LAYERS,
        closed=(*_OTHER_LAYERS, *_ERRORS, *_LAST),
    )


def _models(shown: Shown) -> View:
    """The runs that have made them; where those are too many to be listed, all replicates."""
    error = metric(Metric.TEST_ERROR)
    columns = {
        param(Param.VARIANT): 100, MODELS: 150, error: 175, param(Param.DATASET): 110,
        param(Param.DEPTH): 70, **_width(shown), param(Param.LEARNING_RATE): 110,
        tag(Tag.LEARNED): 80,
    }  # fmt: skip
    listed = ", ".join(f"'{run_id}'" for run_id in sorted(shown.winners))
    search = f"attributes.run_id IN ({listed})"
    if len(shown.winners) > MOST_LISTED:
        search = _of_kind(shown, Kind.REPLICATE)
    return _view(shown, Which.MODELS, search, error, columns)


def _width(shown: Shown) -> dict[str, int]:
    return {param(Param.WIDTH): 70} if factor_of(shown.config) == Param.WIDTH.value else {}


def _of_kind(shown: Shown, kind: Kind) -> str:
    return f"{shown.owned_by} AND tags.{Tag.KIND} = '{kind}'"


def _view(
    shown: Shown,
    which: Which,
    search: str,
    order_by: str,
    columns: Mapping[str, int],
    *,
    groups: tuple[str, ...] = (),
    opened: tuple[str, ...] = (),
    closed: tuple[str, ...] = (),
) -> View:
    name = f"{shown.config.name}: {which.words}"
    key = which.key(shown.run_id)
    return View(key, name, search, order_by, columns, groups, opened, closed)
