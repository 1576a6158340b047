"""Winners and their replicates."""

import pytest
from sweep_builders import config

from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.replicates import Candidate, replicate_tasks
from glorot_sweep.sweep.search.winners import find_winners


class FakeStudy:
    def __init__(self, variant, at_depth, overall):
        self.dataset, self.variant = "shapeset", variant
        self._best = {2: at_depth, None: overall}

    def best(self, depth=None):
        return self._best[depth]


DEEP = Candidate(1, Hyperparameters(0.1, 2), 30.0)
SHALLOW = Candidate(0, Hyperparameters(0.3, 1), 20.0)


@pytest.fixture
def replicates():
    studies = [FakeStudy("tanh", DEEP, SHALLOW), FakeStudy("tanh_n", DEEP, DEEP)]
    return replicate_tasks(config({"replicates.seeds": 3}), find_winners(studies, 2))


def test_one_set_of_replicates_if_both_winners_coincide_else_two(replicates):
    keys = [one.key for one in replicates]
    assert len(keys) == len(set(keys)) == 9
    assert {key for key in keys if key.startswith("tanh_n/")} == {
        f"tanh_n/shapeset/seed{r}" for r in range(3)
    }
    assert {f"tanh/shapeset/best/seed{r}" for r in range(3)} <= set(keys)


def test_roles_say_which_tables_a_replicate_feeds(replicates):
    roles = {(one.spec.variant.name, one.spec.depth): one.tags["role"] for one in replicates}
    assert roles == {
        ("tanh", 2): "table_depth",
        ("tanh", 1): "best_depth",
        ("tanh_n", 2): "table_depth+best_depth",
    }


def test_replicate_r_of_every_variant_sees_stream_r(replicates):
    streams = {}
    for one in replicates:
        streams.setdefault(one.tags["seed"], set()).add(one.spec.data_seed)
    assert [len(seeds) for seeds in streams.values()] == [1, 1, 1]
    assert len(set.union(*streams.values())) == 3


def test_all_initial_weights_differ(replicates):
    assert len({one.spec.weight_seed for one in replicates}) == len(replicates)


def test_neighbours_share_a_stream_and_the_winners_parameters_are_kept(replicates):
    assert [one.tags["seed"] for one in replicates] == sorted(one.key[-1] for one in replicates)
    chosen = {f"t{one.number:03d}": one.chosen for one in (DEEP, SHALLOW)}
    for spec, winner in ((one.spec, chosen[one.tags["winner"]]) for one in replicates):
        assert (spec.learning_rate, spec.depth) == (winner.learning_rate, winner.depth)
        assert (spec.purpose, spec.updates, spec.evaluate_at) == ("replicate", 40, (20, 40))
