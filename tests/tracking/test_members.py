"""Runs of earlier versions are found by the keys of today."""

import pytest

from glorot_sweep.tracking.records import RunRecord
from glorot_sweep.tracking.schema.members import key_of


def run(kind, key, params=None, **tags):
    every = {"kind": kind, "key": key, "variant": "tanh", **tags}
    return RunRecord("1", "0", "a", "FINISHED", every, params or {}, {}, "", 0)


OF_MINE = {"dataset": "mine"}
JOINED = {
    "tanh/mine": run("study", "tanh-mine", **OF_MINE),
    "tanh/mine/t000": run("trial", "tanh-mine-t000", trial="0", **OF_MINE),
    "tanh/mine/t1234": run("trial", "tanh-mine-t1234", trial="1234", **OF_MINE),
    "tanh/mine/seed1": run(
        "replicate", "tanh-mine-seed1", seed="1", role="table_depth+best_depth", **OF_MINE
    ),
    "tanh/mine/best/seed1": run(
        "replicate", "tanh-mine-best-seed1", seed="1", role="best_depth", **OF_MINE
    ),
    # What the joined keys could not tell apart.
    "tanh/mine-seed1": run("study", "tanh-mine-seed1", dataset="mine-seed1"),
    "monitored/tanh/mine/d5/lr0.10000001/seed0": run(
        "monitored", "monitored-tanh-mine-d5-lr0.1-seed0", {"learning_rate": "0.10000001"},
        seed="0", **OF_MINE,
    ),
    # A kill came before its params.
    "monitored/tanh/a-d1-lr1-seed0/d5/lr1e-05/seed0": run(
        "monitored", "monitored-tanh-a-d1-lr1-seed0-d5-lr1e-05-seed0",
        seed="0", dataset="a-d1-lr1-seed0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("key", JOINED)
def test_a_joined_key_is_read_by_what_the_run_is(key):
    assert key_of(JOINED[key]) == key


@pytest.mark.parametrize(
    "unclear",
    [
        run("trial", "tanh-mine-t000", dataset="mine"),
        run("replicate", "tanh-mine-seed1", dataset="mine"),
        run("monitored", "tanh-mine-seed1", dataset="mine"),
        run("study", "tanh-mine"),
        run("report", "a"),
        run("monitored", "monitored-tanh-mine-d5-lrX-seed0", dataset="mine"),
    ],
)
def test_a_run_that_does_not_say_what_it_is_keeps_its_key(unclear):
    assert key_of(unclear) == unclear.tags["key"]


def test_a_key_of_today_is_what_it_says_whatever_the_other_tags_are():
    assert key_of(run("trial", "tanh/mine/t001", trial="2", dataset="other")) == "tanh/mine/t001"
