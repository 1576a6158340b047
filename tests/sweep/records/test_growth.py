"""What a file may ask for under the name of a sweep that exists, and what it may not."""

import json

import pytest
from pydantic import BaseModel
from sweep_builders import config, grouped

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.sweep.records.growth import FIXED, FREE, GROWING, asked_of

RANGE = {"low": 0.1, "high": 0.2}
FEWER = "has more than the file asks for"
MONITORED = {"updates": 50, "learning_rates": [0.05], "seeds": 2}
HESSIAN = {
    "learning_rate": {"low": 0.001, "high": 0.1}, "damping": {"low": 1e-3, "high": 1e-1},
}  # fmt: skip
PRETRAINING = {"updates": [10], "learning_rate": RANGE}

UNTIL = {"replicates.seeds": 5, "replicates.until_decided": {"most": 20, "step": 5}}

MORE = {  # what there is, what is asked for, the keys by which it grows
    "replicates with their groups": (
        {}, {"replicates.seeds": 4}, {"replicates.seeds", "search.groups"}
    ),
    "replicates of the same groups": (
        {"search.groups": 2}, {"replicates.seeds": 4, "search.groups": 2}, {"replicates.seeds"}
    ),
    "groups": (
        {"replicates.seeds": 4, "search.groups": 2},
        {"replicates.seeds": 4, "search.groups": 4},
        {"search.groups"},
    ),
    "trials": (
        {}, {"search.trials": 4}, {"search.trials", "search.depth_trials", "search.grown_from"}
    ),
    "trials at the table's depth": (
        {},
        {"search.trials": 4, "search.depth_trials": 3},
        {"search.trials", "search.grown_from"},
    ),
    "a variant": ({}, {"variants": ["tanh", "sigmoid", "tanh_n"]}, {"variants"}),
    "a variant with a range of its own": (
        {},
        {"variants": ["tanh", "tanh_n", "sigmoid"], "search.learning_rates": {"sigmoid": RANGE}},
        {"variants", "search.learning_rates.sigmoid.low", "search.learning_rates.sigmoid.high"},
    ),
    "a variant that is compared with the base": (
        {"base": "tanh"}, {"base": "tanh", "variants": ["tanh", "tanh_n", "sigmoid"]}, {"variants"}
    ),
    "a data set": ({}, {"datasets": ["shapeset", "mnist"]}, {"datasets"}),
    "monitored runs": ({}, {"monitored": MONITORED}, {
        "monitored.updates", "monitored.learning_rates", "monitored.seeds",
    }),
    "seeds and rates of monitored runs": (
        {"monitored": MONITORED},
        {"monitored": {**MONITORED, "seeds": 3, "learning_rates": [0.01, 0.05]}},
        {"monitored.seeds", "monitored.learning_rates"},
    ),
    "evaluations": ({}, {"replicates.evaluations": [10, 20, 30]}, {"replicates.evaluations"}),
    "a comparison with a new variant": (
        {"comparisons": [["tanh_n", "tanh"]]},
        {
            "comparisons": [["tanh_n", "tanh"], ["sigmoid", "tanh"]],
            "variants": ["tanh", "tanh_n", "sigmoid"],
        },
        {"comparisons", "variants"},
    ),
}  # fmt: skip

