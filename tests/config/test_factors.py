"""Depth or width as a factor: what a file may ask for, and what it is refused."""

import pytest
from pydantic import ValidationError
from sweep_builders import config, grouped, grouped_values

from glorot_sweep.config.factors import Value, at_value, factor_text, table_value, values_of
from glorot_sweep.config.sweep import SweepConfig

RATE = {"low": 0.01, "high": 0.1}


def with_depths(changes=None):
    return SweepConfig.model_validate(values_with_depths(changes))


def values_with_depths(changes=None):
    content = grouped_values({"replicates.depths": [1, 2, 4], **(changes or {})})
    if not {"search.depth"} & set(changes or {}):
        del content["search"]["depth"]
    return content


def test_a_sweep_without_a_factor_is_stored_as_before():
    assert {"depths", "widths"}.isdisjoint(grouped().identity()["replicates"])
    assert grouped({"replicates.depths": [], "replicates.widths": []}).hash() == grouped().hash()
    assert values_of(grouped()) == (None,)
    assert at_value(grouped(), None) == grouped()


def test_what_is_stored_of_a_factor_is_read_back():
    for settings in (with_depths(), grouped({"replicates.widths": [8, 16]})):
        stored = settings.identity()
        assert SweepConfig.from_identity(stored).identity() == stored
    assert with_depths().identity()["replicates"]["depths"] == [1, 2, 4]


def test_the_table_is_at_the_last_value_unless_the_file_says_where():
    content = values_with_depths()
    del content["search"]["table_depth"]
    assert table_value(SweepConfig.model_validate(content)) == Value("depth", 4)
    assert table_value(with_depths({"search.table_depth": 1})) == Value("depth", 1)
    content = grouped_values({"replicates.widths": [8, 32]})
    del content["network"]["width"]
    assert table_value(SweepConfig.model_validate(content)) == Value("width", 32)
    assert table_value(grouped({"replicates.widths": [8, 16, 32]})) == Value("width", 16)


def test_with_depths_no_depth_is_searched():
    search = with_depths().search
    assert (search.depth.low, search.depth.high, search.depth_trials) == (2, 2, 0)
    assert search.group_trials == search.trials
    # and with widths it is searched as ever
    assert grouped({"replicates.widths": [8, 16]}).search == grouped().search


def test_a_sweep_at_one_value_differs_in_that_alone():
    at_four = at_value(with_depths(), Value("depth", 4))
    assert (at_four.search.depth.low, at_four.search.depth.high) == (4, 4)
    assert at_four.search.table_depth == 4
    assert values_of(at_four) == (Value("depth", 4),)
    assert at_four.network == with_depths().network
    wide = grouped({"replicates.widths": [8, 16]})
    at_eight = at_value(wide, Value("width", 8))
    assert (at_eight.network.width, at_eight.search) == (8, wide.search)
    assert factor_text(wide) == "widths 8, 16"


def test_pretrained_variants_and_changing_widths_may_stand_at_each_depth():
    pretrained = with_depths(
        {
            "variants": ["tanh_pretrained"],
            "search.pretraining": {"updates": [10], "learning_rate": RATE},
        }
    )
    assert len(values_of(pretrained)) == 3
    assert with_depths({"variants": ["tanh_growing"], "replicates.depths": [2, 4]})


REFUSED = {
    "one depth": (
        {"replicates.depths": [2]},
        r"depths compares at least two depths, got \[2\]; one alone is search.depth {low: 2, high: "
        "2} with search.table_depth 2",
    ),
    "one width": (
        {"replicates.depths": [], "replicates.widths": [16]},
        r"at least two widths, got \[16\]; one alone is network.width 16",
    ),
    "falling values": ({"replicates.depths": [2, 1]}, "rise strictly"),
    "a value twice": ({"replicates.widths": [16, 16], "replicates.depths": []}, "rise strictly"),
    "no such depth": ({"replicates.depths": [0, 2]}, "greater than or equal to 1"),
    "no list": ({"replicates.depths": 2}, "valid tuple"),
    "too many": ({"replicates.depths": list(range(1, 22))}, "at most 20"),
    "both factors": ({"replicates.widths": [8, 16]}, "are two factors"),
    "a range of depth": ({"search.depth": {"low": 1, "high": 3}}, "leave search.depth out"),
    "trials that search it": ({"search.depth_trials": 2}, "leave search.depth_trials out"),
    "a table elsewhere": ({"search.table_depth": 3}, "choose one of them"),
    "layers of other widths": ({"network": {"widths": [8, 16]}}, "leave one of both out"),
    "the old way": ({"search.table_depth_share": 0.5}, "table_depth_share"),
    "seeds until it is decided": (
        {
            "replicates.seeds": 5, "replicates.until_decided": {"most": 9, "step": 4},
            "comparisons": [["tanh", "tanh_n"]],
        },
        "goes with no replicates.depths",
    ),
    "changing widths in one layer": ({"variants": ["tanh_growing"]}, "each of replicates.depths"),
    "more runs than there may be": ({"search.trials": 9000}, "at most 100,000 runs"),
    "a stream too short at the largest": (
        {
            "variants": ["tanh_pretrained"], "replicates.depths": [2, 100],
            "search.pretraining": {"updates": [10_000_000], "learning_rate": RATE},
        },
        "a training stream, got 1000000000 times 10",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_goes_with_no_factor_is_refused_by_one_message(case):
    changes, words = REFUSED[case]
    with pytest.raises(ValidationError, match=words) as refusal:
        with_depths(changes)
    assert refusal.value.error_count() == 1


def test_a_table_that_is_at_none_of_the_widths_is_refused():
    with pytest.raises(ValidationError, match=r"network\.width says at which"):
        grouped({"replicates.widths": [8, 32]})


def test_the_old_way_has_no_factor_however_it_is_asked_for():
    with pytest.raises(ValidationError, match="table_depth_share"):
        config({"replicates.widths": [8, 16]})
