"""What a sweep has found, as metrics of its own run: what is seen without opening its report."""

from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import NUMBER, PERCENT, Part, or_nan, stored
from glorot_sweep.tracking.schema.names import MetricFamily


@dataclass(frozen=True, kw_only=True)
class Headline(Part):
    """Numbers of the last report that was made of a sweep; a sweep without one has none.

    A number that an earlier report had, and the last one has not, is NaN.

    Attributes:
        mean_test_error: of each cell at the table's depth, percent, by `cell_name`.
        difference: first minus second of each comparison named beforehand, at the table's value
            of a factor, in points of test error, by `pair_name`.
        adjusted_p_value: of it.
        decided: 1 if it is significant at the sweep's level, else 0.
    """

    mean_test_error: Mapping[str, float] = stored(
        MetricFamily.MEAN_TEST_ERROR, spelling=or_nan(PERCENT), default_factory=dict
    )
    difference: Mapping[str, float] = stored(
        MetricFamily.DIFFERENCE, spelling=or_nan(NUMBER), default_factory=dict
    )
    adjusted_p_value: Mapping[str, float] = stored(
        MetricFamily.ADJUSTED_P_VALUE, spelling=or_nan(NUMBER), default_factory=dict
    )
    decided: Mapping[str, float] = stored(
        MetricFamily.DECIDED, spelling=or_nan(NUMBER), default_factory=dict
    )