OTHERWISE = {  # what there is, what is asked for, what is said of it
    "fewer replicates": ({"replicates.seeds": 4}, {}, FEWER),
    "fewer groups": (
        {"replicates.seeds": 4}, {"replicates.seeds": 4, "search.groups": 2}, FEWER
    ),
    "fewer trials": ({}, {"search.trials": 2}, FEWER),
    "more trials, fewer of any depth": ({}, {"search.trials": 4, "search.depth_trials": 2}, FEWER),
    "a variant less": ({}, {"variants": ["tanh"]}, FEWER),
    "another variant instead": ({}, {"variants": ["tanh", "sigmoid"]}, FEWER),
    "a data set less": ({"datasets": ["shapeset", "mnist"]}, {}, FEWER),
    "no monitored runs": ({"monitored": MONITORED}, {}, FEWER),
    "fewer monitored runs": (
        {"monitored": MONITORED}, {"monitored": {**MONITORED, "seeds": 1}}, FEWER
    ),
    "fewer evaluations": ({}, {"replicates.evaluations": [10]}, FEWER),
    "fewer comparisons": (
        {"comparisons": [["tanh_n", "tanh"]]}, {"comparisons": []}, FEWER
    ),
    "another order": ({}, {"variants": ["tanh_n", "tanh"]}, "what is there keeps its order"),
    "another first data set": (
        {"monitored": MONITORED},
        {"monitored": MONITORED, "datasets": ["mnist", "shapeset"]},
        "monitored runs are of the first data set, which is shapeset",
    ),
    "a grid of more rates": (
        {"search.sampler": "grid"},
        {"search.sampler": "grid", "search.trials": 4},
        "a grid of more rates has others",
    ),
    "another range": ({}, {"search.learning_rate": RANGE}, "search.learning_rate.low: 0.01 -> 0.1"),
    "a range of its own for a variant that is there": (
        {}, {"search.learning_rates": {"tanh": RANGE}}, "the range of a variant that is there"
    ),
    "longer monitored runs": (
        {"monitored": MONITORED},
        {"monitored": {**MONITORED, "updates": 60}},
        r"monitored.updates: 50 -> 60 \(runs there would be others\)",
    ),
    "an evaluation among the last": (
        {"replicates.window": 2}, {"replicates.window": 2, "replicates.evaluations": [20, 39]},
        "the final error would be the mean of other evaluations",
    ),
    "a comparison of what is there": (
        {"comparisons": [["tanh_n", "tanh"]], "variants": ["tanh", "tanh_n", "sigmoid"]},
        {
            "comparisons": [["tanh_n", "tanh"], ["sigmoid", "tanh"]],
            "variants": ["tanh", "tanh_n", "sigmoid"],
        },
        "were to be named beforehand",
    ),
    "comparisons instead of the paper's": (
        {}, {"comparisons": [["tanh_n", "tanh"]]}, "those of the paper are tested"
    ),
    "a base of comparisons": ({}, {"base": "tanh"}, "  base: absent -> tanh\n"),
    "another base": ({"base": "tanh_n"}, {"base": "tanh"}, "  base: tanh_n -> tanh\n"),
    "a comparison with the base until it is decided": (
        {"base": "tanh", **UNTIL},
        {"base": "tanh", **UNTIL, "variants": ["tanh", "tanh_n", "sigmoid"]},
        "a further variant is a further comparison with the base",
    ),
    "stages of the file's own": (
        {}, {"search.trials": 5, "search.grown_from": [[2, 2]]}, "notes by itself"
    ),
    "longer replicates": ({}, {"replicates.updates": 41}, "replicates.updates: 40 -> 41"),
    "a wider network": ({}, {"network.width": 17}, "network.width: 16 -> 17"),
    "another test": ({}, {"significance.test": "paired"}, "significance.test: welch -> paired"),
    "another seed": ({}, {"seed": 4}, "  seed: 3 -> 4\n"),
    "an extended search": ({}, {"search.extend": True}, "search.extend: absent -> True"),
    "a date of registration": ({}, {"preregistered": "0123abc"}, "preregistered: absent ->"),
    "more of one and another of the other": (
        {}, {"replicates.seeds": 4, "seed": 4}, "  seed: 3 -> 4\nRestore"
    ),
}  # fmt: skip


def stored(settings):
    return json.loads(json.dumps(settings.identity()))


@pytest.mark.parametrize(("there", "asked", "keys"), MORE.values(), ids=MORE)
def test_more_of_it_is_a_growth(there, asked, keys):
    before = grouped(there)
    found = asked_of(stored(before), grouped({**there, **asked}))
    assert set(found.more) == keys
    again = asked_of(stored(found.config), grouped({**there, **asked}))
    assert (again.config, again.more) == (found.config, {})
    with pytest.raises(UserError, match="->"):  # and there is no way back
        asked_of(stored(found.config), before)


@pytest.mark.parametrize(("there", "asked", "said"), OTHERWISE.values(), ids=OTHERWISE)
def test_less_or_another_one_is_refused_with_the_difference(there, asked, said):
    with pytest.raises(UserError, match=said) as caught:
        asked_of(stored(grouped(there)), grouped(asked))
    message = str(caught.value)
    assert message.startswith("the sweep 'small' ")
    assert message.count("\n  ") == message.count(" -> ") - 1
    assert "Restore the file" in message
    assert ("`glorot-sweep delete small`" in message) == (said == FEWER)


def test_what_is_less_is_told_with_both_numbers():
    with pytest.raises(UserError, match=r"  replicates.seeds: 4 -> 2 \(the sweep has more\)\n"):
        asked_of(stored(grouped({"replicates.seeds": 4})), grouped())


def test_what_there_is_is_no_growth():
    found = asked_of(stored(grouped()), grouped())
    assert (found.config, found.more) == (grouped(), {})


