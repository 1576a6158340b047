"""A sweep that goes on with other libraries, by consent: nothing of before is in what is made."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from small_sweep import LONG, StopOnceSaved, options, sweep
from sweep_builders import small_dataset

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.errors import StopRequested
from glorot_sweep.host.provenance import library_versions
from glorot_sweep.sweep.job import run_sweep


def go_on(folder: Path, **changes):
    given = {"datasets": {"shapeset": small_dataset()}, "register": lambda *_: None}
    file = read_sweep_file(folder / "small.yaml")
    return run_sweep(file, replace(options(folder), **changes), Console(quiet=True), **given)


@pytest.mark.slow
@pytest.mark.parametrize("changed", [True, False])
def test_no_checkpoint_of_other_libraries_is_gone_on_from(stores, monkeypatch, caplog, changed):
    caplog.set_level("WARNING", "glorot_sweep")
    with pytest.raises(StopRequested):
        sweep(stores, LONG, stop=StopOnceSaved(stores))
    if changed:
        other = {**library_versions(), "torch": "1.0.0"}
        monkeypatch.setattr("glorot_sweep.host.provenance.library_versions", lambda: other)
    go_on(stores, accept_changed_code=True)
    said = [one for one in caplog.messages if "cannot be used: it was made otherwise" in one]
    assert bool(said) == changed
    assert all("-> 1.0.0. Its trials begin anew" in one for one in said)
