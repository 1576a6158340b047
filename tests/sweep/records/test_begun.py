"""What a file means for the sweep of its name, if that has begun: which paper it is about."""

import pytest
from run_builders import record, write
from sweep_builders import config, values

from glorot_sweep.config.file import SweepFile
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.sweep.records.begun import file_as_begun
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.names import Artifact


def file(**changes):
    content = values(changes)
    if changes.get("paper", "") is None:
        del content["paper"]
    return SweepFile(SweepConfig.model_validate(content), "")


def begin(place, with_identity=True, **about):
    """Write the run of a sweep; without `paper` it is of a version that could not name any."""
    settings = config()
    own = record("sweep", name="small", sweep="small", config_hash=settings.hash(), **about)
    run = write(RunStore(place.client, place.experiment_id), own)
    if with_identity:
        run.json({"config": settings.identity(), "digests": {}}, Artifact.IDENTITY)


def test_a_sweep_that_has_not_begun_is_about_what_its_file_says(place):
    assert file_as_begun(file(paper=None), place).config.paper == "none"


@pytest.mark.slow
@pytest.mark.parametrize("with_identity", [True, False])
@pytest.mark.parametrize(("about", "expected"), [
    ({"paper": "none"}, "none"), ({"paper": "glorot2010"}, "glorot2010"), ({}, "glorot2010"),
])  # fmt: skip
def test_a_file_that_names_no_paper_keeps_what_its_sweep_has(place, about, expected, with_identity):
    begin(place, with_identity, **about)
    assert file_as_begun(file(paper=None), place).config.paper == expected


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["none", "glorot2010"])
def test_what_a_file_names_is_what_it_is_about(place, paper):
    begin(place)
    assert file_as_begun(file(paper=paper), place).config.paper == paper
