"""Winners and their replicates."""

import pytest
from sweep_builders import config, grouped

from glorot_sweep.config.section import RateRange
from glorot_sweep.sweep.contents.hyperparameters import Hyperparameters
from glorot_sweep.sweep.contents.replicates import Candidate, replicate_tasks
from glorot_sweep.sweep.search.ranges import edge_of
from glorot_sweep.sweep.search.winners import find_winners, range_edges, search_remarks


class FakeStudy:
    """A study whose winners are given, searched from 0.01 to 1."""

    config = grouped()

    def __init__(self, variant, at_depth, overall, group=None, chance=90.0):
        self.dataset, self.variant, self.group, self.chance = "shapeset", variant, group, chance
        self.run_key, self.value, self.table_depth = f"{variant}/shapeset", None, 2
        self._best = {2: at_depth, None: overall}

    def best(self, depth=None):
        return self._best[depth]

    def has_learned(self, candidate):
        return candidate.validation_error < self.chance

    def range_around(self, candidate):
        return RateRange(low=0.01, high=1.0)

    def edge(self, candidate):
        rates = self.range_around(candidate)
        return (
            edge_of(rates, candidate.chosen.learning_rate) if self.has_learned(candidate) else None
        )


DEEP = Candidate(1, Hyperparameters(0.1, 2), 30.0)
SHALLOW = Candidate(0, Hyperparameters(0.3, 1), 20.0)


@pytest.fixture
def replicates():
    studies = [FakeStudy("tanh", DEEP, SHALLOW), FakeStudy("tanh_n", DEEP, DEEP)]
    return replicate_tasks(config({"replicates.seeds": 3}), find_winners(studies))


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


def of_rate(rate, error=30.0, depth=2):
    return Candidate(4, Hyperparameters(rate, depth), error)


def in_groups(*candidates, variant="tanh", chance=90.0):
    return [FakeStudy(variant, one, one, group, chance) for group, one in enumerate(candidates)]


def test_replicate_r_repeats_the_winner_of_group_r_modulo_their_number():
    studies = [*in_groups(of_rate(0.1), of_rate(0.2)),
               *in_groups(of_rate(0.3), of_rate(0.4), variant="tanh_n")]  # fmt: skip
    settings = grouped({"replicates.seeds": 5, "search.groups": 2})
    tasks = replicate_tasks(settings, find_winners(studies))
    assert [(task.spec.variant.name, task.spec.learning_rate) for task in tasks] == [
        ("tanh", 0.1), ("tanh_n", 0.3), ("tanh", 0.2), ("tanh_n", 0.4), ("tanh", 0.1),
        ("tanh_n", 0.3), ("tanh", 0.2), ("tanh_n", 0.4), ("tanh", 0.1), ("tanh_n", 0.3),
    ]  # fmt: skip
    assert [task.tags["group"] for task in tasks[::2]] == ["0", "1", "0", "1", "0"]
    assert tasks[2].key == "tanh/shapeset/g1/seed1"


def test_a_replicate_has_the_seeds_that_it_has_without_groups():
    old = replicate_tasks(config(), find_winners([FakeStudy("tanh", DEEP, DEEP)]))
    new = replicate_tasks(grouped(), find_winners(in_groups(DEEP, DEEP)))
    assert [(one.spec.weight_seed, one.spec.data_seed) for one in old] == [
        (one.spec.weight_seed, one.spec.data_seed) for one in new
    ]


def test_a_winner_that_is_no_better_than_the_majority_class_is_marked():
    studies = in_groups(of_rate(0.1, 79.9), of_rate(0.1, 80.0), of_rate(0.1, 85.0), chance=80.0)
    tasks = replicate_tasks(grouped({"replicates.seeds": 3}), find_winners(studies))
    assert [task.tags.get("learned") for task in tasks] == [None, "no", "no"]
    lines = search_remarks(studies)
    assert [line.partition(":")[0] for line in lines] == [
        "tanh on shapeset, group 1", "tanh on shapeset, group 2",
    ]  # fmt: skip
    assert "always answering the majority class (80 % validation error)" in lines[0]


def test_a_tie_at_chance_is_marked_in_a_sweep_without_groups_too():
    studies = [FakeStudy("tanh", of_rate(0.1, 95.0), of_rate(0.1, 95.0))]
    tasks = replicate_tasks(config(), find_winners(studies))
    assert {task.tags.get("learned") for task in tasks} == {"no"}
    assert "nothing was learned" in search_remarks(studies)[0]


