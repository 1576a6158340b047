"""Variants that a sweep file defines: their rows, their identity, and what is refused of them."""

import json

import pytest
from pydantic import ValidationError
from sweep_builders import config, write_sweep

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.own_variants import LONGEST_LABEL
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.parts.variants import VARIANTS, Variant

OWN = {"relu_n_sq": {"activation": "relu", "initialization": "normalized", "cost": "quadratic"}}
NAMED = {"variants": ["tanh", "relu_n_sq"], "own_variants": OWN}


def test_rows_are_the_registered_ones_and_those_of_the_file():
    rows = config(NAMED).rows
    assert list(rows) == ["tanh", "relu_n_sq"]
    assert rows["tanh"] is VARIANTS["tanh"]
    made = Variant("relu_n_sq", "Relu, normalized, quadratic", "relu", "normalized", "quadratic")
    assert rows["relu_n_sq"] == made
    assert "relu_n_sq" not in VARIANTS


def labelled(label):
    return config({**NAMED, "own_variants": {"relu_n_sq": {**OWN["relu_n_sq"], "label": label}}})


def test_a_label_is_the_files_and_changes_no_number():
    one, other = labelled("Ours"), labelled("Mine")
    assert (one.rows["relu_n_sq"].label, other.rows["relu_n_sq"].label) == ("Ours", "Mine")
    assert one.hash() == other.hash() == config(NAMED).hash()


def test_parts_are_of_the_hash_and_a_file_without_own_variants_is_stored_as_ever():
    other = {"relu_n_sq": {**OWN["relu_n_sq"], "cost": "log_likelihood"}}
    assert config(NAMED).hash() != config({**NAMED, "own_variants": other}).hash()
    assert config(NAMED).identity()["own_variants"] == OWN
    assert "own_variants" not in config().identity()


DECAYING = {"schedule": "cosine", "weight_decay": 0.01}


def test_a_schedule_and_a_decay_are_of_the_row_and_of_the_hash():
    other = config({**NAMED, "own_variants": {"relu_n_sq": {**OWN["relu_n_sq"], **DECAYING}}})
    row = other.rows["relu_n_sq"]
    assert (row.schedule, row.weight_decay) == ("cosine", 0.01)
    assert row.label == "Relu, normalized, quadratic, cosine, weight decay 0.01"
    assert other.hash() != config(NAMED).hash()
    assert other.identity()["own_variants"]["relu_n_sq"] == {**OWN["relu_n_sq"], **DECAYING}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight_decay": 1.0}, "less than 1"),
        ({"weight_decay": -0.1}, "greater than or equal to 0"),
        ({"weight_decay": 0.1, "step_rule": "hessian"}, "'hessian' divides by an estimate of the"),
        ({"step_rule": "hessian"}, "'hessian' divides by the curvature of the log-likelihood, so"),
        ({"schedule": "cosin"}, "unknown schedule 'cosin'; did you mean 'cosine'"),
    ],
)
def test_a_part_or_a_decay_that_cannot_be(changes, message):
    with pytest.raises(ValidationError, match=message):
        config({**NAMED, "own_variants": {"relu_n_sq": {**OWN["relu_n_sq"], **changes}}})


def test_a_stored_configuration_takes_the_rows_that_it_is_given():
    stored = json.loads(json.dumps(config(NAMED).identity()))
    assert SweepConfig.from_identity(stored).rows == config(NAMED).rows
    rows = {name: Variant(name, name.upper(), "mine", "yours") for name in NAMED["variants"]}
    read = SweepConfig.from_identity(stored, rows)
    assert read.rows == rows  # of parts that nothing here knows
    assert read.hash() == config(NAMED).hash()


def test_a_stored_cost_that_would_be_refused_now_is_read():
    stored = json.loads(json.dumps(config(NAMED).identity()))
    stored["own_variants"]["relu_n_sq"]["step_rule"] = "hessian"
    stored["search"]["step_rules"]["hessian"] = {
        "learning_rate": {"low": 0.001, "high": 0.1}, "damping": {"low": 0.01, "high": 0.1},
    }  # fmt: skip
    assert SweepConfig.from_identity(stored).rows["relu_n_sq"].step_rule == "hessian"


def test_two_sweeps_may_call_different_variants_alike():
    other = {"relu_n_sq": {"activation": "softplus", "initialization": "standard"}}
    assert config({**NAMED, "own_variants": other}).rows["relu_n_sq"].activation == "softplus"
    assert config(NAMED).rows["relu_n_sq"].activation == "relu"


OWN_LINES = """variants: [tanh, mine]
own_variants:
  mine:
    activation: relu
    initialization: he
"""
MISTAKES = [
    ("activation: relu", "activation: rleu", "line 5, own_variants.mine.activation: unknown "
                         "activation 'rleu'; did you mean 'relu'? Known: "),
    ("initialization: he", "initialization: hex", "line 6, own_variants.mine.initialization: "
                           "unknown initialization 'hex'; did you mean 'he'?"),
    ("    initialization: he\n", "", "line 4, own_variants.mine.initialization: this key is requ"),
    ("initialization: he", "initialization: he\n    colour: red",
                           "line 7, own_variants.mine.colour: unknown key. Known: "),
    ("  mine:", "  Mine:", "line 4, own_variants.Mine: a name has 1 to 40 small letters a-z, "
                "digits and _, a letter first; got 'Mine'"),
    ("variants: [tanh, mine]", "variants: [tanh, mnie]", "line 2, variants: unknown variant 'mnie'"
                               "; did you mean 'mine'? Known: "),
    ("[tanh, mine]", "[tanh]", "line 3, own_variants: own_variants names 'mine', which is not"),
    ("relu\n", "relu\n    label: ' x'\n", "line 6, own_variants.mine.label: a label is one line"),
    ("relu\n ", "relu\n    label: Tanh\n ", "line 4, own_variants.mine: own_variants.mine would be "
                "written as 'tanh' is, 'Tanh'; give it another label"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "said"), MISTAKES)
def test_a_mistake_is_named_at_its_line(tmp_path, before, after, said):
    path = write_sweep(tmp_path / "own.yaml", {"variants": None})
    lines = [line for line in path.read_text().splitlines() if not line.startswith("variants")]
    text = OWN_LINES.replace(before, after)
    path.write_text("\n".join([lines[0], text, *lines[1:]]))
    with pytest.raises(UserError) as error:
        read_sweep_file(path)
    assert said in str(error.value)
    assert "breaks 1 rule(s)" in str(error.value), "nothing is told that follows from it"


@pytest.mark.parametrize("name", ["tanh", "relu_he"])
def test_a_name_of_the_package_means_what_it_means_there(name):
    own = {name: {"activation": "relu", "initialization": "he"}}
    said = f"own_variants.{name} has the name of a variant that the package has registered"
    with pytest.raises(ValueError, match=said):
        config({"variants": [name], "own_variants": own})


def test_a_label_fits_into_a_table():
    with pytest.raises(ValueError, match=f"at most {LONGEST_LABEL} characters"):
        labelled("x" * (LONGEST_LABEL + 1))
