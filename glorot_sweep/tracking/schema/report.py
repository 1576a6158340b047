"""The run of a report, as it stands in MLflow."""

from collections.abc import Mapping
from dataclasses import dataclass

from glorot_sweep.tracking.schema.fields import PERCENT, Part, stored
from glorot_sweep.tracking.schema.names import MetricFamily, Tag
from glorot_sweep.tracking.schema.runs import About, Note, StoredRun


@dataclass(frozen=True, kw_only=True)
class TableMeans(Part):
    """Mean test error of each cell of the table, and of that beneath, percent, by `cell_name`.

    The table is a paper's, or that of a question of one's own: one of the two is empty. Reports
    of earlier versions have `table_1` in both cases.
    """

    table_1: Mapping[str, float] = stored(MetricFamily.TABLE_1, spelling=PERCENT)
    results: Mapping[str, float] = stored(MetricFamily.RESULTS, spelling=PERCENT)
    beyond: Mapping[str, float] = stored(MetricFamily.BEYOND, spelling=PERCENT)


@dataclass(frozen=True, kw_only=True)
class MadeFrom(Part):
    """Digest of all that a whole report was made from.

    One with chosen figures alone has none; nor have those of earlier versions.
    """

    runs_digest: str | None = stored(Tag.RUNS_DIGEST, default=None)


@dataclass(frozen=True, kw_only=True)
class ReportRun(StoredRun, Note, TableMeans, About, MadeFrom):
    """The run of a report."""
