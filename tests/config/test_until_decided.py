"""Seeds that are added until it is decided: what a file may ask for, and what it is refused."""

import pytest
from pydantic import ValidationError
from sweep_builders import config, grouped, grouped_values

from glorot_sweep.config.looks import SMALLEST_P, looks_at, shares_of
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.tracking.until_decided import design_of

UNTIL = {
    "replicates.seeds": 5,
    "replicates.until_decided": {"most": 20, "step": 5},
    "comparisons": [["tanh_n", "tanh"]],
}


def until(changes=None):
    return grouped({**UNTIL, **(changes or {})})


def test_the_looks_follow_from_seeds_step_and_most():
    assert until().replicates.looks == (5, 10, 15, 20)
    assert until({"replicates.until_decided": {"most": 12, "step": 4}}).replicates.looks == (
        5,
        9,
        12,
    )
    assert until({"replicates.until_decided": {"most": 6, "step": 9}}).replicates.looks == (5, 6)
    assert grouped().replicates.looks == (grouped().replicates.seeds,)


def test_each_seed_has_a_group_at_every_look():
    settings = until()
    assert settings.search.groups == 5
    for number, seeds in enumerate((5, 10, 15, 20)):
        look = settings.at_look(number)
        assert (look.replicates.seeds, look.search.groups) == (seeds, seeds)
        assert look.replicates.until_decided is None
    assert settings.at_look(-1).search.group_numbers == tuple(range(20))
    assert grouped().at_look(-1) == grouped()


def test_the_key_is_left_out_of_what_is_stored_where_it_is_not_given():
    assert "until_decided" not in grouped().identity()["replicates"]
    stored = until().identity()
    assert stored["replicates"]["until_decided"] == {"most": 20, "step": 5}
    assert SweepConfig.from_identity(stored).identity() == stored
    assert until().hash() != grouped({**UNTIL, "replicates.until_decided": None}).hash()


def test_the_design_is_over_all_comparisons_on_all_data_sets():
    settings = until({"datasets": ["shapeset", "mnist"], "significance": {"level": 0.01}})
    design = design_of(settings)
    assert design is not None
    assert design.pairs == (
        (("shapeset", "tanh"), ("shapeset", "tanh_n")),
        (("mnist", "tanh"), ("mnist", "tanh_n")),
    )
    assert (design.looks, design.test, design.level) == ((5, 10, 15, 20), "welch", 0.01)
    assert design_of(grouped()) is None


REFUSED = {
    "no comparison": ({"comparisons": []}, "comparisons of the file, and there is none; name"),
    "fewer than there are": (
        {"replicates.until_decided": {"most": 4, "step": 5}},
        r"until_decided\.most must be above seeds 5, got 4",
    ),
    "as many as there are": (
        {"replicates.until_decided": {"most": 5, "step": 5}},
        r"until_decided\.most must be above seeds 5, got 5",
    ),
    "no step": ({"replicates.until_decided": {"most": 20, "step": 0}}, "or equal to 1"),
    "a step back": ({"replicates.until_decided": {"most": 20, "step": -5}}, "or equal to 1"),
    "half a step": ({"replicates.until_decided": {"most": 20, "step": 2.5}}, "valid integer"),
    "step left out": ({"replicates.until_decided": {"most": 20}}, "Field required"),
    "most left out": ({"replicates.until_decided": {"step": 5}}, "Field required"),
    "nothing said": ({"replicates.until_decided": {}}, "Field required"),
    "a switch": ({"replicates.until_decided": True}, "valid dictionary or instance of Until"),
    "more than can be counted": (
        {"replicates.until_decided": {"most": 21, "step": 5}},
        "less than or equal to 20",
    ),
    "more to begin with": ({"replicates.seeds": 30}, "most must be above seeds 30, got 20"),
    "an unknown key": (
        {"replicates.until_decided": {"most": 20, "step": 5, "first": 3}},
        "Extra inputs are not permitted",
    ),
    "other groups": (
        {"search.groups": 2},
        "as many groups as seeds, got 2 groups and 5 seeds; leave search.groups out",
    ),
    "one group": ({"search.groups": 1}, "as many groups as seeds, got 1 groups"),
    "a test across examples": (
        {"significance": {"test": "paired"}},
        "significance.test must be one over seeds, welch or paired_seeds, got paired",
    ),
    "a test of proportions": (
        {"significance": {"test": "two_proportions"}},
        "must be one over seeds, welch or paired_seeds, got two_proportions",
    ),
    "equivalence": (
        {"significance": {"equivalence": {"margin": 1.0}}},
        "leave significance.equivalence out",
    ),
    "too few seeds to decide": (
        {"replicates.seeds": 3, "replicates.until_decided": {"most": 5, "step": 1}},
        "the last look, at 5 seeds, could decide none of 1 comparison at the level 0.005, since "
        "the smallest exact p beside welch is 0.0079; raise most",
    ),
    "too few seeds to swap": (
        {"replicates.until_decided": {"most": 8, "step": 1},
         "significance": {"test": "paired_seeds"}},
        "the smallest exact p beside paired_seeds is 0.0078; raise most",
    ),
    "a last look of nothing": (
        {"replicates.seeds": 9, "replicates.until_decided": {"most": 10, "step": 1},
         "significance": {"test": "paired_seeds"}},
        "the last look, at 10 seeds, could decide none",
    ),
    "too low a level": ({"significance": {"level": 1e-12}}, "could decide none .* 1e-12"),
    "a comparison with what is not there": (
        {"comparisons": [["tanh_n", "sigmoid"]]},
        "'sigmoid' is not among variants",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        until(changes)


def test_the_old_way_has_one_search():
    with pytest.raises(ValidationError, match=r"one search for all.*table_depth_share out"):
        config({**UNTIL, "significance": {"test": "welch"}})


def test_more_runs_than_a_sweep_may_have_count_those_of_the_last_look():
    changes = {"search.trials": 3_000, "search.depth_trials": 0}
    few = {**changes, "replicates.until_decided": {"most": 16, "step": 5}}
    assert until(few).search.trials == 3_000
    with pytest.raises(ValidationError, match="at most 100,000 runs, got up to 120,080"):
        until(changes)


@pytest.mark.parametrize("test", SMALLEST_P)
def test_what_the_rule_lets_pass_is_a_design_that_can_be_had(test):
    for most in range(3, 21):
        values = grouped_values({
            **UNTIL, "replicates.seeds": 2, "significance": {"test": test},
            "replicates.until_decided": {"most": most, "step": 3},
        })  # fmt: skip
        if shares_of(looks_at(2, 3, most), test, 0.005, 1)[-1]:
            design_of(SweepConfig.model_validate(values))
        else:
            with pytest.raises(ValidationError, match="could decide none"):
                SweepConfig.model_validate(values)
