"""A sweep that the first version with a schema stopped: known by content, from before engines.

Its unfinished replicates go on with torch, whatever `network.engine` would choose today.
"""

from collections import Counter

import pytest
from store_rows import rows_of_runs

from glorot_sweep.errors import UserError
from glorot_sweep.report.collect import collect
from glorot_sweep.tracking.records import find_runs

from .test_before_schema_1 import every_run
from .test_continuing import go_on


def test_every_run_is_read(stopped_in_schema_1):
    runs = every_run(stopped_in_schema_1.place())
    assert Counter(run.kind.value for run in runs) == {
        "sweep": 1, "study": 2, "trial": 4, "replicate": 4,
    }  # fmt: skip
    assert {run.schema_version for run in runs} == {1}


@pytest.mark.slow
def test_it_is_refused_by_name_and_left_as_it_is(stopped_in_schema_1):
    before = rows_of_runs(stopped_in_schema_1.folder)
    with pytest.raises(UserError, match="code: ") as caught:
        go_on(stopped_in_schema_1, accept=False)
    assert "--accept-changed-code" in str(caught.value)
    assert "earlier version" not in str(caught.value), "its hash is known"
    assert rows_of_runs(stopped_in_schema_1.folder) == before


@pytest.mark.slow
def test_with_the_flag_it_goes_on_with_the_engine_it_had(stopped_in_schema_1):
    place = stopped_in_schema_1.place()
    before = {run.run_id for run in find_runs(place.client, [place.experiment_id])}
    assert not go_on(stopped_in_schema_1, accept=True).was_complete
    collected = collect(place, "micro")
    assert {cell.errors.shape for cell in collected.cells.values()} == {(2,)}
    assert {run.engine for run in (*collected.trials, *collected.replicates)} == {"torch"}
    assert all(run.accepted_change for run in collected.replicates if run.run_id not in before)
