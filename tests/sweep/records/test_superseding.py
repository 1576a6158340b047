"""Replicates of a sweep that has grown: kept in the tables, taken out of them, or trained anew."""

from dataclasses import replace

import pytest
from sweep_builders import NOTE, grouped, on_torch

from glorot_sweep.host.provenance import Provenance
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.replicates import Candidate, Winner, replicate_tasks
from glorot_sweep.sweep.records.opening import open_sweep
from glorot_sweep.sweep.records.reconcile import delete_surplus
from glorot_sweep.sweep.records.recording import RunPlan, open_run
from glorot_sweep.sweep.records.superseding import supersede
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.lease import Lease
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.runs import Point
from glorot_sweep.tracking.schema.names import Kind

ONE = {"variants": ["tanh"]}
FIRST = Winner("shapeset", "tanh", Candidate(1, Hyperparameters(0.1, 2), 30.0), True, True, 0)
SECOND = replace(FIRST, group=1)
BETTER = replace(FIRST, candidate=Candidate(7, Hyperparameters(0.2, 2), 20.0))
DEEPER = replace(FIRST, candidate=Candidate(8, Hyperparameters(0.2, 3), 10.0), at_table_depth=False)


class Grown:
    """A sweep of two groups that has grown, with a replicate of each group's first winner."""

    def __init__(self, place, ended=True):
        settings = grouped(ONE)
        made_with = Provenance("c0de", {}, "a processor")
        with Lease("small") as held:
            opened = open_sweep(
                settings, "", {"shapeset": "d"}, place, made_with, on_torch(settings), held
            )
        self.place, self.opened = place, replace(opened, growths=1)
        self.train([FIRST, SECOND], ended)

    def tasks(self, winners, changes=None):
        return replicate_tasks(grouped({**ONE, **(changes or {})}), winners)

    def train(self, winners, ended=True):
        for task in self.tasks(winners):
            self.write(task, ended)
        self.opened.existing.update(delete_surplus(self.opened.runs, self.opened.own))

    def write(self, task, ended=True):
        tags = {**self.opened.tags_for("tanh"), **task.tags}
        run = open_run(self.opened.runs, task.spec, RunPlan(None, tags), NOTE)
        if ended:
            run.add([Point("updates_done", 40, 0)])
            run.finish(State.COMPLETE)

    def supersede(self, winners, changes=None):
        return supersede(self.opened, self.tasks(winners, changes))

    def all_runs(self, superseded=True):
        place, own = self.place, self.opened.own
        return runs_of(
            place.client, place.experiment_id, own, kind=Kind.REPLICATE, superseded=superseded
        )

    def runs(self, superseded=True):
        return {run.name: run for run in self.all_runs(superseded)}


@pytest.fixture
def grown(place):
    return Grown(place)


@pytest.mark.slow
def test_replicates_of_groups_that_nobody_touched_stay_as_they_are(grown):
    before = grown.runs()
    assert grown.supersede([FIRST, SECOND], {"replicates.seeds": 4, "search.groups": 2}) == []
    assert grown.runs() == before


@pytest.mark.slow
def test_another_winner_takes_the_place_of_the_first_whose_replicate_is_kept(grown):
    before = grown.runs()
    gone = grown.supersede([BETTER, SECOND])
    assert gone == ["tanh/shapeset/g0/seed0"]
    old = grown.runs()["tanh-shapeset-g0-seed0"]
    assert old.tags["superseded"] == "growth 1"
    assert {**old.tags, "superseded": None} == {
        **before["tanh-shapeset-g0-seed0"].tags, "superseded": None
    }  # fmt: skip
    assert (old.params, old.metrics, old.status) == (
        before[old.name].params, before[old.name].metrics, "FINISHED"
    )  # fmt: skip
    assert set(grown.runs(superseded=False)) == {"tanh-shapeset-g1-seed1"}
    assert "tanh/shapeset/g0/seed0" not in grown.opened.existing
    assert "tanh/shapeset/g1/seed1" in grown.opened.existing


@pytest.mark.slow
def test_a_kill_on_the_way_is_made_good_by_the_next_start(grown):
    assert grown.supersede([BETTER, SECOND]) == ["tanh/shapeset/g0/seed0"]
    assert grown.supersede([BETTER, SECOND]) == []
    grown.train([BETTER])
    assert grown.supersede([BETTER, SECOND]) == []
    assert grown.runs(superseded=False)["tanh-shapeset-g0-seed0"].tags["winner"] == "t007"
    assert [run.tags["winner"] for run in grown.all_runs()] == ["t001", "t001", "t007"]


@pytest.mark.slow
def test_another_winner_at_the_best_depth_takes_one_table_from_the_first(grown):
    both = replace(FIRST, is_overall=False)
    assert grown.supersede([both, DEEPER, SECOND]) == []
    assert grown.runs()["tanh-shapeset-g0-seed0"].tags["role"] == "table_depth"
    assert grown.runs()["tanh-shapeset-g1-seed1"].tags["role"] == "table_depth+best_depth"


@pytest.mark.slow
def test_a_winner_with_the_same_settings_needs_no_other_training(grown):
    again = replace(FIRST, candidate=replace(FIRST.candidate, number=9, validation_error=20.0))
    assert grown.supersede([again, SECOND]) == []
    assert grown.runs()["tanh-shapeset-g0-seed0"].tags["winner"] == "t009"


@pytest.mark.slow
def test_a_replicate_of_what_had_learned_nothing_may_come_to_be_one_of_what_has(place):
    grown = Grown(place)
    grown.supersede([replace(FIRST, has_learned=False), SECOND])
    assert grown.runs()["tanh-shapeset-g0-seed0"].tags["learned"] == "no"
    grown.supersede([FIRST, SECOND])
    assert "learned" not in grown.runs()["tanh-shapeset-g0-seed0"].tags


def test_what_was_not_trained_to_its_end_is_no_result_and_goes(place):
    grown = Grown(place, ended=False)
    assert len(grown.supersede([BETTER, SECOND])) == 1
    assert set(grown.runs()) == {"tanh-shapeset-g1-seed1"}


def test_with_more_groups_a_replicate_may_be_another_groups(place):
    """Of two groups with a third seed, which was of the first; then it has a group of its own."""
    grown = Grown(place)
    seeds = {"replicates.seeds": 3, "search.groups": 2}
    (third,) = (task for task in grown.tasks([FIRST], seeds) if task.key.endswith("seed2"))
    grown.write(third)
    assert supersede(grown.opened, grown.tasks([FIRST, SECOND], seeds)) == []
    groups = [FIRST, SECOND, replace(FIRST, group=2)]
    gone = grown.supersede(groups, {"replicates.seeds": 3, "search.groups": 3})
    assert gone == [third.key] == ["tanh/shapeset/g0/seed2"]
