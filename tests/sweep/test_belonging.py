"""Whose runs a table is made from, and that a sweep is complete only while they are all there."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rich.console import Console
from small_sweep import ONE_PACK, numbers, sweep
from sweep_builders import all_runs, by_name

from glorot_sweep.errors import ServiceLostError
from glorot_sweep.papers.glorot2010 import PAPER
from glorot_sweep.report.job import existing_report, run_report
from glorot_sweep.sweep.records.registering import register_winners
from glorot_sweep.tracking.belonging import OwnRun
from glorot_sweep.tracking.records import RunRecord

QUIET = Console(quiet=True)


def run(run_id="r", started=5, **tags):
    return RunRecord(run_id, "1", "", "FINISHED", tags, {}, {}, "", started)


@pytest.mark.parametrize(
    ("found", "owned"),
    [
        (run("own"), True),
        (run(sweep_run="own", started=1), True),
        (run(sweep_run="another", started=9), False),
        (run(started=4), True),
        (run(started=3), False),
    ],
    ids=["itself", "named", "of another", "unnamed, younger", "unnamed, older"],
)
def test_a_run_belongs_to_the_sweep_that_it_names_or_to_one_that_was_there_before(found, owned):
    assert OwnRun("small", "own", 4).owns(found) == owned


def table_of(place):
    report = existing_report(place, "small", PAPER)
    return None if report is None else report.table_1


@pytest.mark.slow
def test_after_its_own_run_was_deleted_a_sweep_of_that_name_begins_anew(stores):
    first = sweep(stores, ONE_PACK)
    run_report(first.place, "small", PAPER, QUIET)
    before, old = table_of(first.place), {one.info.run_id for one in all_runs(first.place)}
    first_id = by_name(first.place)["small"].info.run_id
    delete_run(first.place, "small")

    said = io.StringIO()
    longer = {**ONE_PACK, "replicates.updates": 60}
    again = sweep(stores, longer, Console(file=said, width=200))
    assert not again.was_complete
    assert "whose own run was deleted, are left as they are" in said.getvalue()
    assert table_of(again.place) is None, "the old report is not one of this sweep"
    run_report(again.place, "small", PAPER, QUIET)
    assert table_of(again.place) != before
    new = [one for one in all_runs(again.place) if one.info.run_id not in old]
    assert sum(one.data.tags["kind"] == "trial" for one in new) == 4
    gone = old - {one.info.run_id for one in all_runs(again.place)}
    assert gone == {first_id}, "what the earlier sweep has left is left alone"
    assert sweep(stores, longer).was_complete


def delete_run(place, name):
    place.client.delete_run(by_name(place)[name].info.run_id)


def predictions_of(place, name):
    folder = Path(urlsplit(by_name(place)[name].info.artifact_uri).path)
    return folder / "predictions" / "test.npz"


def lose_predictions(place, name):
    predictions_of(place, name).unlink()


def flip_a_bit(place, name):
    file = predictions_of(place, name)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def cut_without_digest(place, name):
    """Earlier versions wrote no digests."""
    file = predictions_of(place, name)
    file.write_bytes(file.read_bytes()[:-9])
    run_id = by_name(place)[name].info.run_id
    place.client.delete_tag(run_id, "sha256/predictions/test.npz")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harm", "name"),
    [
        (delete_run, "tanh-shapeset-seed1"),
        (lose_predictions, "tanh-shapeset-seed0"),
        (flip_a_bit, "tanh-shapeset-seed0"),
        (cut_without_digest, "tanh-shapeset-seed0"),
        (delete_run, "tanh-shapeset-t002"),
        (delete_run, "tanh-shapeset"),
    ],
    ids=["replicate deleted", "predictions lost", "altered", "cut", "trial", "study"],
)
def test_what_is_lost_is_trained_again_by_the_same_command(stores, harm, name):
    first = sweep(stores, ONE_PACK)
    run_report(first.place, "small", PAPER, QUIET, figures=[])
    before = numbers(first.place)
    harm(first.place, name)
    again = sweep(stores, ONE_PACK)
    assert not again.was_complete
    assert numbers(again.place) == before
    runs = all_runs(again.place)
    parents = {one.data.tags.get("mlflow.parentRunId") for one in runs} - {None}
    assert parents <= {one.info.run_id for one in runs}
    assert table_of(again.place) is None, "it was made from a run that is gone"
    assert sweep(stores, ONE_PACK).was_complete


@pytest.mark.slow
def test_weights_that_are_lost_before_they_are_registered_are_made_again(stores):
    def lose_then_register(opened, datasets):
        for run in by_name(opened.place).values():
            folder = Path(urlsplit(run.info.artifact_uri).path)
            (folder / "weights" / "network.npz").unlink(missing_ok=True)
        register_winners(opened, datasets)

    with pytest.raises(ServiceLostError, match=r"weights/network.npz of .* trains it again"):
        sweep(stores, ONE_PACK, register=lose_then_register)
    again = sweep(stores, ONE_PACK, register=register_winners)
    (model,) = again.place.client.search_registered_models()
    winner = again.place.client.get_model_version_by_alias(model.name, "winner")
    run = again.place.client.get_run(winner.run_id)
    assert run.info.lifecycle_stage == "active"
    assert sweep(stores, ONE_PACK).was_complete
