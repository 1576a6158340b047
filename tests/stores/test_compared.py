"""Sweeps of earlier versions are compared: with each other, store by store."""

import pytest

from glorot_sweep.compare.compared import compare
from glorot_sweep.compare.render import other_bits_rows
from glorot_sweep.compare.request import asked_sweeps


@pytest.mark.slow
def test_a_finished_sweep_with_a_stopped_one_of_its_version(finished, stopped):
    found = compare(asked_sweeps(["micro", "micro"], [finished.uri, stopped.uri], []))
    assert found.labels == ("micro (1)", "micro (2)")
    assert found.shared
    assert other_bits_rows(found.shared) == []
    assert all("of an earlier version" in value for one in found.settings if one.key == "code"
               for value in one.values)  # fmt: skip


@pytest.mark.slow
def test_sweeps_of_two_versions(finished, stopped_in_schema_1):
    later = stopped_in_schema_1
    found = compare(asked_sweeps(["micro", "micro"], [finished.uri, later.uri], []))
    assert any(one.key == "code" and one.differs for one in found.settings)