def test_trials_that_are_there_stay_earlier_stages():
    first = asked_of(stored(grouped()), grouped({"search.trials": 4})).config
    second = asked_of(stored(first), grouped({"search.trials": 6, "search.depth_trials": 4})).config
    assert second.search.grown_from == ((3, 3), (4, 4))
    assert second.hash() == grouped(
        {"search.trials": 6, "search.depth_trials": 4, "search.grown_from": [[3, 3], [4, 4]]}
    ).hash()  # fmt: skip


def test_a_file_that_repeats_how_its_sweep_has_grown_grows_alike():
    """Else its trials would all be one stage, and those that are there other trials."""
    first = asked_of(stored(grouped()), grouped({"search.trials": 4})).config
    told = {"search.grown_from": [[3, 3]]}
    more = {"search.trials": 6, "search.depth_trials": 4}
    assert asked_of(stored(first), grouped({**told, "search.trials": 4})).more == {}
    second = asked_of(stored(first), grouped({**told, **more})).config
    assert second == asked_of(stored(first), grouped(more)).config
    assert second.search.grown_from == ((3, 3), (4, 4))


def test_more_replicates_are_the_sweep_that_asks_for_them_at_once():
    found = asked_of(stored(grouped()), grouped({"replicates.seeds": 4}))
    assert found.config.hash() == grouped({"replicates.seeds": 4}).hash()


def test_a_space_for_a_variant_that_comes_is_no_other_space():
    there = {"variants": ["tanh"]}
    for variant, key, space in (
        ("tanh_hessian", "search.step_rules", {"hessian": HESSIAN}),
        ("tanh_pretrained", "search.pretraining", PRETRAINING),
    ):
        asked = grouped({"variants": ["tanh", variant], key: space})
        assert asked_of(stored(grouped(there)), asked).more
        other = json.loads(json.dumps(space).replace("0.1", "0.11"))
        with pytest.raises(UserError, match="what is there stays as it is"):
            asked_of(stored(asked), grouped({"variants": ["tanh", variant], key: other}))


DESIGN = {
    "replicates.seeds": 5,
    "replicates.until_decided": {"most": 10, "step": 5},
    "comparisons": [["tanh_n", "tanh"]],
}


@pytest.mark.parametrize(
    "asked",
    [
        {"replicates.seeds": 6}, {"search.trials": 4}, {"datasets": ["shapeset", "mnist"]},
        {"replicates.until_decided": {"most": 15, "step": 5}},
        {"variants": ["tanh", "tanh_n", "sigmoid"],
         "comparisons": [["tanh_n", "tanh"], ["sigmoid", "tanh"]]},
    ],
)  # fmt: skip
def test_nothing_changes_the_looks_of_a_design(asked):
    with pytest.raises(UserError, match="exists with another configuration"):
        asked_of(stored(grouped(DESIGN)), grouped({**DESIGN, **asked}))


def test_a_design_grows_by_what_it_does_not_look_at():
    more = grouped({**DESIGN, "variants": ["tanh", "tanh_n", "sigmoid"], "monitored": MONITORED})
    assert "variants" in asked_of(stored(grouped(DESIGN)), more).more


def test_the_old_way_grows_too():
    found = asked_of(stored(config()), config({"search.trials": 8, "replicates.seeds": 3}))
    assert set(found.more) == {"search.trials", "search.grown_from", "replicates.seeds"}
    with pytest.raises(UserError, match="another configuration"):
        asked_of(stored(config()), grouped())


def test_a_configuration_of_parts_that_are_not_known_here_is_compared_as_it_stands():
    there = {**stored(grouped()), "variants": ["tanh", "a_users_own"]}
    with pytest.raises(UserError, match="another configuration"):
        asked_of(there, grouped())


def leaves(section, place=""):
    """Every key that a file may have, sections with one class by their own keys."""
    for name, field in section.model_fields.items():
        below = f"{place}.{name}".lstrip(".")
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel) and below in {
            "search", "replicates", "network",
        }:  # fmt: skip
            yield from leaves(inner, below)
        else:
            yield below


def test_every_key_of_a_sweep_file_is_classified_once():
    for key in leaves(SweepConfig):
        kinds = [
            kind
            for kind, paths in (("grows", GROWING), ("fixed", FIXED), ("free", FREE))
            if any(f"{key}.".startswith(f"{path}.") for path in paths)
        ]
        expected = {"network.engine": ["fixed", "free"]}.get(key)
        assert (kinds == expected) if expected else (len(kinds) == 1), (key, kinds)
    named = set(leaves(SweepConfig)) | {"network"}
    assert {*GROWING, *FIXED, *FREE} <= named


def test_what_is_free_is_no_part_of_a_configuration():
    changed = grouped({"execution.threads": 2, "paper": "none", "network.engine": "torch"})
    assert asked_of(stored(grouped()), changed).more == {}
