"""The columns of every frame: what stands in them, in which unit, of which type."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

import pandas as pd

from glorot_sweep.diagnostics.layer_statistics import LayerStatistics, Quantity
from glorot_sweep.tracking.layer_table import LISTS, WHOLE
from glorot_sweep.tracking.life import State

Kind = Literal["word", "category", "whole", "whole or none", "number", "yes or no", "list"]

DTYPES: Final[dict[Kind, Any]] = {
    "word": "str",
    "category": "category",
    "whole": "int64",
    "whole or none": "Int64",
    "number": "float64",
    "yes or no": "bool",
    "list": "object",
}


@dataclass(frozen=True)
class Column:
    """A column of a frame.

    Attributes:
        kind: of its values.
        meaning: what stands in it, with its unit.
        levels: of a category whose values are known beforehand, in their order.
    """

    kind: Kind
    meaning: str
    levels: tuple[str, ...] = ()


Columns = Mapping[str, Column]

_PLACE: Final[Columns] = {
    "dataset": Column("category", "data set; categories in the order of the sweep file"),
    "variant": Column("category", "variant; likewise"),
}
_RUN: Final[Columns] = {
    "run_id": Column("word", "id of the MLflow run"),
    "name": Column("word", "name of the run"),
}
SPECIFIED: Final[Columns] = {
    "depth": Column("whole", "hidden layers"),
    "width": Column("whole", "units of each hidden layer; where they differ, the middle of them"),
    "layer_widths": Column("word", "units of each hidden layer, blanks between; empty: all width"),
    "learning_rate": Column("number", "step size"),
    "damping": Column("number", "of the step rule; 0 where it has none"),
    "pretraining_updates": Column("whole", "SGD steps of each layer's pre-training; 0: none"),
    "pretraining_rate": Column("number", "step size of pre-training; 0: none"),
    "noise": Column("number", "share of inputs that pre-training hides; 0: none"),
    "batch_size": Column("whole", "examples of an update"),
    "updates": Column("whole", "SGD steps that were asked for"),
    "window": Column("whole", "evaluations, the last ones, over which final errors are means"),
    "weight_seed": Column("whole", "seed of the initial weights"),
    "data_seed": Column("whole", "names the stream of training examples"),
    "activation": Column("category", "hidden activation function"),
    "initialization": Column("category", "initialization of the weights"),
    "step_rule": Column("category", "step rule"),
    "schedule": Column("category", "how the step size changes over the updates"),
    "weight_decay": Column("number", "so many times a weight are added to its gradient; 0: none"),
    "input_scaling": Column("category", "how pixels become inputs"),
    "matmul_precision": Column("category", "of float32 products; below highest on GPUs alone"),
    "engine": Column("category", "what trained it: native or torch"),
}
ENDED: Final[Columns] = {
    "state": Column("category", "how it ended", tuple(dict.fromkeys(one.word for one in State))),
    "updates_done": Column("whole or none", "SGD steps done"),
    "validation_error": Column("number", "final validation error, percent"),
    "test_error": Column("number", "final test error, percent; of trials none"),
    "best_validation_error": Column("number", "lowest validation error, percent"),
    "best_test_error": Column("number", "test error at that evaluation, percent"),
}
_GROUP: Final[Columns] = {
    "group": Column("whole or none", "part of the search; empty where there is one alone")
}
_SEED: Final[Columns] = {"seed": Column("whole", "which of several with one specification, from 0")}

TRIALS: Final[Columns] = {
    **_RUN,
    **_PLACE,
    **_GROUP,
    "trial": Column("whole or none", "number of the trial in its group, from 0"),
    **SPECIFIED,
    **ENDED,
    "objective": Column("number", "what the search minimizes: validation error, percent"),
}
REPLICATES: Final[Columns] = {
    **_RUN,
    **_PLACE,
    **_GROUP,
    **_SEED,
    "role": Column("word", "tables that it feeds: table_depth, best_depth, or both joined by +"),
    "winner": Column("word", "trial whose specification it has"),
    "has_learned": Column("yes or no", "that trial was better than the majority class"),
    **SPECIFIED,
    **ENDED,
}
MONITORED: Final[Columns] = {**_RUN, **_PLACE, **_SEED, **SPECIFIED, **ENDED}

CURVES_OF: Final[Columns] = {
    "run_id": _RUN["run_id"],
    "kind": Column("category", "kind of the run", ("trial", "replicate", "monitored")),
    **_PLACE,
    **_GROUP,
    "trial": Column("whole or none", "number of a trial in its group"),
    "seed": Column("whole or none", "of a replicate or a monitored run"),
    "depth": SPECIFIED["depth"],
    "learning_rate": SPECIFIED["learning_rate"],
}
EVALUATION: Final[Columns] = {
    "update": Column("whole", "SGD steps done at the evaluation"),
    "train_loss": Column(
        "number",
        "mean cost of the training examples since the last evaluation: nats, or 0 to 2 of the "
        "quadratic cost",
    ),
    "validation_loss": Column("number", "mean negative log-likelihood, nats"),
    "validation_error": Column("number", "validation error, percent"),
    "test_error": Column("number", "test error, percent; of trials none"),
}
CURVES: Final[Columns] = {**CURVES_OF, **EVALUATION}


_MEASURED: Final = {
    "update": "SGD steps done at the look",
    "quantity": "what was measured; see below",
    "layer": "hidden layer from 1; depth + 1 is the output layer",
    "count": "values pooled",
    "mean": "of all values; of a Jacobian of its singular values, as the next three",
    "std": "standard deviation, which divides by count",
    "minimum": "of weights and singular values",
    "maximum": "likewise",
    "p02": "percentile 2 of activations",
    "p25": "percentile 25",
    "p50": "the median",
    "p75": "percentile 75",
    "p98": "percentile 98",
    "saturation": "share of activations beyond the bound",
    "predicted_std": "what equations (5), (6) and (7) predict from the weights' present variances",
    "per_example_std": "of weight gradients of single examples",
    "fan_in": "of weights",
    "fan_out": "of weights",
    "largest_bias": "largest absolute bias beside these weights",
    "above_damping": "share of weights whose estimate in a step rule exceeds its damping",
    "rms": "root mean square of singular values",
    "geometric_mean": "of singular values",
    "derivative_mean": "of f' in the layer that a Jacobian leads to",
    "derivative_rms": "likewise, root mean square",
    "loss": "of the output: mean negative log-likelihood of the probe, nats",
    "loss_from_mean": "the same with the last hidden layer replaced by its mean, nats",
    "histogram_low": "lower end of the histogram",
    "histogram_high": "its upper end",
    "histogram": "share of all values in each of its equal bins",
    "spectrum": "singular values from largest to smallest, means over examples",
}
"""As `LayerStatistics` says it; a quantity has some of these, the others are empty."""


def _statistic(name: str) -> Column:
    if name == "quantity":
        return Column("category", _MEASURED[name], get_args(Quantity))
    kind: Kind = "list" if name in LISTS else "whole" if name in WHOLE else "number"
    return Column(kind, _MEASURED[name])


STATISTICS: Final[Columns] = {one.name: _statistic(one.name) for one in fields(LayerStatistics)}
LAYERS: Final[Columns] = {**CURVES_OF, **STATISTICS}

TABLE: Final[Columns] = {
    "role": Column(
        "category",
        "table_depth: all at one depth; best_depth: each at its own; each_depth: at each of "
        "replicates.depths",
    ),
    **_PLACE,
    "label": Column("word", "how tables write the variant"),
    "test_error": Column("number", "mean test error over seeds or groups, percent"),
    "low": Column("number", "lower end of its 95 % interval, percent"),
    "high": Column("number", "upper end, percent"),
    "standard_deviation": Column("number", "of what the mean is over, points"),
    "is_lowest": Column("yes or no", "lowest mean of its column; no test has said so"),
    "seeds": Column("whole", "replicates that were measured"),
    "groups": Column("whole", "searches whose winners they repeat"),
    "depth": Column("whole", "hidden layers of the winner; of several the usual number"),
    "width": SPECIFIED["width"],
    "learning_rate": Column("number", "of the winner; of several the middle"),
    "diverged": Column("whole", "replicates that diverged: they count at the majority class's"),
    "failed": Column("whole", "replicates that failed for good: then there is no mean"),
    "instead": Column("word", "why there is no mean: failed, doubtful or mixed; empty: there is"),
}
COMPARISONS: Final[Columns] = {
    "dataset": _PLACE["dataset"],
    "first": Column("category", "a variant"),
    "second": Column("category", "the variant that it is compared with"),
    "depth": Column("whole", "hidden layers of both"),
    "width": SPECIFIED["width"],
    "kind": Column("category", "why: named beforehand (and when decided), column's best, base row"),
    "test": Column("category", "welch, paired_seeds, paired or two_proportions"),
    "difference": Column("number", "first minus second, points of test error; above 0: second won"),
    "low": Column("number", "lower end of its 95 % interval, uncorrected, points"),
    "high": Column("number", "upper end, points"),
    "statistic": Column("number", "of the test"),
    "degrees_of_freedom": Column("number", "of the test, where it has any"),
    "p": Column("number", "p-value"),
    "correction": Column("word", "how it was corrected, and over what"),
    "adjusted_p": Column("number", "p-value after that correction"),
    "effect": Column("category", "name of the effect size"),
    "effect_size": Column("number", "effect size"),
    "compared": Column("word", "which errors the test compares"),
    "not_tested": Column("word", "why a comparison that was named has no test; empty: it has"),
}

FRAMES: Final[dict[str, Columns]] = {
    "trials": TRIALS,
    "replicates": REPLICATES,
    "monitored": MONITORED,
    "curves": CURVES,
    "layers": LAYERS,
    "table": TABLE,
    "comparisons": COMPARISONS,
}
"""The columns of each frame of a `Sweep`, by its name."""


def frame(
    rows: Iterable[Mapping[str, Any]] | pd.DataFrame,
    columns: Columns,
    levels: Mapping[str, Iterable[str]] | None = None,
) -> pd.DataFrame:
    """Return rows as a frame whose columns and types are the same whatever there is of them.

    Args:
        rows: what they lack is left empty, what they have besides is left out.
        columns: of the frame.
        levels: categories of columns that are known beforehand, in their order; those of others
            are in the order of the rows.

    Example:
        >>> made = frame([], {"update": Column("whole", "SGD steps")})
        >>> list(made.dtypes.astype(str).items())
        [('update', 'int64')]
    """
    known = {name: column.levels for name, column in columns.items()} | dict(levels or {})
    source = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), dtype=object)
    typed = {
        name: _typed(source.get(name, pd.Series(dtype=object)), column.kind, known[name])
        for name, column in columns.items()
    }
    return pd.DataFrame(typed, index=pd.RangeIndex(len(source)))


def _typed(values: "pd.Series[Any]", kind: Kind, levels: Iterable[str]) -> "pd.Series[Any]":
    values = values.reset_index(drop=True)
    dtype = DTYPES[kind]
    if kind == "category":
        found = values.astype(object).dropna().unique()
        dtype = pd.CategoricalDtype(list(dict.fromkeys((*levels, *found))))
    if kind in {"word", "whole or none"}:
        values = values.astype(object).where(values.notna(), None)
    typed: pd.Series[Any] = values.astype(dtype)
    return typed
