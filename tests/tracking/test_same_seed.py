"""Sweeps with one seed are named: by the report of each, and before another is begun."""

import io
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from report_builders import cell, collected, finished_sweep
from rich.console import Console
from rights import as_others
from sweep_builders import config, place_in, store_uri

from glorot_sweep.report.cautions import cautions
from glorot_sweep.report.collect import collect
from glorot_sweep.sweep.same_seed import show_same_seed
from glorot_sweep.tracking.place import open_place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.same_seed import sweeps_with_seed
from glorot_sweep.tracking.schema.names import Artifact, Kind, Tag


def with_seed(place, seed, but):
    return sweeps_with_seed(place.client, place.experiment_id, seed, but)


def shown(settings, uri, experiment):
    said = io.StringIO()
    show_same_seed(settings, uri, experiment, Console(file=said, width=300))
    return said.getvalue()


@pytest.mark.slow
def test_other_sweeps_with_the_seed_are_found_by_their_stored_configuration(stores):
    place = place_in(stores)
    for name, seed in (("small", 7), ("twin", 7), ("other", 8)):
        finished_sweep(place, config({"name": name, "seed": seed}))
    assert with_seed(place, 7, but="small") == ("twin",)
    assert with_seed(place, 7, but="new") == ("small", "twin")
    assert with_seed(place, 9, but="new") == ()
    assert collect(place, "twin").same_seed == ("small",)
    assert collect(place, "other").same_seed == ()
    new = config({"name": "new", "seed": 8})
    assert shown(new, store_uri(stores), "tests").startswith("Seed 8 is that of other too: ")


@pytest.mark.slow
def test_a_sweep_without_its_configuration_says_nothing_of_its_seed(stores):
    place = place_in(stores)
    writers = finished_sweep(place, config({"seed": 7}))
    place.client.log_dict(writers["sweep"].run_id, {"config": []}, Artifact.IDENTITY)
    assert with_seed(place, 7, but="new") == ()


@pytest.mark.slow
def test_what_is_closed_in_another_experiment_is_no_matter_here(stores):
    place = place_in(stores)
    closed = place.client.get_run(finished_sweep(place, config({"seed": 7}))["sweep"].run_id)
    folder = Path(urlsplit(closed.info.artifact_uri).path)
    rights = folder.stat().st_mode
    elsewhere = open_place(store_uri(stores), "elsewhere", create=True)
    folder.chmod(0)
    try:
        assert as_others(lambda: with_seed(elsewhere, 7, but="new")) == ()
        with pytest.raises(PermissionError):
            as_others(lambda: with_seed(place, 7, but="new"))
    finally:
        folder.chmod(rights)
    assert with_seed(elsewhere, 7, but="new") == ("small of the experiment tests",)


def test_where_there_is_no_store_there_is_nothing_to_compare_with(tmp_path):
    text = shown(config({"seed": 7}), store_uri(tmp_path), "tests")
    assert text.startswith("There is no tracking store ")
    assert text.endswith("so there is nothing to compare seed 7 with.\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_an_experiment_that_is_not_there_is_named_and_others_are_looked_at(stores):
    finished_sweep(place_in(stores), config({"name": "small", "seed": 7}))
    missing = "has no experiment 'mine': it has nothing to compare seed 7 with."
    text = shown(config({"name": "small", "seed": 7}), store_uri(stores), "mine")
    assert missing in text
    assert "Seed 7 is that of small of the experiment tests too" in text
    alone = shown(config({"seed": 8}), store_uri(stores), "mine")
    assert alone.count("\n") == 1
    names = {one.name for one in place_in(stores).client.search_experiments()}
    assert "mine" not in names


@pytest.mark.slow
def test_an_experiment_with_sweeps_of_other_seeds_alone_needs_no_word(stores):
    finished_sweep(place_in(stores), config({"seed": 7}))
    assert shown(config({"seed": 8}), store_uri(stores), "tests") == ""


def test_the_page_says_that_a_sweep_is_no_second_observation():
    found = collected([cell("tanh", [40.0, 41.0])])
    (sentence,) = cautions(replace(found, same_seed=("quick", "inside")))
    assert "that of quick, inside too" in sentence


@pytest.mark.slow
def test_another_sweep_with_the_seed_is_found(stores):
    place = place_in(stores)
    finished_sweep(place, config({"name": "twin", "seed": 7, "variants": ["tanh", "tanh_n"]}))
    assert with_seed(place, 7, but="small") == ("twin",)
    assert with_seed(place, 7, but="twin") == with_seed(place, 8, but="small") == ()


@pytest.mark.slow
def test_sweeps_of_other_experiments_are_named_with_theirs(stores):
    """Seeds depend on no experiment, so the runs are copies there too, of any name."""
    place, elsewhere = place_in(stores), open_place(store_uri(stores), "elsewhere", create=True)
    finished_sweep(elsewhere, config({"name": "small", "seed": 7}))
    RunStore(elsewhere.client, elsewhere.experiment_id).create("damaged", {Tag.KIND: Kind.SWEEP})
    assert with_seed(place, 7, but="small") == ("small of the experiment elsewhere",)
    assert with_seed(elsewhere, 8, but="new") == ()
