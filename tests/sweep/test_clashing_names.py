"""Whole sweeps with names that, joined, would be those of others."""

from dataclasses import replace

import pytest
from rich.console import Console
from small_sweep import ONE_PACK, options, sweep
from sweep_builders import all_runs, config, small_dataset, write_sweep

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.report.collect import collect
from glorot_sweep.sweep.job import run_sweep
from glorot_sweep.sweep.records.registering import register_winners

CLASHING = ["mine", "mine-seed1", "mine-best", "mine-t000"]


def named(names):
    return {"datasets": names, "image_folders": {name: name for name in names}}


def test_such_names_may_stand_in_one_file():
    assert config(named(CLASHING)).datasets == tuple(CLASHING)


@pytest.mark.slow
def test_every_run_of_a_sweep_with_such_data_sets_is_made_once(stores):
    monitored = {"updates": 20, "learning_rates": [0.1, 0.10000001], "depths": {"tanh": [2]}}
    given = {**ONE_PACK, **named(CLASHING), "statistics": "economy", "monitored": monitored}
    place = sweep(stores, given).place
    found = collect(place, "small")
    assert {dataset for _, dataset, _ in found.cells} == set(CLASHING)
    assert {cell.errors.shape for cell in found.cells.values()} == {(2,)}
    runs = all_runs(place)
    kinds = [run.data.tags["kind"] for run in runs]
    assert [kinds.count(kind) for kind in ("sweep", "study", "trial", "monitored")] == [1, 4, 16, 2]
    for run in runs:
        assert run.data.params.get("dataset") == run.data.tags.get("dataset")
    assert len({run.info.run_name for run in runs}) == len(runs)
    assert sweep(stores, given).was_complete


@pytest.mark.slow
def test_no_sweep_takes_over_the_winners_of_another(stores):
    """`a` with `b-c` and `a-b` with `c`; and the first of them in another experiment too."""
    cases = [("a", "b-c", "one"), ("a-b", "c", "one"), ("a", "b-c", "two")]
    places = []
    for name, data, experiment in cases:
        content = {**ONE_PACK, **named([data]), "name": name}
        file = read_sweep_file(write_sweep(stores / "sweep.yaml", content))
        where = replace(options(stores), experiment=experiment)
        given = {"datasets": {data: small_dataset(data)}, "register": register_winners}
        places.append(run_sweep(file, where, Console(quiet=True), **given).place)
    client = places[0].client
    winners = {}
    for model in client.search_registered_models():
        version = client.get_model_version_by_alias(model.name, "winner")
        run = client.get_run(version.run_id)
        tags = run.data.tags
        assert model.tags["sweep_run"] == tags["sweep_run"]
        winners[tags["sweep"], tags["dataset"], run.info.experiment_id] = int(version.version)
    assert winners == {
        (name, data, place.experiment_id): 1
        for (name, data, _), place in zip(cases, places, strict=True)
    }