def test_where_a_shallower_network_learned_that_is_not_denied():
    studies = [FakeStudy("tanh", of_rate(0.1, 95.0), SHALLOW)]
    tasks = replicate_tasks(config(), find_winners(studies))
    assert {(task.spec.depth, task.tags.get("learned")) for task in tasks} == {(2, "no"), (1, None)}
    (line,) = search_remarks(studies)
    assert "no trial at depth 2 is better than always answering the majority class" in line


@pytest.mark.parametrize(
    ("rates", "edges", "half"),
    [
        ((0.1, 0.1, 0.1, 0.1), {}, None),
        ((0.1, 0.012, 0.1, 0.1), {"1": "low"}, None),
        ((0.1, 0.012, 0.9, 0.1), {"1": "low", "2": "high"}, "2 of 4 groups"),
        ((1.0, 1.0, 1.0, 1.0), dict.fromkeys("0123", "high"), "4 of 4 groups"),
    ],
)
def test_winners_at_the_edge_are_marked_and_so_is_half_of_them(rates, edges, half):
    studies = in_groups(*map(of_rate, rates))
    found = range_edges(studies)["tanh/shapeset"]
    assert (found.range_edge, found.range_edges) == (edges, half)
    lines = search_remarks(studies)
    assert len(lines) == len(edges) + (half is not None)
    if half:
        assert f"the winners of {half} lie in an outer tenth of their range" in lines[-1]
        advice = (
            "widen search.learning_rates.tanh, or set search.extend, in a sweep of another name"
        )
        assert lines[-1].endswith(advice)


def test_a_sweep_that_extends_its_searches_is_not_told_to(monkeypatch):
    monkeypatch.setattr(FakeStudy, "config", grouped({"search.extend": True}))
    line = search_remarks(in_groups(of_rate(0.012), of_rate(0.9)))[-1]
    assert line.endswith("range; widen search.learning_rates.tanh in a sweep of another name")


def test_a_remark_says_where_the_winner_lies():
    assert search_remarks(in_groups(of_rate(0.1), of_rate(0.012), of_rate(0.1))) == [
        "tanh on shapeset, group 1: the winner's learning rate 0.012 lies in the lowest tenth of "
        "its range [0.01, 1]"
    ]


def of_two_depths(*pairs):
    """Return a study for each group; of a pair the winner at the table's depth comes first."""
    return [
        FakeStudy("tanh", of_rate(at_depth), Candidate(7, Hyperparameters(overall, 1), 20.0), group)
        for group, (at_depth, overall) in enumerate(pairs)
    ]


@pytest.mark.parametrize(
    ("pairs", "best_edges", "half"),
    [
        (((0.1, 0.1), (0.012, 0.1), (0.1, 0.1)), {}, None),
        (((0.1, 0.1), (0.1, 0.1), (0.1, 0.9)), {"2": "high"}, None),
        (((0.012, 0.012), (0.1, 0.1), (0.1, 0.9)), {"0": "low", "2": "high"}, "2 of 3 groups"),
    ],
)
def test_winners_at_the_best_depth_are_marked_apart(pairs, best_edges, half):
    studies = of_two_depths(*pairs)
    found = range_edges(studies)["tanh/shapeset"]
    assert (found.best_range_edge, found.best_range_edges) == (best_edges, half)
    lines = [line for line in search_remarks(studies) if "at any depth" in line]
    assert len(lines) == len(best_edges) + (half is not None)
    if half:
        assert f"at any depth the winners of {half} lie in an outer tenth" in lines[-1]
        assert "search.extend" not in lines[-1], "it extends the search at the table's depth alone"


def test_a_remark_says_which_depth_the_winner_at_any_depth_has():
    assert search_remarks(of_two_depths((0.1, 0.1), (0.1, 0.9), (0.1, 0.1))) == [
        "tanh on shapeset, group 1, at any depth: the winner has depth 1, and its learning rate "
        "0.9 lies in the highest tenth of its range [0.01, 1]"
    ]


def test_a_winner_of_both_tables_is_told_once():
    studies = in_groups(of_rate(0.1), of_rate(0.012), of_rate(0.1))
    assert range_edges(studies)["tanh/shapeset"].best_range_edge == {}
    assert len(search_remarks(studies)) == 1
