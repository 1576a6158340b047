"""A base with which every other variant is compared, and the paper that a file may leave out."""

import pytest
from pydantic import ValidationError
from sweep_builders import config, grouped, grouped_values

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.tracking.until_decided import design_of

FOUR = {"variants": ["tanh", "tanh_n", "relu", "relu_he"]}


def test_every_other_variant_is_compared_with_the_base():
    assert config({**FOUR, "base": "relu_he"}).all_comparisons == (
        ("tanh", "relu_he"), ("tanh_n", "relu_he"), ("relu", "relu_he"),
    )  # fmt: skip


def test_pairs_that_are_named_besides_come_first_and_count_once():
    named = [["relu_he", "tanh"], ["tanh_n", "tanh"]]
    settings = config({**FOUR, "base": "relu_he", "comparisons": named})
    assert settings.comparisons == (("relu_he", "tanh"), ("tanh_n", "tanh"))
    assert settings.all_comparisons == (
        ("relu_he", "tanh"), ("tanh_n", "tanh"), ("tanh_n", "relu_he"), ("relu", "relu_he"),
    )  # fmt: skip


def test_without_a_base_only_what_is_named_is_compared():
    assert config().all_comparisons == ()
    pairs = config({"comparisons": [["tanh_n", "tanh"]]}).all_comparisons
    assert pairs == (("tanh_n", "tanh"),)


def test_a_base_is_named_before_the_results_so_it_is_a_part_of_the_identity():
    settings = config({"base": "tanh"})
    assert settings.hash() != config().hash()
    assert settings.identity()["base"] == "tanh"
    assert SweepConfig.from_identity(settings.identity()).base == "tanh"
    assert "base" not in config().identity()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"base": "tanh_m"}, "base is 'tanh_m', which is not among variants.*tanh_n"),
        ({"variants": ["tanh"], "base": "tanh"}, "there is no other; name more variants"),
    ],
)
def test_a_base_that_nothing_can_be_compared_with_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        config(changes)


def test_comparisons_with_a_base_can_be_added_to_until_they_are_decided():
    until = {"replicates.seeds": 5, "replicates.until_decided": {"most": 20, "step": 5}}
    design = design_of(grouped({**FOUR, **until, "base": "relu_he"}))
    assert design is not None
    assert [compared for _, (_, compared) in design.pairs] == ["tanh", "tanh_n", "relu"]
    assert {base for (_, base), _ in design.pairs} == {"relu_he"}


def test_a_file_that_names_no_paper_is_about_none():
    content = grouped_values()
    del content["paper"]
    silent = SweepConfig.model_validate(content)
    assert silent.paper == "none"
    assert silent.hash() == grouped({"paper": "glorot2010"}).hash()
